/* Metres and feet. See `preferences.js` for why the two may import each other. */
import { all } from "./dom.js";
import { preferred } from "./preferences.js";

export const UNITS = {
  m: { perMetre: 1, digits: 1 },
  ft: { perMetre: 3.28084, digits: 0 },
};

/** `metres` in the visitor's unit: `4.2 m` or `14 ft`. */
export function heightText(metres) {
  const name = preferred("unit");
  const { perMetre, digits } = UNITS[name];
  return `${(metres * perMetre).toFixed(digits)} ${name}`;
}

/** Write `metres` into the `<data>` element `place`. */
export function writeHeight(place, metres) {
  place.value = metres.toFixed(3);
  place.textContent = heightText(metres);
}

/** Write every height of the page in the visitor's unit. */
export function showHeights() {
  for (const place of all("data.height")) place.textContent = heightText(Number(place.value));
  for (const label of all("[data-unit-label]")) label.textContent = preferred("unit");
}
