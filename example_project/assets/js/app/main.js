/* What every page starts with. A page's own parts start where the page has a place for them. */
import { all, one } from "./dom.js";
import { startClock } from "./clock.js";
import { onPreference, preferred } from "./preferences.js";
import { station } from "./station.js";
import { showTheme } from "./theme-button.js";
import { drawCurve } from "./tides/curve.js";
import { heightAt } from "./tides/harmonics.js";
import { showHeights, writeHeight } from "./units.js";

const MINUTE_MS = 60_000;

function start() {
  for (const button of all("[data-preference]")) onPreference(button);
  onChange(showTheme, "theme");
  onChange(showHeights, "unit");

  const clock = one("[data-clock]");
  if (clock) startClock(clock);

  const now = one("[data-now-height] .height");
  if (now) every(MINUTE_MS, () => writeHeight(now, heightAt(station(), Date.now())));

  const curve = one("[data-curve]");
  if (curve) every(10 * MINUTE_MS, () => drawCurve(curve, Date.now()));
  onChange(() => curve && drawCurve(curve, Date.now()), "unit");

  one("[data-show-month]")?.addEventListener("click", showMonth, { once: true });
  document.documentElement.dataset.app = "ready";
}

/** The month is large and asked for by few: its modules are fetched when they are wanted. */
async function showMonth({ currentTarget: button }) {
  button.disabled = true;
  const { drawMonth } = await import("./tides/month.js");
  await drawMonth(one("[data-month]"), Date.now());
  button.hidden = true;
}

function onChange(act, name) {
  document.addEventListener("preference", (event) => event.detail === name && act(preferred(name)));
  act(preferred(name));
}

function every(milliseconds, act) {
  act();
  setInterval(act, milliseconds);
}

start();
