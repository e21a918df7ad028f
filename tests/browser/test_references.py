"""Every kind of reference in a page, built and loaded: nothing is missing and everything has its effect."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.building import build, load_config
from tests.conftest import write_tree

pytestmark = pytest.mark.browser

DOT = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="8" height="8"'
PAGE = """<!doctype html>
<link rel="icon" href="img/dot.svg?a&amp;b">
<link rel=stylesheet href=css/page.css>
<link rel="manifest" href="site.webmanifest">
<style>#styled { background: url(img/dot.svg) }</style>
<script type="importmap">{"imports": {"greeting": "./js/gr\\u0065eting.js"}}</script>
<body>
<img src='img/d&#111;t.svg'>
<img srcset="img/dot.svg 1x, img/dot%2Cdot.svg 2x" src=img/dot.svg>
<picture><source srcset="img/dot,dot.svg"><img src="img/dot.svg"></picture>
<p id=inline style="background: url(&quot;img/dot.svg&quot;)">.</p>
<p id=styled>.</p>
<svg><style><![CDATA[#shape { fill: rgb(1, 2, 3) }]]></style><rect id=shape width=9 height=9 />
<use href="img/symbols.svg#dot"></use><image href=img/dot.svg /></svg>
<img id=drawn src=img/drawn.svg>
<script type="module">
  import { greeting } from "greeting"; // "./nowhere.js"
  import { mark } from "./js/mark.js";
  mark(greeting);
</script>
"""
SITE = {
    "buildassets.toml": "",
    "assets/index.html": PAGE,
    "assets/css/page.css": "p { color: rgb(4, 5, 6) }",
    "assets/js/greeting.js": 'export const greeting = "hello";',
    "assets/js/mark.js": "export const mark = (text) => { document.body.dataset.mark = text; };",
    "assets/img/dot.svg": f"{DOT}><circle cx='4' cy='4' r='4'/></svg>",
    "assets/img/dot,dot.svg": f"{DOT}><rect width='8' height='8'/></svg>",
    "assets/img/symbols.svg": f'{DOT}><symbol id="dot"><use xlink:href="symbols.svg#a"/></symbol><g id="a"/></svg>',
    "assets/img/drawn.svg": f'<?xml-stylesheet href="../css/page.css"?>{DOT}><use href="#a"/><g id="a"/></svg>',
    "assets/site.webmanifest": '{"name": "a", "icons": [{"src": "img\\/dot.svg", "sizes": "any"}]}',
}


def test_page_loads_all_its_references(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    result = build(load_config(start=str(write_tree(tmp_path, SITE))))
    assert result.manifest is not None
    assert result.diagnostics == ()
    assert [path for path, entry in result.manifest.assets.items() if not entry.references] == [
        *("css/page.css", "img/dot,dot.svg", "img/dot.svg", "js/greeting.js", "js/mark.js")
    ]
    browser.open(serve(tmp_path / "build/assets") + result.manifest.assets["index.html"].file)
    browser.wait_for("document.body.dataset.mark === 'hello'")
    assert browser.value("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    assert browser.value("document.images[2].currentSrc.includes('dot%2Cdot.')")
    assert (browser.style("p", "color"), browser.style("#shape", "fill")) == ("rgb(4, 5, 6)", "rgb(1, 2, 3)")
    assert browser.faults() == []
