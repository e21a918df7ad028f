import { one } from "./dom.js";

const LABELS = { auto: "Theme: the system's", light: "Theme: light", dark: "Theme: dark" };

/** Put the page into `theme`; `auto` leaves it to the system. */
export function showTheme(theme) {
  const page = document.documentElement;
  if (theme === "auto") delete page.dataset.theme;
  else page.dataset.theme = theme;
  const button = one("[data-preference=theme]");
  button.dataset.choice = theme;
  button.title = LABELS[theme];
}
