import { element, shape } from "../dom.js";
import { station } from "../station.js";
import { heightText } from "../units.js";
import { litPart } from "./moon.js";
import { predict } from "./predictor.js";

const DAY_MS = 24 * 3_600_000;
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", timeZone: "UTC" });
const whole = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });
const background = new URL("../../../img/waves.svg", import.meta.url);

/** Draw the range of the tide on each of thirty days from `now` into `place`. */
export async function drawMonth(place, now) {
  const start = Math.floor(now / DAY_MS) * DAY_MS;
  const days = await predict("ranges", { station: station(), start, days: 30 });
  const widest = Math.max(...days.map(({ range }) => range));
  place.style.backgroundImage = `url("${background}")`;
  place.replaceChildren(...days.map((one) => column(one, widest)));
}

function column({ time, range }, widest) {
  const bar = element("span", { class: "month-bar" });
  bar.style.blockSize = `${((100 * range) / widest).toFixed(1)}%`;
  return element(
    "div",
    { class: "month-day", title: `${whole.format(time)}: ${heightText(range)}` },
    element("span", { class: "month-track" }, bar),
    moon(time),
    element("span", { class: "month-date" }, day.format(time)),
  );
}

const moon = (time) =>
  shape(
    "svg",
    { viewBox: "-1.1 -1.1 2.2 2.2", class: "moon", "aria-hidden": "true" },
    shape("circle", { r: 1, class: "moon-dark" }),
    shape("path", { d: litPart(time), class: "moon-lit" }),
  );
