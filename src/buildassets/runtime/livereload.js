// The live reload client of buildassets, for pages in development only.
// It reads the watcher's address from a file among the assets, listens to it, and updates this page after each build.
(() => {
  "use strict";
  const { prefix, server, release: made, templates: read } = document.currentScript.dataset;
  const KEY = Symbol.for("buildassets.livereload");
  if (window[KEY]) return; // Turbo and its like run the scripts of a page again
  window[KEY] = true;

  const base = new URL(prefix, document.baseURI).href;
  const LOAD_MS = 10000;
  let release = made;
  let templates = read ?? "";
  let events = null;
  let timer = 0;
  let lostAt = Date.now();
  let work = Promise.resolve();
  let leavePlace = null; // set while this page is visible, if pages share the watcher
  let hasPlace = false;
  let asked = null;
  let isReloading = false;

  // -- finding the watcher --

  // Only a visible page listens: browsers open six connections to one server, and there may be more tabs.
  // One that is about to be loaded again does not: what it hears would have it loaded twice.
  const mayListen = () => document.visibilityState === "visible" && !isReloading;

  // There may also be more windows and frames. Four of them listen; the others wait for a place, and ask whenever one
  // of the four has received a message. One listener would not do: a debugger may have stopped it.
  const PLACES = 4;
  const NAME = `buildassets.livereload ${new URL(server, document.baseURI).href}`;
  const pages = navigator.locks ? new BroadcastChannel(NAME) : null; // http: has no locks, except on localhost

  const start = async () => {
    if (!pages) return find();
    if (leavePlace || !mayListen()) return;
    const waiting = new AbortController();
    const left = new Promise((resolve) => {
      leavePlace = resolve;
    });
    left.then(() => waiting.abort());
    const occupy = (lock) => {
      if (!lock || waiting.signal.aborted) return undefined; // the place is taken, or this page needs none any more
      hasPlace = true;
      waiting.abort();
      find();
      return left;
    };
    try {
      for (let place = 0; place < PLACES && !waiting.signal.aborted; place++) await occupyIfFree(place, occupy);
    } catch {
      hasPlace = true; // a sandboxed frame cannot use locks
      return find();
    }
    if (waiting.signal.aborted) return;
    for (let place = 0; place < PLACES; place++) {
      navigator.locks.request(`${NAME} ${place}`, { signal: waiting.signal }, occupy).catch(() => {});
    }
    askFirst();
  };

  // Resolves once it is known whether the lock was free, not when it is released.
  const occupyIfFree = (place, occupy) =>
    new Promise((resolve, reject) => {
      const taken = (lock) => {
        resolve();
        return occupy(lock);
      };
      navigator.locks.request(`${NAME} ${place}`, { ifAvailable: true }, taken).catch(reject);
    });

  const askFirst = async () => {
    const { url, token } = await whereabouts();
    if (token) ask({ url, token });
  };

  // Asks once for the changes since this page's release, and again if another message arrives meanwhile.
  const ask = (watcher) => {
    if (hasPlace || !mayListen()) return;
    if (asked) {
      asked.next = watcher;
      return;
    }
    const source = opened(watcher, { once: 1 });
    asked = { source, next: null };
    const done = () => {
      source.close();
      const next = asked?.source === source ? asked.next : null;
      if (asked?.source === source) asked = null;
      if (next) ask(next);
    };
    source.onmessage = ({ data }) => {
      take(data);
      done();
    };
    source.onerror = done;
  };

  const opened = ({ url, token }, more = {}) =>
    new EventSource(`${url}events?${new URLSearchParams({ token, release, ...more })}`);

  const take = (data) => {
    const state = JSON.parse(data);
    release = state.release || release;
    work = work.then(() => follow(state)).catch((fault) => console.error("live reload:", fault));
  };

  const whereabouts = async () => {
    try {
      const answer = await fetch(server, { cache: "no-store" });
      return answer.ok ? await answer.json() : {};
    } catch {
      return {}; // no file, or another one: no watcher runs
    }
  };

  const find = async () => {
    clearTimeout(timer);
    if (events || !mayListen()) return;
    findLater();
    const { url, token } = await whereabouts();
    if (token && !events && mayListen()) listen({ url, token });
  };

  // Tries again after a second, and less often the longer there is no watcher.
  const findLater = () => {
    timer = setTimeout(find, Math.min(30000, 1000 + (Date.now() - lostAt) / 4));
  };

  const listen = (watcher) => {
    let wasOpen = false;
    events = opened(watcher);
    events.onopen = () => {
      clearTimeout(timer);
      wasOpen = true;
    };
    events.onmessage = ({ data }) => {
      take(data);
      pages?.postMessage(watcher);
    };
    events.onerror = () => {
      if (wasOpen) lostAt = Date.now();
      disconnect();
      findLater(); // the next watcher has another token, and perhaps another port
    };
  };

  const disconnect = () => {
    events?.close();
    events = null;
    asked?.source.close();
    asked = null;
    clearTimeout(timer);
  };

  const leave = () => {
    disconnect();
    hasPlace = false;
    leavePlace?.();
    leavePlace = null;
  };

  const noticed = () => {
    if (!mayListen()) return leave();
    if (failure) work = work.then(() => reload());
    lostAt = Date.now();
    if (!pages || hasPlace) find();
    else start();
  };
  document.addEventListener("visibilitychange", noticed);
  addEventListener("focus", noticed);
  addEventListener("pageshow", noticed);
  addEventListener("pagehide", leave);
  pages?.addEventListener("message", ({ data }) => ask(data));

  // -- applying a build --

  const follow = async (state) => {
    if (isReloading) return;
    // A page that names none was made without a watcher: its templates are those of the first message.
    const isOld = failure || (templates && state.templates && templates !== state.templates);
    templates = state.templates || templates;
    if (isOld) return reload(state);
    const sheets = state.swaps.filter(({ type }) => type === "text/css");
    const files = state.swaps.filter(({ type }) => type !== "text/css");
    const cause = state.reload ?? inlined(files)[0]?.path;
    if (cause && loadAgain(state.release, cause)) return reload(state);
    show(state);
    if (!state.swaps.length) return;
    for (const root of roots()) for (const swap of files) replaceNames(root, swap);
    await Promise.all([...linked(sheets), ...imported(sheets), ...sheets.map(constructed)]);
    document.dispatchEvent(new CustomEvent("buildassets:swap", { detail: state.swaps.map(({ path }) => path) }));
  };

  // Once for each release: else a page whose application still serves an older one would reload for ever.
  const MARK = "buildassets.livereload";
  const loadAgain = (newest, cause) => {
    if (stored() === newest) {
      console.warn(`live reload: the application does not serve the latest build, which changed ${cause}`);
      return false;
    }
    store(newest);
    return true;
  };

  // An error page of a framework's debugger has no client, so it would stay when the error is corrected: this page stays
  // in its place, and tries again.
  let failure = null;
  const failed = (status) => ({
    severity: "error",
    code: "page",
    message: status ? `the application answers \`${status}\` for this page` : "the application does not answer",
    notes: ["this is the page before the edit"],
    hint: "correct what the application's terminal shows: the next edit, or a return to this window, loads the page",
  });

  const reload = async (state) => {
    const status = await answered();
    failure = status && status !== 500 ? null : failed(status);
    if (failure) {
      if (state) show(state);
      return;
    }
    isReloading = true;
    leave();
    location.reload();
  };

  // A development server restarts after an edit of its modules, and a proxy in front of it answers 502 to 504
  // meanwhile: the browser would replace this page by its own error page, which stays.
  const answered = async () => {
    for (const end = Date.now() + LOAD_MS; ; await pause(100)) {
      const status = await answer("HEAD");
      if ((status && status < 502) || Date.now() > end) return status;
    }
  };

  const answer = async (method) => {
    try {
      const { status } = await fetch(location.href, { method, cache: "no-store" });
      return status === 405 && method === "HEAD" ? answer("GET") : status; // FastAPI's routes have no HEAD
    } catch {
      return (await isServed()) ? 200 : 0; // the page's policy forbids to ask for the page, or there is no answer
    }
  };

  const isServed = () => fetch(server, { cache: "no-store" }).then(() => true, () => false);

  // Without storage, as in a sandbox, a reloaded page counts as reloaded for its present release.
  const stored = () => {
    try {
      return sessionStorage.getItem(MARK);
    } catch {
      return performance.getEntriesByType("navigation")[0]?.type === "reload" ? release : null;
    }
  };

  const store = (newest) => {
    try {
      sessionStorage.setItem(MARK, newest);
    } catch {
      // `stored` handles the lack of storage.
    }
  };

  const inlined = (swaps) => swaps.filter(({ path }) => all(`svg[data-livereload="${CSS.escape(path)}"]`).length);

  // The document and every open shadow root in it.
  const roots = (root = document) =>
    [root].concat(...[...root.querySelectorAll("*")].map(({ shadowRoot }) => (shadowRoot ? roots(shadowRoot) : [])));

  const all = (selector) => roots().flatMap((root) => [...root.querySelectorAll(selector)]);

  // -- style sheets --

  const pathOf = (href) => href.replace(/[?#].*$/s, "");

  const named = (swap, href) => href && pathOf(href) === base + swap.old;

  const linked = (swaps) =>
    all("link[href], style[data-livereload]").flatMap((element) =>
      swaps
        .filter((swap) => (element.href ? isSheet(element) && named(swap, element.href) : isInlined(swap, element)))
        .map((swap) => exchange(element, swap)),
    );

  const isSheet = (link) => link.relList.contains("stylesheet");

  const isInlined = ({ path }, element) => element.dataset.livereload === path;

  // The new sheet is loaded beside the old one, so that the page is never without.
  const exchange = (old, swap) => {
    const link = old.href ? old.cloneNode() : linkLike(old);
    const href = base + swap.new + (old.href ?? "").slice((base + swap.old).length);
    if (old.integrity) link.integrity = swap.integrity ?? "";
    link.href = href;
    if (old.disabled) {
      old.replaceWith(link); // a disabled sheet is not loaded, so no event would end the wait
      return Promise.resolve();
    }
    const loaded = settled(link);
    old.after(link);
    return loaded.then((isLoaded) => {
      if (isLoaded && link.sheet && old.sheet) link.sheet.disabled = old.sheet.disabled;
      (isLoaded ? old : link).remove();
    });
  };

  const linkLike = (style) => {
    const link = document.createElement("link");
    for (const { name, value } of style.attributes) link.setAttribute(name, value);
    link.rel = "stylesheet";
    link.nonce = style.nonce;
    return link;
  };

  const settled = (element) =>
    new Promise((resolve) => {
      element.addEventListener("load", () => resolve(true), { once: true });
      element.addEventListener("error", () => resolve(false), { once: true });
      setTimeout(resolve, LOAD_MS, true);
    });

  // A new sheet of the release loads its own imports; this handles the imports of all other sheets.
  const imported = (swaps) =>
    roots().flatMap((root) => [...root.styleSheets].flatMap((sheet) => importsOf(sheet, swaps)));

  const importsOf = (sheet, swaps) => {
    if (swaps.some((swap) => named(swap, sheet.href))) return [];
    return rulesOf(sheet)
      .filter((rule) => rule instanceof CSSImportRule)
      .flatMap((rule) => {
        const href = new URL(rule.href, sheet.href ?? document.baseURI).href;
        const swap = swaps.find((candidate) => named(candidate, href));
        if (swap) return [importAnew(sheet, rule, swap)];
        return rule.styleSheet ? importsOf(rule.styleSheet, swaps) : [];
      });
  };

  const importAnew = async (sheet, old, swap) => {
    const place = () => rulesOf(sheet).indexOf(old);
    sheet.insertRule(old.cssText.replace(old.href, () => base + swap.new), place() + 1);
    const rule = sheet.cssRules[place() + 1];
    for (const end = Date.now() + LOAD_MS; !rule.styleSheet && Date.now() < end; ) await pause(20);
    if (place() >= 0) sheet.deleteRule(place());
  };

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  // Sheets that scripts constructed, or imported as modules. They have no URL, so they are recognised by their rules.
  const sheetsOf = new Map(); // by the asset's path

  const constructed = async ({ path, old, new: next }) => {
    const known = sheetsOf.get(path) ?? new Set();
    sheetsOf.set(path, known);
    const adopted = roots().flatMap((root) => [...root.adoptedStyleSheets]);
    if (mayBeModule(base + old)) known.add(await moduleSheet(base + old));
    if (adopted.some((sheet) => !known.has(sheet))) {
      const rules = printed(parsed(await textOf(base + old)));
      for (const sheet of adopted) if (rules && printed(sheet) === rules) known.add(sheet);
    }
    known.delete(null);
    if (!known.size) return;
    const text = await textOf(base + next);
    for (const sheet of known) sheet.replaceSync(text);
  };

  const mayBeModule = (url) => {
    const loads = performance.getEntriesByName(url);
    return loads.some(({ initiatorType }) => !["link", "css", "fetch"].includes(initiatorType));
  };

  // A module is loaded once, so importing it again gives the sheet that its importers share.
  const moduleSheet = async (url) => {
    try {
      return (await import(url, { with: { type: "css" } })).default;
    } catch {
      return null; // not a module, or a browser without modules of CSS
    }
  };

  const textOf = async (url) => (await fetch(url)).text();

  const parsed = (text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  };

  const printed = (sheet) => rulesOf(sheet).map(({ cssText }) => cssText).join("\n");

  const rulesOf = (sheet) => {
    try {
      return [...sheet.cssRules];
    } catch {
      return []; // rules of a sheet of another origin cannot be read
    }
  };

  // -- images, icons, web manifests: all that names a file in an attribute --

  const replaceNames = (root, swap) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === "script" || loadsByItself(element)) continue;
      if (element.localName === "style") {
        const text = renamed(element.textContent, swap);
        if (text !== element.textContent) element.textContent = text;
        continue;
      }
      for (const attribute of element.attributes) {
        const value = renamed(attribute.value, swap);
        if (value === attribute.value) continue;
        if (attribute.name === "style") replaceInStyle(element.style, swap);
        else attribute.value = value;
      }
    }
  };

  const loadsByItself = (element) =>
    element.localName === "link" && /\b(stylesheet|preload|modulepreload|prefetch)\b/i.test(element.rel);

  // Property by property: a content security policy without 'unsafe-inline' forbids writing the attribute.
  const replaceInStyle = (style, swap) => {
    for (const name of [...style]) {
      const value = renamed(style.getPropertyValue(name), swap);
      if (value !== style.getPropertyValue(name)) style.setProperty(name, value, style.getPropertyPriority(name));
    }
  };

  // A file of the same name and content may lie in a subfolder, so only what can end the URL prefix may precede the name.
  const renamed = (text, swap) => {
    if (!text.includes(swap.old)) return text;
    const before = `(?<=^|[\\s,"'(]|\\.\\.?/|${literal(new URL(base).pathname)})`;
    return text.replace(new RegExp(before + literal(swap.old), "g"), () => swap.new);
  };

  const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  // -- errors, shown over the page --

  const CSS_OF_OVERLAY = `
    :host { all: initial !important; display: block !important; }
    dialog {
      --ink: light-dark(#1d2129, #e8e6e1); --paper: light-dark(#fff, #16191f); --line: light-dark(#d9dce1, #333a45);
      --soft: light-dark(#5b6472, #a3abb8); --code: light-dark(#f5f6f8, #0e1116);
      --red: light-dark(#b3001b, #ff7b86); --mark: light-dark(#ffd9dd, #6b1420);
      color-scheme: light dark; box-sizing: border-box; width: min(60rem, calc(100vw - 2rem));
      max-height: calc(100vh - 2rem); margin: 1rem auto; padding: 0; overflow: auto; overscroll-behavior: contain;
      border: 1px solid var(--line); border-top: 4px solid var(--red); border-radius: 8px;
      color: var(--ink); background: var(--paper); font: 15px/1.5 system-ui, sans-serif; text-align: left;
      box-shadow: 0 12px 48px rgb(0 0 0 / 40%);
    }
    dialog::backdrop { background: rgb(0 0 0 / 45%); }
    header {
      position: sticky; top: 0; display: flex; gap: 1rem; align-items: baseline; padding: .75rem 1rem;
      background: var(--paper); border-bottom: 1px solid var(--line);
    }
    h1 { flex: 1; margin: 0; font-size: 1.1rem; color: var(--red); }
    button {
      font: inherit; font-size: .85rem; color: inherit; background: none; border: 1px solid var(--line);
      border-radius: 5px; padding: .15rem .6rem; cursor: pointer;
    }
    dialog:focus { outline: none; }
    button:focus-visible { outline: 2px solid var(--red); outline-offset: 2px; }
    section { padding: .9rem 1rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
    h2 { margin: 0 0 .15rem; font-size: 1rem; font-weight: 600; }
    .code, .place, pre, code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .875rem; }
    .code { color: var(--red); font-weight: 400; }
    .place { margin: 0; color: var(--soft); }
    pre {
      display: flex; margin: .5rem 0; padding: .5rem .75rem; border-radius: 5px; background: var(--code);
      overflow-x: auto; tab-size: 4;
    }
    .number { flex: none; margin-right: 1rem; color: var(--soft); user-select: none; }
    .line { white-space: pre; }
    mark { color: inherit; background: var(--mark); border-bottom: 2px solid var(--red); }
    .note, .hint { margin: .25rem 0 0; }
    .note { color: var(--soft); }
    footer { padding: .75rem 1rem; color: var(--soft); font-size: .85rem; }
  `;
  let dialog = null;
  let shown = "";

  const show = ({ build, errors: faults, error_count }) => {
    const errors = failure ? [failure, ...faults] : faults;
    const report = errors.length ? JSON.stringify([build, errors]) : "";
    if (report === shown) return; // it is open, or was dismissed
    shown = report;
    dialog?.close();
    if (errors.length) dialog = openOverlay(errors, errors.length - faults.length + error_count);
  };

  const openOverlay = (errors, count) => {
    const overlay = document.createElement("buildassets-overlay");
    const root = overlay.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [parsed(CSS_OF_OVERLAY)]; // not subject to a policy for style elements
    const what = errors[0] === failure ? "The page" : "The build";
    const title = make("h1", { id: "title" }, count === 1 ? `${what} failed` : `${what} failed with ${count} errors`);
    const dismiss = make("button", { type: "button" }, "Dismiss (Esc)");
    const rest = count > errors.length ? `${count - errors.length} more in the terminal. ` : "";
    const footer = `${rest}The page is that of the last good build; this goes away with the next.`;
    const box = make("dialog", { role: "alertdialog", "aria-labelledby": "title", tabindex: "-1" });
    box.append(make("header", {}, title, dismiss), ...errors.map(section), make("footer", {}, footer));
    dismiss.addEventListener("click", () => box.close());
    box.addEventListener("close", () => overlay.remove());
    root.append(box);
    document.documentElement.append(overlay);
    box.showModal(); // shows it above all else; closing it returns the focus
    box.focus(); // the button would be pressed by somebody who is typing
    return box;
  };

  const section = ({ severity, code, message, location, notes, hint }) => {
    const lead = make("span", { class: "code" }, `${severity}[${code}]: `);
    const part = make("section", {}, make("h2", {}, lead, ...marked(message)));
    if (location) {
      const place = location.line ? `${location.file}:${location.line}:${location.column}` : location.file;
      part.append(make("p", { class: "place" }, `--> ${place}`));
      if (location.excerpt) part.append(frame(location));
    }
    for (const note of notes) part.append(make("p", { class: "note" }, ...marked(`note: ${note}`)));
    if (hint) part.append(make("p", { class: "hint" }, ...marked(`hint: ${hint}`)));
    return part;
  };

  const frame = ({ line, excerpt, excerpt_column, length }) => {
    const characters = Array.from(excerpt); // columns count characters, not UTF-16 units
    const start = excerpt_column - 1;
    const parts = [[0, start], [start, start + length], [start + length]].map((part) => characters.slice(...part).join(""));
    const text = make("span", { class: "line" }, parts[0], make("mark", {}, parts[1] || " "), parts[2]);
    return make("pre", { tabindex: "0" }, make("span", { class: "number" }, String(line)), text);
  };

  // Text with each part in backticks as a <code> element.
  const marked = (text) =>
    text.split(/(`[^`]+`)/).map((part) => (/^`.+`$/s.test(part) ? make("code", {}, part.slice(1, -1)) : part));

  // Strings are added as text, never as markup. Invisible characters, and those that change direction, are spelled out.
  const make = (tag, attributes, ...content) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...content.map((part) => (typeof part === "string" ? part.replace(UNSEEN, spelled) : part)));
    return element;
  };

  const UNSEEN = /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

  const spelled = (character) => `\\u{${character.codePointAt(0).toString(16)}}`;

  if (stored() === made) store(""); // the release that the page was reloaded for is here
  start();
})();
