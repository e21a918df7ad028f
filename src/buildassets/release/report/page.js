
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const assets = new Map(data.assets.map((asset) => [asset.path, asset]));
const KINDS = {
  "style sheets": "sheets", scripts: "scripts", images: "images", fonts: "fonts", "audio and video": "sound",
  "pages and data": "pages", "source maps": "maps", other: "other",
};
const MEASURES = { size: "raw", gzip: "gzip", br: "brotli" };
const MOST_ROWS = 300;
const MOST_TILES = 600;
const MOST_NODES = 40;
const MOST_PLACES = 20; // of a duplicate that are listed at once
const HEADER = 18; // pixels of a folder's title

const byId = (id) => document.getElementById(id);

// An element; a child that is a text, or a number, becomes text and never markup.
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key === "onclick") made.addEventListener("click", value);
    else made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null).map((child) => (child instanceof Node ? child : String(child))));
  return made;
}

function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
const name = (text) => element("bdi", { class: "name" }, text);
const none = (text) => element("p", { class: "none" }, text);
const swatch = (kind) => {
  const made = element("span", { class: "swatch", "aria-hidden": "true" });
  made.style.background = `var(--${KINDS[kind]})`;
  return made;
};

// A name that leads to its asset, where it is one.
function linked(text) {
  return assets.has(text) ? element("a", { class: "name", href: `#asset=${encodeURIComponent(text)}` }, element("bdi", {}, text)) : name(text);
}

// A table with a caption. Columns are { title, number, wide, minor }, rows arrays of cells; the first heads its row.
function table(caption, columns, rows, foot = null) {
  const classes = (column) => [column.number && "number", column.wide && "wide", column.minor && "minor"].filter(Boolean).join(" ");
  const cells = (row, first) =>
    row.map((cell, index) =>
      element(index ? "td" : "th", { class: classes(columns[index]), ...(index ? {} : { scope: first }) }, cell),
    );
  const head = columns.map((column) => element("th", { scope: "col", class: classes(column) }, column.title));
  const made = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, rows.map((row) => element("tr", {}, cells(row, "row")))),
    foot ? element("tfoot", {}, element("tr", {}, cells(foot, "row"))) : null,
  );
  return element("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" }, made);
}

// Places as a list, of which many are folded.
function folded(places) {
  const list = (some) => element("ul", {}, some.map((place) => element("li", {}, linked(place))));
  const rest = places.slice(MOST_PLACES);
  return [list(places.slice(0, MOST_PLACES)), rest.length ? element("details", {}, element("summary", {}, counted(rest.length, "more place")), list(rest)) : null];
}

function bar(share) {
  const made = element("div", { class: "bar", "aria-hidden": "true" });
  made.style.width = `${(100 * share).toFixed(1)}%`;
  return made;
}

function way(steps) {
  return element("ol", { class: "way" }, steps.map((step) => element("li", {}, linked(step))));
}

// ---- Treemap

let measure = "gzip";

// The folders and assets as a tree; a bundle has what it is made of below itself, in proportion.
function tree() {
  const root = { label: "", children: new Map(), value: 0 };
  const listed = [...data.assets].sort((a, b) => b[measure] - a[measure]);
  for (const asset of listed.slice(0, MOST_TILES)) {
    let node = root;
    for (const folder of asset.path.split("/").slice(0, -1)) {
      if (!node.children.has(`${folder}/`)) node.children.set(`${folder}/`, { label: folder, children: new Map(), value: 0 });
      node = node.children.get(`${folder}/`);
    }
    node.children.set(asset.path, leaf(asset));
  }
  return { node: summed(root), hidden: listed.length - MOST_TILES };
}

function leaf(asset) {
  const value = asset[measure];
  const node = { label: asset.path.split("/").pop(), asset, value, children: new Map() };
  const whole = (asset.contents || []).reduce((sum, member) => sum + member.size, 0);
  for (const member of (asset.contents || []).slice(0, 60)) {
    const part = whole ? (value * member.size) / whole : 0;
    if (part) node.children.set(member.name, { label: member.name.split("/").pop(), asset, member, value: part, children: new Map() });
  }
  if (node.children.size < 2) node.children.clear();
  return node;
}

// Values of folders; a folder that holds one folder only is shown with it, as `js/app`.
function summed(node) {
  const inner = node.children.size === 1 ? [...node.children.values()][0] : null;
  if (node.label && inner && !inner.asset && !node.asset) {
    node.label += `/${inner.label}`;
    node.children = inner.children;
    return summed(node);
  }
  if (!node.asset) node.value = [...node.children.values()].reduce((sum, child) => sum + summed(child).value, 0);
  return node;
}

// Squarified: rows of tiles whose sides are as equal as can be (Bruls, Huizing, van Wijk 2000).
function squarified(nodes, box, place) {
  let left = nodes.filter((node) => node.value > 0).sort((a, b) => b.value - a.value);
  let { x, y, width, height } = box;
  let total = left.reduce((sum, node) => sum + node.value, 0);
  while (left.length && width > 0 && height > 0) {
    const side = Math.min(width, height);
    const scale = (width * height) / total;
    let count = 1;
    let sum = left[0].value;
    const worst = (until, added) => {
      const thick = (added * scale) / side;
      const edges = [left[0], left[until - 1]].map((node) => (node.value * scale) / thick / thick);
      return Math.max(...edges.map((edge) => Math.max(edge, 1 / edge)));
    };
    while (count < left.length && worst(count + 1, sum + left[count].value) <= worst(count, sum)) sum += left[count++].value;
    const thick = (sum * scale) / side;
    let at = 0;
    for (const node of left.slice(0, count)) {
      const long = (node.value / sum) * side;
      place(node, width >= height ? { x, y: y + at, width: thick, height: long } : { x: x + at, y, width: long, height: thick });
      at += long;
    }
    if (width >= height) [x, width] = [x + thick, width - thick];
    else [y, height] = [y + thick, height - thick];
    total -= sum;
    left = left.slice(count);
  }
}

function put(made, box) {
  Object.assign(made.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` });
  return made;
}

function drawn(node, box, into) {
  if (box.width < 2 || box.height < 2) return;
  if (!node.children.size) return void into.append(tile(node, box));
  const frame = put(element("div", { class: "box" }), box);
  const titled = box.height > 3 * HEADER && box.width > 40;
  if (titled) frame.append(element("span", { "aria-hidden": "true" }, node.label));
  const top = titled ? HEADER : 0;
  const inner = { x: 0, y: top, width: box.width - 2, height: box.height - 2 - top };
  squarified([...node.children.values()], inner, (child, place) => drawn(child, place, frame));
  into.append(frame);
}

function tile(node, box) {
  const share = data.total[measure] ? (100 * node.value) / data.total[measure] : 0;
  const subject = node.member ? `${node.member.name}, in ${node.asset.path}` : node.asset.path;
  const label = `${subject}: ${sizeText(Math.round(node.value))}, ${share.toFixed(1)} % of all, ${node.asset.kind}`;
  const made = put(element("button", { class: "tile", type: "button", tabindex: "-1", title: label, "aria-label": label }), box);
  made.style.background = `var(--${KINDS[node.asset.kind]})`;
  if (box.width > 36 && box.height > 20) made.append(element("span", {}, node.label));
  if (box.width > 52 && box.height > 36) made.append(element("small", {}, sizeText(Math.round(node.value))));
  made.addEventListener("click", () => select(node.asset.path));
  return made;
}

function drawMap() {
  const map = byId("map");
  const { width, height } = map.getBoundingClientRect();
  const { node, hidden } = tree();
  map.replaceChildren();
  squarified([...node.children.values()], { x: 0, y: 0, width, height }, (child, box) => drawn(child, box, map));
  const first = map.querySelector(".tile");
  if (first) first.tabIndex = 0;
  else map.append(none("There is nothing to show."));
  byId("hidden").textContent = hidden > 0 ? `The ${counted(hidden, "smallest asset")} are in the table only.` : "";
}

// The nearest tile in the direction of an arrow key.
function neighbour(from, key) {
  const centre = (tile) => {
    const box = tile.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = centre(from);
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  let best = null;
  for (const other of byId("map").querySelectorAll(".tile")) {
    const [ox, oy] = centre(other);
    const along = (ox - x) * dx + (oy - y) * dy;
    const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
    if (along > 1 && (!best || along + 2 * aside < best.distance)) best = { other, distance: along + 2 * aside };
  }
  return best && best.other;
}

function moveOnMap(event) {
  const tiles = [...byId("map").querySelectorAll(".tile")];
  const from = event.target.closest(".tile");
  if (!from) return;
  const to = event.key === "Home" ? tiles[0] : event.key === "End" ? tiles.at(-1) : event.key.startsWith("Arrow") ? neighbour(from, event.key) : undefined;
  if (to === undefined) return;
  event.preventDefault();
  if (!to) return;
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function showSizes() {
  for (const [key, title] of Object.entries(MEASURES)) {
    const input = element("input", { type: "radio", name: "measure", value: key });
    input.checked = key === measure;
    input.addEventListener("change", () => {
      measure = key;
      drawMap();
    });
    byId("measures").append(element("label", {}, input, title));
  }
  const columns = [{ title: "Kind" }, { title: "Assets", number: true }, ...Object.values(MEASURES).map((title) => ({ title, number: true }))];
  const row = (total, head) => [head, total.assets.toLocaleString("en"), ...Object.keys(MEASURES).map((key) => sizeText(total[key]))];
  byId("kinds").append(
    table("Sizes by kind", columns, data.kinds.map((kind) => row(kind, [swatch(kind.kind), kind.kind])), row(data.total, "all")),
  );
  for (const one of data.savings) {
    byId("kinds").append(element("p", { class: "hint" }, `With ${one.engine} as minifier, visitors would load about ${sizeText(one.saved_bytes)} less of the ${sizeText(one.now_bytes)} of ${one.kind === "js" ? "scripts" : "style sheets"}.`));
  }
  byId("map").addEventListener("keydown", moveOnMap);
  drawMap();
  new ResizeObserver(drawMap).observe(byId("map"));
}

// ---- Table of assets

const COLUMNS = [
  { title: "Asset", value: (asset) => asset.path },
  { title: "Kind", value: (asset) => asset.kind, minor: true },
  ...Object.entries(MEASURES).map(([key, title]) => ({ title, value: (asset) => asset[key], number: true })),
  { title: "Named by", value: (asset) => asset.referrers.length + asset.named_in.length, number: true },
];
let sorting = { column: 3, descending: true };
let all = false;

function chosen() {
  const { value } = COLUMNS[sorting.column];
  const sign = sorting.descending ? -1 : 1;
  const words = byId("words").value.toLowerCase();
  const kind = byId("kind").value;
  return data.assets
    .filter((asset) => asset.path.toLowerCase().includes(words) && (!kind || asset.kind === kind))
    .sort((a, b) => (value(a) < value(b) ? -sign : value(a) > value(b) ? sign : a.path < b.path ? -1 : 1));
}

function showTable(focused = null) {
  const found = chosen();
  const rows = found.slice(0, all ? found.length : MOST_ROWS).map((asset) => [
    linked(asset.path),
    [swatch(asset.kind), asset.kind],
    ...Object.keys(MEASURES).map((key) => sizeText(asset[key])),
    COLUMNS.at(-1).value(asset),
  ]);
  const made = table("Assets; the buttons in the head sort them", COLUMNS.map((column) => ({ ...column })), rows);
  made.querySelectorAll("thead th").forEach((head, index) => {
    const sorted = index === sorting.column;
    head.setAttribute("aria-sort", sorted ? (sorting.descending ? "descending" : "ascending") : "none");
    const mark = sorted ? element("span", { "aria-hidden": "true" }, sorting.descending ? " \u2193" : " \u2191") : null;
    head.replaceChildren(element("button", { type: "button", onclick: () => sortBy(index) }, COLUMNS[index].title), mark ?? "");
  });
  byId("table").replaceChildren(made);
  if (rows.length < found.length) {
    const show = () => ((all = true), showTable());
    byId("table").append(element("button", { class: "more", type: "button", onclick: show }, `Show all ${found.length}`));
  }
  byId("count").textContent = `${found.length.toLocaleString("en")} of ${counted(data.assets.length, "asset")}`;
  if (focused !== null) made.querySelectorAll("thead button")[focused].focus();
}

function sortBy(index) {
  const same = sorting.column === index;
  sorting = { column: index, descending: same ? !sorting.descending : Boolean(COLUMNS[index].number) };
  showTable(index);
}

function showAssets() {
  const words = element("input", { type: "search", id: "words", autocomplete: "off" });
  const kind = element("select", { id: "kind" }, element("option", { value: "" }, "all kinds"), data.kinds.map((one) => element("option", {}, one.kind)));
  byId("filter").append(element("label", {}, "Part of the name", words), element("label", {}, "Kind", kind));
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("filter").addEventListener("input", () => showTable());
  showTable();
}

// ---- One asset

function select(path) {
  const hash = `#asset=${encodeURIComponent(path)}`;
  if (location.hash === hash) follow();
  else location.hash = hash;
}

function follow() {
  if (!location.hash.startsWith("#asset=")) return;
  let path = "";
  try {
    path = decodeURIComponent(location.hash.slice(7));
  } catch {
    return;
  }
  const asset = assets.get(path);
  if (!asset) return;
  showAsset(asset);
  byId("asset").scrollIntoView();
  byId("asset").focus({ preventScroll: true });
}

function showAsset(asset) {
  byId("asset-title").replaceChildren(name(asset.path));
  const facts = [
    ["File", name(asset.file)],
    ["Type", asset.type],
    ["Size", Object.entries(MEASURES).map(([key, title]) => `${title} ${sizeText(asset[key])}`).join(", ")],
  ];
  const inputs = asset.contents ? [] : asset.inputs.filter((input) => input !== asset.path);
  byId("detail").replaceChildren(
    element("dl", {}, facts.flatMap(([title, value]) => [element("dt", {}, title), element("dd", {}, value)])),
    element("h3", {}, "Why is it here?"),
    asset.why.length > 1 ? way(asset.why) : none("Nothing that is known names it: it is released as a source, or as an entry."),
    graph(asset),
    inputs.length ? element("h3", {}, "Made of") : "",
    inputs.length ? element("ul", {}, inputs.map((input) => element("li", {}, linked(input)))) : "",
    asset.contents ? element("h3", {}, "What the bundle is made of") : "",
    asset.contents ? members(asset) : "",
  );
  drawEdges();
}

function graph(asset) {
  const column = (title, names) => {
    const shown = names.slice(0, MOST_NODES).map((one) => element("li", {}, element("span", { class: "node" }, linked(one))));
    if (names.length > MOST_NODES) shown.push(element("li", { class: "none" }, `and ${names.length - MOST_NODES} more`));
    return element("div", {}, element("h3", {}, title), shown.length ? element("ul", {}, shown) : none("nothing"));
  };
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("aria-hidden", "true");
  return element(
    "div",
    { class: "graph" },
    lines,
    column("Named by", [...asset.named_in, ...asset.referrers]),
    element("div", { class: "middle" }, element("span", { class: "node" }, name(asset.path))),
    column("Refers to", asset.references),
  );
}

// Lines from those that name the asset to it, and from it to what it refers to.
function drawEdges() {
  const whole = document.querySelector(".graph");
  if (!whole) return;
  const lines = whole.querySelector("svg");
  const origin = whole.getBoundingClientRect();
  const [before, middle, after] = [...whole.children].filter((child) => child !== lines);
  const centre = middle.querySelector(".node").getBoundingClientRect();
  const draw = (x1, y1, x2, y2) => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    const half = (x1 + x2) / 2;
    path.setAttribute("d", `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}`);
    lines.append(path);
  };
  lines.replaceChildren();
  const heart = centre.y + centre.height / 2 - origin.y;
  for (const node of before.querySelectorAll(".node")) {
    const box = node.getBoundingClientRect();
    draw(box.right - origin.x, box.y + box.height / 2 - origin.y, centre.x - origin.x, heart);
  }
  for (const node of after.querySelectorAll(".node")) {
    const box = node.getBoundingClientRect();
    draw(centre.right - origin.x, heart, box.x - origin.x, box.y + box.height / 2 - origin.y);
  }
}

// ---- Bundles, and the rest

function members(asset) {
  const whole = asset.contents.reduce((sum, member) => sum + member.size, 0) || 1;
  const columns = [{ title: "File" }, { title: "Bytes in it", number: true }, { title: "Share", number: true }, { title: "", wide: true }];
  const rows = asset.contents.map((member) => {
    const reached = () => element("details", {}, element("summary", { title: "Why is it in here?" }, name(member.name)), way(member.why));
    return [member.why.length > 1 ? reached() : linked(member.name), sizeText(member.size), `${((100 * member.size) / whole).toFixed(1)} %`, bar(member.size / whole)];
  });
  return table(`What ${asset.path} is made of, before compression; a file opens to show why it is in there`, columns, rows);
}

function showBundles() {
  const bundles = data.assets.filter((asset) => asset.contents);
  if (!bundles.length) {
    const known = data.seconds !== null;
    return void byId("contents").append(none(known ? "No asset is a bundle." : "What bundles are made of is known where the release was built, with its cache."));
  }
  for (const asset of bundles) {
    const title = element("summary", {}, linked(asset.path), `: ${counted(asset.contents.length, "file")}, ${sizeText(asset.size)}`);
    const made = element("details", {}, title, members(asset));
    made.open = bundles.length <= 3;
    byId("contents").append(made);
  }
}

function showDuplicates() {
  const titles = { files: "Assets with the same content", modules: "Sources in several bundles", packages: "Packages in several folders" };
  for (const [key, title] of Object.entries(titles)) {
    const groups = data.duplicates[key];
    if (!groups.length) continue;
    const rows = groups.map((group) => [linked(group.name), sizeText(group.extra_bytes), folded(group.places)]);
    byId("repeated").append(table(title, [{ title: "Name" }, { title: "Bytes too many", number: true }, { title: "Where" }], rows));
  }
  if (!byId("repeated").children.length) byId("repeated").append(none("Nothing is there more than once."));
}

function showUnused() {
  const left = byId("left");
  left.append(element("p", { class: "hint" }, data.templates ? `${counted(data.templates, "template")} read. Names that templates compute are not known.` : "No template was read, so what pages use is not known."));
  if (!data.unused.length) return void left.append(none(data.templates ? "Each asset is named by a template or by another asset." : "Nothing to list."));
  const size = data.unused.reduce((sum, path) => sum + (assets.get(path)?.size ?? 0), 0);
  const rows = data.unused.map((path) => [linked(path), sizeText(assets.get(path)?.size ?? 0)]);
  left.append(table("Assets that no template and no other asset names", [{ title: "Asset" }, { title: "raw", number: true }], rows, ["all", sizeText(size)]));
}

function moved(before, after) {
  const change = after - before;
  const sign = change > 0 ? "+" : "\u2212";
  const shown = change ? ` (${sign}${sizeText(Math.abs(change))})` : "";
  return element("span", { class: change > 0 ? "grown" : change < 0 ? "shrunk" : "" }, `${sizeText(after)}${shown}`);
}

function showChanges() {
  const changes = data.changes;
  if (!changes) return void byId("changed").append(none("No earlier release was given: --since names one."));
  const { before, after } = changes.total;
  byId("changed").append(element("p", {}, "Since ", name(changes.since), ": all assets raw ", moved(before.raw, after.raw), ", gzip ", moved(before.gzip, after.gzip), ", brotli ", moved(before.br, after.br), "."));
  const rows = Object.entries(changes.changes).map(([path, change]) => {
    const sizes = ["gzip", "br"].map((key) => moved(change.before ? change.before[key] : 0, change.after ? change.after[key] : 0));
    const causes = element("ul", {}, change.causes.map((cause) => element("li", {}, cause.text)));
    return [linked(path), change.change, ...sizes, [change.chain.length > 1 ? way(change.chain) : null, causes]];
  });
  if (!rows.length) return void byId("changed").append(none("Nothing changed."));
  const columns = [{ title: "Asset" }, { title: "Change" }, { title: "gzip", number: true }, { title: "brotli", number: true }, { title: "Why" }];
  byId("changed").append(table("Assets that differ", columns, rows));
}

function showTime() {
  const titles = { sources: "find sources", transform: "compile and minify", bundle: "bundle modules", graph: "resolve and name", write: "write", compress: "compress", other: "other" };
  if (!data.seconds) return void byId("stages").append(none("How long it took is known where the release was built, with its cache."));
  const stages = Object.entries(titles).filter(([stage]) => stage in data.seconds);
  const whole = stages.reduce((sum, [stage]) => sum + data.seconds[stage], 0) || 1;
  const seconds = (time) => (time < 1 ? `${(1000 * time).toFixed(time < 0.01 ? 1 : 0)} ms` : `${time.toFixed(2)} s`);
  const rows = stages.map(([stage, title]) => [title, seconds(data.seconds[stage]), `${((100 * data.seconds[stage]) / whole).toFixed(0)} %`, bar(data.seconds[stage] / whole)]);
  byId("stages").append(table("Time of the build by stage", [{ title: "Stage" }, { title: "Time", number: true }, { title: "Share", number: true }, { title: "", wide: true }], rows, ["all", seconds(whole), "", ""]));
}

function showHead() {
  const sizes = Object.entries(MEASURES).map(([key, title]) => `${title} ${sizeText(data.total[key])}`).join(", ");
  byId("summary").textContent = `${counted(data.total.assets, "asset")}: ${sizes}. Built for ${data.mode} by buildassets ${data.generator.version}.`;
  for (const section of document.querySelectorAll("main > section")) {
    byId("sections").append(element("li", {}, element("a", { href: `#${section.id}` }, section.querySelector("h2").textContent)));
  }
}

showHead();
showSizes();
showAssets();
byId("detail").append(none("Choose a tile or a name to see what an asset is made of, why it is here, and what it refers to."));
showBundles();
showDuplicates();
showUnused();
showChanges();
showTime();
addEventListener("hashchange", follow);
addEventListener("resize", drawEdges);
follow();
