import { one } from "./dom.js";

let read;

/** The tide gauge and its constituents, which the page carries as JSON. */
export function station() {
  return (read ??= JSON.parse(one("#station").textContent));
}
