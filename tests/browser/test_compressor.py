"""Pages of templates with blocks look and work the same as they are written and as they are built."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.compat.compressor.site import LOAD, block, css, js, site
from tests.conftest import write_tree

pytestmark = pytest.mark.browser

_FILES = {
    "site/css/base.css": "body { margin: 3px; color: rgb(1, 2, 3) } .a { color: rgb(9, 9, 9) }",
    "site/css/more.css": '@import "imported.css";\n.a { padding-left: 7px } .b { background: url("../img/b.svg") }',
    "site/css/imported.css": ".a { padding-left: 1px; padding-right: 4px } .c { top: 1px; position: relative }",
    "site/css/print.css": ".a { color: rgb(200, 0, 0) }",
    "site/img/b.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "site/js/strict.js": '"use strict";\nwindow.strict = (function () { return this === undefined })()',
    "site/js/loose.js": "window.loose = (function () { return this === window })() // last",
    "site/js/asi.js": "window.asi = 1",
    "site/js/asi2.js": "(function () { window.asi2 = window.asi + 1 })()",
    "site/js/let.js": "let shared = 1; window.first = shared",
    "site/js/module.mjs": "export const answer = 42; window.module = answer",
}
_PAGE = "".join(
    [
        '<!doctype html><html><head><link rel="icon" href="data:,">',
        block("css", css("css/base.css") + "<style>.a { color: rgb(10, 20, 30) }</style>" + css("css/more.css")),
        block("css", css("css/print.css", media="print") + "<style>.b { height: 5px }</style>"),
        block("css", css("css/more.css"), "inline"),
        block("css", css("scss/app.scss", type="text/x-scss")),
        block("js", js("js/strict.js", "js/loose.js", "js/asi.js", "js/asi2.js", "js/let.js")),
        block("js", '<script>window.closing = "</scr" + "ipt>"</script>', "inline"),
        block("js", js("js/module.mjs", more=' type="module"') + '<script type="application/json">{"a": 1}</script>'),
        block("js", '<script nonce="{{ nonce }}">window.nonce = 1</script>'),
        '</head><body><p class="a app">a</p><p class="b part">b</p><p class="c">c</p></body></html>',
    ]
)
_NAMES = "['strict', 'loose', 'asi', 'asi2', 'first', 'closing', 'module', 'nonce'].map((name) => window[name])"
_STYLES = (
    "[...document.body.querySelectorAll('*'), document.body].map((element) =>"
    " [...getComputedStyle(element)].map((name) => name + ':' + getComputedStyle(element)[name]).join(';'))"
)
_PROGRAM = """
from django.test import override_settings
with override_settings(COMPRESS_ENABLED=False):
    found["written"] = engines["django"].get_template("page.html").render({"nonce": "n"})
"""


def seen(browser: Browser, url: str) -> tuple[object, object]:
    browser.open(url)
    browser.wait_for("document.readyState === 'complete' && window.module === 42")
    return browser.value(_NAMES), browser.value(_STYLES)


def test_built_page_is_the_same_as_its_sources(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    made = site(tmp_path, LOAD + _PAGE, files=_FILES, values={"nonce": "n"}, program=_PROGRAM)
    assert not made.codes()
    built, written = made.page(), made.found["written"]
    assert built.count("/CACHE/") > 5 > written.count("/CACHE/")
    www = write_tree(tmp_path / "www", {"built.html": built, "written.html": written})
    (www / "static").symlink_to(tmp_path / "build/assets")
    url = serve(www)
    expected = seen(browser, url + "written.html")
    assert browser.faults() == []
    assert seen(browser, url + "built.html") == expected
    assert browser.faults() == []
    assert expected[0] == [True, True, 1, 2, 1, "</script>", 42, 1]
