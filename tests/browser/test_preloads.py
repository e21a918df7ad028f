"""Modules that a page, or a header before it, asks for ahead: each is loaded once, in both modes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.browser.conftest import Browser
from tests.browser.serving import served
from tests.command import built
from tests.conftest import Tree

pytestmark = pytest.mark.browser

SITE: Tree = {
    "assets/css/site.css": "body { color: rgb(1, 2, 3) }",
    "assets/js/app.js": 'import { a } from "./a.js"; import { word } from "word"; document.title = a + word;',
    "assets/js/a.js": 'import { b } from "./deep/b.js"; export const a = "a" + b;',
    "assets/js/deep/b.js": 'import "../a.js"; export const b = "b";',
    "assets/vendor/word.js": 'export const word = " word";',
}
MODULES = ["js/app.js", "js/a.js", "js/deep/b.js", "vendor/word.js"]


@contextmanager
def counting(assets: Assets, page: str, hints: list[str]) -> Iterator[tuple[str, Counter[str]]]:
    """The URL of `page`, which comes with `hints`, and how often each path is asked for. Nothing is cached."""
    counted: Counter[str] = Counter()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [("Content-Type", "text/html"), *(("Link", hint) for hint in hints)])
        return [page.encode()]

    files = AssetServer(application, assets=assets)

    def uncached(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        counted[environ["PATH_INFO"]] += 1

        def begin(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            kept = [header for header in headers if header[0] != "Cache-Control"]
            return start(status, [*kept, ("Cache-Control", "no-store")])

        return files(environ, begin)

    with served(uncached) as url:
        yield url, counted


@pytest.mark.parametrize("mode", ["rewrite", "importmap"])
@pytest.mark.parametrize("ahead", ["in the page", "in a header"])
def test_every_module_is_loaded_once(browser: Browser, tmp_path: Path, mode: str, ahead: str) -> None:
    settings = f'modules = "{mode}"\n[importmap]\nword = "vendor/word.js"\n'
    assert built(tmp_path, SITE, settings).succeeded
    assets = Assets(tmp_path / "build/manifest.json")
    links = assets.modulepreload("js/app.js") if ahead == "in the page" else ""
    hints = [] if links else assets.early_hints("css/site.css", modules=["js/app.js"])
    script = assets.script("js/app.js", type="module")
    head = f'<link rel="icon" href="data:,">{assets.importmap()}{links}{assets.stylesheet("css/site.css")}{script}'
    with counting(assets, f"<!doctype html><head>{head}</head>", hints) as (url, counted):
        browser.open(url)
        browser.wait_for("document.title == 'ab word'")
        assert browser.faults() == []
    assert counted == Counter(["/", assets.url("css/site.css"), *map(assets.url, MODULES)])
