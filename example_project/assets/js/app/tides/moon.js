/* The moon's age, near enough for a picture of it: from a new moon and the mean length of a month. */
const NEW_MOON_MS = Date.UTC(2000, 0, 6, 18, 14);
const MONTH_MS = 29.530588853 * 24 * 3_600_000;

/** Where in its month the moon is: 0 new, 0.25 first quarter, 0.5 full. */
export function phase(time) {
  const age = ((time - NEW_MOON_MS) / MONTH_MS) % 1;
  return age < 0 ? age + 1 : age;
}

/** The lit part of a disc of radius 1 around 0,0 as the data of an SVG path. */
export function litPart(time) {
  const now = phase(time);
  const bulge = Math.cos(2 * Math.PI * now); // of the shadow's edge: 1 and -1 at new and full moon
  const waxing = now < 0.5;
  const edge = waxing === bulge > 0 ? 0 : 1;
  return `M0 -1A1 1 0 0 ${waxing ? 1 : 0} 0 1A${Math.abs(bulge).toFixed(3)} 1 0 0 ${edge} 0 -1Z`;
}
