"""Assets that are inlined into others, or ask for their own place at run time, load in a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.manifest.model import Manifest
from buildassets.runtime import Assets
from tests.browser.conftest import Browser
from tests.building import build, load_config
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.browser

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 5" width="9" height="5"'
HARD = f"""<?xml version="1.0"?>
{SVG}>
  <style>#a {{ fill: url('#b') }} /* 100% "é" \\ */</style>
  <linearGradient id='b'><stop stop-color="#0f0"/></linearGradient><rect id="a" width="9" height="5"/>
</svg>"""
VIEWS = f'{SVG}><view id="far" viewBox="50 0 9 5"/><rect x="50" width="9" height="5" fill="#00f"/></svg>'
# The colour of the middle of an image, which an element has as its background.
PIXEL = """((element) => {
  const image = new Image(9, 5);
  image.src = getComputedStyle(document.querySelector(element)).backgroundImage.slice(5, -2);
  return image.decode().then(() => {
    const context = document.createElement("canvas").getContext("2d");
    context.drawImage(image, 0, 0, 9, 5);
    return [...context.getImageData(4, 2, 1, 1).data].join();
  });
})"""


def released(folder: Path, files: Tree) -> Manifest:
    result = build(load_config(start=str(write_tree(folder, files))))
    assert result.manifest is not None, result.diagnostics
    return result.manifest


def test_images_in_a_sheet_are_drawn(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    css = """
    #bare { background: url(../img/hard.svg) }
    #single { background: url('../img/hard.svg') }
    #double { background: url("../img/hard.svg") }
    #set { background: image-set("../img/hard.svg" 1x) }
    #view { background: url("../img/views.svg?buildassets-data-url#far") }
    """
    ids = ("bare", "single", "double", "view")
    manifest = released(
        tmp_path,
        {
            "buildassets.toml": "data_urls.limit = '1 kB'",
            "assets/css/a.css": css,
            "assets/img/hard.svg": HARD,
            "assets/img/views.svg": VIEWS,
            "assets/index.html": '<link rel="icon" href="data:,"><link rel="stylesheet" href="css/a.css">'
            + "".join(f"<p id={one}>." for one in (*ids, "set")),
        },
    )
    assert manifest.assets["css/a.css"].references == ()
    browser.open(serve(tmp_path / "build/assets") + manifest.assets["index.html"].file)
    colours = [browser.value(f"{PIXEL}('#{one}')") for one in ids]
    assert colours == ["0,255,0,255", "0,255,0,255", "0,255,0,255", "0,0,255,255"]
    assert "data:image/svg" in browser.style("#set", "background-image")
    assert browser.faults() == []


@pytest.mark.corpus
def test_an_inlined_sheet_finds_its_image_and_font_on_another_host(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    font = node_modules() / "@fortawesome/fontawesome-free/webfonts/fa-regular-400.woff2"
    css = """
    @import "base.css";
    @font-face { font-family: own; src: url(../fonts/own.woff2) format("woff2") }
    p { background: url('../img/hard.svg'); font: 9px own }
    """
    files: Tree = {
        "buildassets.toml": 'output = "host/release"',
        "assets/css/critical.css": css,
        "assets/css/base.css": "p { color: rgb(1, 2, 3) }",
        "assets/fonts/own.woff2": font.read_bytes(),
        "assets/img/hard.svg": HARD,
    }
    released(tmp_path, files)
    prefix = serve(tmp_path / "host") + "release/assets/"
    style = Assets(tmp_path / "host/release/manifest.json", url=prefix).inline("css/critical.css")
    write_tree(tmp_path / "site", {"shop/page.html": f'<link rel="icon" href="data:,">{style}<p>&#xf0f3;'})
    browser.open(serve(tmp_path / "site") + "shop/page.html")
    assert browser.value("document.fonts.ready.then(() => [...document.fonts].map((font) => font.status))") == [
        "loaded"
    ]
    assert browser.style("p", "color") == "rgb(1, 2, 3)"
    assert browser.style("p", "background-image").startswith(f'url("{prefix}img/hard.')
    assert browser.faults() == []


SCRIPTS: Tree = {
    "buildassets.toml": 'output = "host/release"\n[bundles]\n"js/all.js" = ["js/parts/*.js"]\n',
    "assets/js/now.js": '"use strict"; show(ASSET_URL("img/hard.svg"));',
    "assets/js/later.js": 'setTimeout(() => show(ASSET_URL("../img/hard.svg?later"))); show(ASSET_URL("js/now.js"));',
    "assets/js/parts/a.js": '"use strict"; addEventListener("message", () => show(ASSET_URL("img/hard.svg?strict")));',
    "assets/js/parts/b.js": 'var two = 2; addEventListener("load", () => show(ASSET_URL("/img/hard.svg?b")));',
    "assets/js/module.js": 'import "./named.js"; show(ASSET_URL("img/hard.svg?module"));',
    "assets/js/named.js": 'export {}; show(ASSET_URL("./now.js?named"));',
    "assets/js/worker.js": """
    setTimeout(() => fetch(ASSET_URL("img/hard.svg?worker")).then((answer) => postMessage(answer.url)), 9);
    """,
    "assets/js/inlined.js": 'show(ASSET_URL("img/hard.svg?inlined"));',
    "assets/img/hard.svg": HARD,
}
SHOW = '<link rel="icon" href="data:,"><script>shown = []; show = (url) => shown.push(url)</script>'


def test_scripts_of_another_host_know_the_urls_of_their_assets(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    manifest = released(tmp_path, SCRIPTS)
    prefix = serve(tmp_path / "host") + "release/assets/"
    assets = Assets(tmp_path / "host/release/manifest.json", url=prefix)
    classic = [str(assets.script(f"js/{name}.js")) for name in ("now", "later", "all")]
    page = [SHOW, *classic, str(assets.script("js/module.js", type="module")), str(assets.inline("js/inlined.js"))]
    write_tree(tmp_path / "site", {"shop/page.html": "".join(page)})
    browser.open(serve(tmp_path / "site") + "shop/page.html")
    browser.value("postMessage('')")
    browser.wait_for("shown.length === 8")
    image, script = (prefix + manifest.assets[name].file for name in ("img/hard.svg", "js/now.js"))
    queries = ("", "?later", "?strict", "?b", "?module", "?inlined")
    expected = [*(image + query for query in queries), script, f"{script}?named"]
    assert sorted(browser.value("shown")) == sorted(expected)
    assert browser.value("Promise.all(shown.map((url) => fetch(url).then((got) => got.status)))") == [200] * 8
    assert browser.faults() == []


def test_a_classic_worker_knows_the_urls_of_its_assets(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path
) -> None:
    manifest = released(tmp_path, SCRIPTS)
    prefix = serve(tmp_path / "host") + "release/assets/"
    worker = prefix + manifest.assets["js/worker.js"].file
    start = f"<script>new Worker('{worker}').onmessage = (answer) => show(answer.data)</script>"
    write_tree(tmp_path / "host", {"page.html": SHOW + start})
    browser.open(prefix.removesuffix("release/assets/") + "page.html")
    browser.wait_for("shown.length === 1")
    assert browser.value("shown[0]") == f"{prefix}{manifest.assets['img/hard.svg'].file}?worker"
