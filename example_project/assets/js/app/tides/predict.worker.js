import * as series from "./series.js";

addEventListener("message", ({ data: { id, question, given } }) => {
  postMessage({ id, answer: series[question](given) });
});
