// Reports that a page is older than the release that is served: a script, an import or a style sheet of its own release
// cannot be loaded, or a newer release is there when the page is shown again. Fires `buildassets:stale` at the document;
// unless that is prevented, reloads the page where nobody has typed anything.
//
// Lines that begin with a comment are left out of pages, so no comment may stand behind code.
(() => {
  "use strict";
  const { prefix, file, release, earlier } = document.currentScript.dataset;
  const KEY = Symbol.for("buildassets.release");
  // Turbo and its like run the scripts of a page again.
  if (window[KEY]) return;
  window[KEY] = true;
  const EVENT = "buildassets:stale";
  const base = new URL(prefix, document.baseURI).href;
  const address = new URL(file, document.baseURI).href;
  const fired = new Set();
  let wanted = "";
  let isReported = false;

  const isOurs = (url) => typeof url === "string" && url.startsWith(base);

  // -- once for each release and page --

  const mark = (id) => `${EVENT} ${id} ${location.pathname}${location.search}`;

  const isDone = (id) => {
    try {
      return sessionStorage.getItem(mark(id)) !== null;
    } catch {
      return false;
    }
  };

  // Without a memory of it the page could be reloaded for ever.
  const remember = (id) => {
    try {
      sessionStorage.setItem(mark(id), "1");
      return true;
    } catch {
      return false;
    }
  };

  // -- what happens then --

  const stale = async (reason, url, newer) => {
    const id = newer || release;
    if (fired.has(id) || isDone(id)) return;
    fired.add(id);
    // The listeners of deferred scripts and modules are there then.
    if (document.readyState === "loading") {
      await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
    }
    const detail = { reason, url, release, newer: newer || null };
    const event = new CustomEvent(EVENT, { bubbles: true, cancelable: true, detail });
    if (!document.dispatchEvent(event)) return;
    wanted = id;
    reload();
  };

  const reload = async () => {
    const id = wanted;
    if (!id || isDirty(document)) return;
    // Without a network the page would be replaced by an error of the browser.
    try {
      await fetch(address, { cache: "no-store" });
    } catch {
      return;
    }
    if (isDirty(document) || isDone(id) || !remember(id)) return;
    wanted = "";
    location.reload();
  };

  // -- forms that somebody has filled in --

  const edited = new Map();

  const valueOf = (element) => {
    if (element.isContentEditable) return element.innerHTML;
    return /^(checkbox|radio)$/.test(element.type) ? element.checked : element.value;
  };

  // The value before the first edit. Of an edit by a script there is only the event behind it, so it counts as one.
  const note = (event) => {
    let element = event.composedPath()[0];
    if (!(element instanceof Element)) element = element?.parentElement;
    while (element?.isContentEditable && element.parentElement?.isContentEditable) element = element.parentElement;
    for (const known of edited.keys()) if (!known.isConnected) edited.delete(known);
    if (!element || edited.has(element)) return;
    if (element.isContentEditable || event.type === "beforeinput") {
      edited.set(element, event.type === "beforeinput" ? valueOf(element) : null);
    }
  };
  for (const type of ["beforeinput", "input"]) addEventListener(type, note, true);

  const lines = (text) => text.replace(/\r\n?/g, "\n");

  // What a browser makes of the value in the markup: a range without one is in the middle, a colour is black.
  const initial = (input) => {
    const fresh = document.createElement("input");
    for (const name of ["type", "min", "max", "step", "multiple", "value"]) {
      if (input.hasAttribute(name)) fresh.setAttribute(name, input.getAttribute(name));
    }
    return fresh.value;
  };

  const isSelectDirty = ({ options, multiple, size }) => {
    const all = [...options];
    const chosen = all.filter((option) => option.defaultSelected);
    if (multiple) return all.some((option) => option.selected !== option.defaultSelected);
    const first = size > 1 ? undefined : all.find((option) => !option.disabled);
    const usual = chosen.length ? chosen[chosen.length - 1] : first;
    return all.some((option) => option.selected !== (option === usual));
  };

  const isControlDirty = (control) => {
    if (control.localName === "select") return isSelectDirty(control);
    if (control.localName === "textarea") return lines(control.value) !== lines(control.defaultValue);
    if (/^(hidden|submit|button|reset|image)$/.test(control.type)) return false;
    if (/^(checkbox|radio)$/.test(control.type)) return control.checked !== control.defaultChecked;
    if (control.type === "file") return control.files.length > 0;
    return control.value !== initial(control);
  };

  const isDirty = (root) =>
    [...edited].some(([element, before]) => element.isConnected && valueOf(element) !== before) ||
    [...root.querySelectorAll("input, textarea, select")].some(isControlDirty) ||
    [...root.querySelectorAll("*")].some(({ shadowRoot }) => shadowRoot && isDirty(shadowRoot));

  // -- what cannot be loaded --

  // A server of single-page applications answers with a page for every URL that it does not know.
  const isPage = ({ contentType }) => contentType === "text/html";
  const isThere = (entry) => entry.responseStatus >= 200 && entry.responseStatus < 300 && !isPage(entry);

  // A module that is there fails for one that it imports, which may be that of another host.
  const isScript = (target) =>
    target instanceof HTMLScriptElement &&
    isOurs(target.src) &&
    !(target.type === "module" && performance.getEntriesByName(target.src).some(isThere));

  const onError = ({ target }) => {
    if (isScript(target)) stale("script", target.src);
    const isSheet = target instanceof HTMLLinkElement && target.relList.contains("stylesheet");
    if (isSheet && isOurs(target.href)) stale("stylesheet", target.href);
  };
  addEventListener("error", onError, true);

  // Browsers name the module in the message of the error.
  const onRejection = ({ reason }) => {
    const isImport = reason instanceof Error && /import|module|preload/i.test(reason.message);
    const url = isImport && (reason.message.match(/https?:\/\/[^\s"'`)]+/g) ?? []).find(isOurs);
    if (url) stale("import", url);
  };
  addEventListener("unhandledrejection", onRejection);

  // An import whose failure the page handles itself is seen here only, as is a sheet that another one imports.
  const CODE = /\.(?:[cm]?js|css)(?:[?#]|$)/i;
  const LOADS = /^(?:script|link|css|other)$/;
  const look = (list) => {
    for (const entry of list.getEntries()) {
      const { name, initiatorType, responseStatus } = entry;
      const isCode = isOurs(name) && CODE.test(name) && LOADS.test(initiatorType);
      if (isCode && (responseStatus >= 400 || isPage(entry))) {
        stale(/\.css(?:[?#]|$)/i.test(name) ? "stylesheet" : "import", name);
      }
    }
  };
  try {
    new PerformanceObserver(look).observe({ type: "resource", buffered: true });
  } catch {}

  // -- which release is served --

  const ask = async () => {
    if (document.visibilityState !== "visible") return;
    if (wanted) return reload();
    let answer;
    try {
      answer = await fetch(address, { cache: "no-store" });
    } catch {
      return;
    }
    const served = answer.ok ? (await answer.json().catch(() => ({}))).release : undefined;
    if (typeof served !== "string") return report(answer.status);
    // A process that has not been replaced yet answers with a release that this one has replaced.
    if (served !== release && !earlier.split(" ").includes(served)) stale("release", address, served);
  };

  const report = (status) => {
    if (isReported) return;
    isReported = true;
    const how = "serve it with AssetServer, or set `retain` so that builds write it";
    console.warn(`buildassets: ${address} (status ${status}) does not contain a release, so none is noticed; ${how}`);
  };

  document.addEventListener("visibilitychange", ask);
  addEventListener("pageshow", (event) => event.persisted && ask());
})();
