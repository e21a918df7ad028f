const HOUR_MS = 3_600_000;
const TURN = 2 * Math.PI;

/** The height of the tide at `time` (milliseconds), in metres above chart datum. */
export function heightAt(station, time) {
  const hours = (time - station.epoch_ms) / HOUR_MS;
  return station.constituents.reduce(
    (height, { amplitude_m, period_hours, phase_deg }) =>
      height + amplitude_m * Math.cos(TURN * (hours / period_hours - phase_deg / 360)),
    station.mean_level_m,
  );
}
