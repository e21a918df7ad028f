// To a reader `--since`, `-o` and `file:///` are words; to the search of the theme they are operators, or no query at all.
// So what the page asks its worker has none of these signs. MkDocs adds this file after the theme's own script.
(() => {
  "use strict";
  const QUERY = 2; // the kind of message that holds a query
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...more) {
    const isQuery = message?.type === QUERY && typeof message.data === "string";
    const sent = isQuery ? { ...message, data: message.data.replace(/[:^~]|(?<=^|\s)[-+]+|[-+]+(?=\s|$)/g, " ") } : message;
    postMessage.call(this, sent, ...more);
  };
})();
