/* What a visitor likes, kept in the browser. This module and `units.js` import each other: neither uses the other
   before both have run. */
import { UNITS } from "./units.js";

const choices = {
  unit: () => Object.keys(UNITS),
  theme: () => ["auto", "light", "dark"],
};

/** What the visitor chose for `name`, or the first choice there is. */
export function preferred(name) {
  const [first, ...others] = choices[name]();
  const saved = read(name);
  return others.includes(saved) ? saved : first;
}

/** Let `button` go round the choices of its `data-preference`; tells the page with a `preference` event. */
export function onPreference(button) {
  const name = button.dataset.preference;
  button.addEventListener("click", () => {
    const names = choices[name]();
    save(name, names[(names.indexOf(preferred(name)) + 1) % names.length]);
    document.dispatchEvent(new CustomEvent("preference", { detail: name }));
  });
}

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function save(name, choice) {
  try {
    localStorage.setItem(name, choice);
  } catch {
    // Storage is blocked or full: the choice is good for this page only.
  }
}
