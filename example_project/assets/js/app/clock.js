const format = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "UTC" });

/** `time` (milliseconds) as `14:05`, in UTC. */
export const clockText = (time) => format.format(time);

/** Keep the time of day in `place`. */
export function startClock(place) {
  const show = () => (place.textContent = `${clockText(Date.now())} UTC`);
  show();
  setInterval(show, 1000);
}
