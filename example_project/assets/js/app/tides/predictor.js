/* Asks the worker, which computes away from the page. */
let worker;
let asked = 0;
const waiting = new Map();

/** The answer of the worker's function `question` to `given`. */
export function predict(question, given) {
  worker ??= started();
  return new Promise((resolve) => {
    waiting.set(++asked, resolve);
    worker.postMessage({ id: asked, question, given });
  });
}

function started() {
  const made = new Worker(new URL("./predict.worker.js", import.meta.url), { type: "module", name: "tides" });
  made.addEventListener("message", ({ data: { id, answer } }) => {
    waiting.get(id)(answer);
    waiting.delete(id);
  });
  return made;
}
