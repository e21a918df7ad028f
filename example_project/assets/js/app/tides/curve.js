import { clockText } from "../clock.js";
import { shape } from "../dom.js";
import { station } from "../station.js";
import { heightText } from "../units.js";
import { predict } from "./predictor.js";

const HOUR_MS = 3_600_000;
const WIDTH = 960;
const HEIGHT = 260;
const TOP = 28;
const BOTTOM = HEIGHT - 36;

/** Draw the tide around `now` into `place`. */
export async function drawCurve(place, now) {
  const start = now - 6 * HOUR_MS;
  const end = now + 24 * HOUR_MS;
  const points = await predict("curve", { station: station(), start, end, step: HOUR_MS / 6 });
  const highest = Math.max(...points.map(({ height }) => height));
  const x = (time) => (WIDTH * (time - start)) / (end - start);
  const y = (height) => BOTTOM - (Math.max(height, 0) / highest) * (BOTTOM - TOP);
  const line = points.map(({ time, height }) => `${x(time).toFixed(1)} ${y(height).toFixed(1)}`).join("L");
  place.replaceChildren(
    shape(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "curve-picture" },
      shape("path", { class: "curve-sea", d: `M${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z` }),
      ...hours(start, end).map((time) => shape("path", { class: "curve-hour", d: `M${x(time)} ${TOP}V${HEIGHT}` })),
      shape("path", { class: "curve-line", d: `M${line}` }),
      shape("path", { class: "curve-now", d: `M${x(now)} 0V${HEIGHT}` }),
    ),
    ...hours(start, end).map((time) => label("curve-time", clockText(time), x(time) / WIDTH)),
    ...turns(points).map(({ time, height }) =>
      label("curve-turn", heightText(height), x(time) / WIDTH, (y(height) - 8) / HEIGHT),
    ),
  );
}

/** Text stands beside the picture, which is stretched, and not in it. */
function label(name, text, left, top) {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = text;
  made.style.left = `clamp(1.6rem, ${(100 * left).toFixed(2)}%, 100% - 1.6rem)`;
  if (top !== undefined) made.style.top = `${(100 * top).toFixed(2)}%`;
  return made;
}

function hours(start, end) {
  const step = 6 * HOUR_MS;
  const first = Math.ceil(start / step) * step;
  return Array.from({ length: 5 }, (_, index) => first + index * step).filter((time) => time < end - HOUR_MS);
}

function turns(points) {
  return points.filter(({ height }, index) => {
    const before = points[index - 1]?.height;
    const after = points[index + 1]?.height;
    return (height > before && height > after) || (height < before && height < after);
  });
}
