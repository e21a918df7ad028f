import { heightAt } from "./harmonics.js";

const DAY_MS = 24 * 3_600_000;

/** Heights from `start` to `end`, one each `step` (all milliseconds): `[{ time, height }, …]`. */
export function curve({ station, start, end, step }) {
  const points = [];
  for (let time = start; time <= end; time += step) points.push({ time, height: heightAt(station, time) });
  return points;
}

/** For each of `days` days from `start`: `[{ time, range }, …]`, the range in metres. */
export function ranges({ station, start, days }) {
  return Array.from({ length: days }, (_, day) => {
    const time = start + day * DAY_MS;
    const heights = curve({ station, start: time, end: time + DAY_MS, step: DAY_MS / 240 }).map(({ height }) => height);
    return { time, range: Math.max(...heights) - Math.min(...heights) };
  });
}
