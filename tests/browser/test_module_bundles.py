"""Applications that esbuild bundled, in a page below a prefix: chunks, style sheets, images, fonts and workers load."""

from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.conftest import Tree, write_tree
from tests.corpus.building import Release, build
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.browser, pytest.mark.corpus, pytest.mark.thorough]

Serve = Callable[[Path], str]

# A module that exports a function giving 42 (WebAssembly core specification, section 5.5).
WASM = bytes.fromhex("0061736d010000000105016000017f03020100070801047a61686c00000a06010400412a0b")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"/>'
FONT = "@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2"

APP: Tree = {
    "tsconfig.json": '{ "compilerOptions": { "jsx": "react-jsx", "paths": { "~/*": ["./front/*"] } } }',
    "front/main.tsx": """
import { Suspense, lazy, useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { chunk } from "lodash-es";
import harbour from "~/harbour.json";
import buoy from "../assets/img/buoy.svg";
import answer from "./answer.wasm";
import "./site.css";

const Tides = lazy(() => import("./tides"));
const anchor = new URL("../assets/img/anchor.svg", import.meta.url).href;

function App({ children }: { children: ReactNode }) {
  const [count, setCount] = useState<number>(0);
  return <main>
    <h1>{harbour.name}</h1>
    <button onClick={() => setCount(count + 1)}>{count}</button>
    <img id="buoy" src={buoy} /><img id="anchor" src={anchor} />
    <Suspense>{count > 0 && <Tides />}</Suspense>{children}
  </main>;
}
createRoot(document.querySelector("#app")!).render(<App>{chunk([1, 2, 3], 2).length}</App>);

const worker = new Worker(new URL("./work.ts", import.meta.url), WORKER);
worker.onmessage = ({ data }: MessageEvent<string>) => { window.worked = data; };
worker.postMessage("ahoy");
const loaded = await fetch(answer);
const { instance } = await WebAssembly.instantiate(await loaded.arrayBuffer());
window.answer = (instance.exports.zahl as () => number)();
""",
    "front/tides.tsx": """
import { useMemo } from "react";
import "./tides.css";
export default function Tides() {
  return <p id="tides">{useMemo(() => "high", [])}</p>;
}
""",
    "front/work.ts": """
import { camelCase } from "lodash-es";
onmessage = async ({ data }: MessageEvent<string>) => {
  const picture = await fetch(new URL("../assets/img/anchor.svg", HERE));
  postMessage(`${camelCase(data + " there")} ${picture.ok}`);
};
""",
    "front/harbour.json": '{ "name": "Hafen" }',
    "front/answer.wasm": WASM,
    "front/site.css": f"""
@font-face {{ font-family: pictures; src: url("{FONT}") format("woff2"); }}
main {{ color: rgb(1, 2, 3); background: url("../assets/img/buoy.svg#x"); font-family: pictures; }}
""",
    "front/tides.css": "#tides { color: rgb(4, 5, 6); background: image-set('../assets/img/anchor.svg' 1x); }",
    "front/other.tsx": """
import { createRoot } from "react-dom/client";
createRoot(document.querySelector("#app")!).render(<b>other</b>);
""",
    "assets/img/buoy.svg": SVG.format(8),
    "assets/img/anchor.svg": SVG.format(16),
}
FORMATS = {
    "esm": {"WORKER": '{ type: "module" }', "HERE": "import.meta.url"},
    "iife": {"WORKER": "{}", "HERE": "import.meta.url", "const loaded": "(async () => { const loaded"},
}


def released(folder: Path, settings: str, replacements: dict[str, str], *arguments: str) -> Release:
    """The application below the prefix `harbour/v1/`, with packages in reach."""
    site = folder / "harbour/v1"
    write_tree(site, APP)
    text = (site / "front/main.tsx").read_text()
    for name, replacement in replacements.items():
        text = text.replace(name, replacement)
        (site / "front/work.ts").write_text((site / "front/work.ts").read_text().replace(name, replacement))
    (site / "front/main.tsx").write_text(text + ("})();" if "async ()" in text else ""))
    (site / "node_modules").symlink_to(node_modules())
    return build(site, settings, *arguments)


def opened(folder: Path, release: Release, browser: Browser, serve: Serve, name: str, kind: str) -> None:
    """The page with the bundle `name`."""
    assets = Assets(release.folder / "manifest.json", url="build/assets/", reload=True)
    sheet = assets.stylesheet("js/app.css") if name == "js/app.js" else ""
    script = assets.script(name, type="module") if kind == "esm" else assets.script(name, defer=True)
    body = f'<body><div id="app"></div>{script}</body>'
    head = f'<meta charset="utf-8">{assets.importmap()}{sheet}<link rel="icon" href="data:,">'
    write_tree(release.folder.parent, {"index.html": f"<!doctype html><html><head>{head}</head>{body}</html>"})
    browser.open(serve(folder) + "harbour/v1/")


SPLIT = """
"js/app.js" = { files = ["front/main.tsx"], bundle = true, splitting = true }
"js/other.js" = { files = ["front/other.tsx"], bundle = true, splitting = true }
"""
ONE = '"js/app.js" = { files = ["front/main.tsx"], bundle = true }\n'
CLASSIC = '"js/app.js" = { files = ["front/main.tsx"], bundle = true, format = "iife" }\n'


@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize(("bundles", "kind"), [(SPLIT, "esm"), (ONE, "esm"), (CLASSIC, "iife")])
def test_application_works_below_a_prefix(
    tmp_path: Path, browser: Browser, serve: Serve, bundles: str, kind: str, mode: str
) -> None:
    release = released(tmp_path, f"compress = []\n[bundles]\n{bundles}", FORMATS[kind], "--mode", mode)
    opened(tmp_path, release, browser, serve, "js/app.js", kind)
    browser.wait_for("document.querySelector('h1')?.textContent === 'Hafen' && window.worked && window.answer")
    assert browser.value("window.worked") == "ahoyThere true"
    assert browser.value("window.answer") == 42
    browser.click("button")
    browser.wait_for("document.querySelector('#tides')?.textContent === 'high'")
    assert browser.value("document.querySelector('button').textContent") == "1"
    assert browser.value("document.querySelector('#buoy').naturalWidth") == 8
    assert browser.value("document.querySelector('#anchor').naturalWidth") == 16
    assert browser.value("document.fonts.check('8px pictures') && document.fonts.size") == 1
    assert browser.style("main", "color") == "rgb(1, 2, 3)"
    assert browser.style("#tides", "color") == "rgb(4, 5, 6)"
    assert release.manifest.assets["img/anchor.svg"].file in browser.style("#tides", "backgroundImage")
    assert release.manifest.assets["img/buoy.svg"].file in browser.style("main", "backgroundImage")
    assert browser.faults() == []


def test_page_maps_the_imports_of_chunks(tmp_path: Path, browser: Browser, serve: Serve) -> None:
    settings = f'compress = []\nmodules = "importmap"\n[bundles]\n{SPLIT}'
    release = released(tmp_path, settings, FORMATS["esm"])
    opened(tmp_path, release, browser, serve, "js/app.js", "esm")
    browser.wait_for("document.querySelector('h1')?.textContent === 'Hafen' && window.worked")
    browser.click("button")
    browser.wait_for("document.querySelector('#tides')?.textContent === 'high'")
    assert 'from"./chunks/app-other.js"' in release.path("js/app.js").read_text()
    assert browser.faults() == []


def test_second_page_takes_the_chunks_of_the_first(tmp_path: Path, browser: Browser, serve: Serve) -> None:
    release = released(tmp_path, f"compress = []\n[bundles]\n{SPLIT}", FORMATS["esm"])
    opened(tmp_path, release, browser, serve, "js/other.js", "esm")
    browser.wait_for("document.querySelector('b')?.textContent === 'other'")
    entries = release.manifest.assets
    shared = set(entries["js/app.js"].references) & set(entries["js/other.js"].references)
    assert max(entries[path].size for path in shared) > 100_000
    assert entries["js/other.js"].size < 1000
    assert browser.faults() == []
