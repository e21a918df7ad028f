"""Pages that load from another origin what `AssetServer` serves: fonts, modules, integrity, preloads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.browser.conftest import Browser
from tests.browser.serving import QuietServer, answering
from tests.conftest import write_tree
from tests.corpus.packages import node_modules
from tests.runtime.served import build_release

pytestmark = pytest.mark.browser

_SOURCES = {
    "css/site.css": '@font-face { font-family: icons; src: url("../fonts/icons.woff2") }\n'
    "body { color: rgb(1, 2, 3) }\ni { font-family: icons; font-weight: 900 }\n"
    + "/* some more */ p { margin: 0 }\n"
    * 30,
    "js/app.js": 'import { word } from "./word.js";\ndocument.body.dataset.word = word;\n',
    "js/word.js": 'export const word = "loaded";\n',
}
_FONT = "@fortawesome/fontawesome-free/webfonts/fa-solid-900.woff2"


@contextmanager
def serving(manifest: Path, origins: tuple[str, ...]) -> Iterator[Assets]:
    """The release at an origin of its own."""
    with QuietServer() as server:
        assets = Assets(manifest, url=f"http://localhost:{server.server_port}/assets/")
        server.set_app(AssetServer(assets=assets, origins=origins))
        with answering(server):
            yield assets


def page(assets: Assets) -> str:
    """A page that loads it."""
    head = [
        assets.preload("fonts/icons.woff2"),
        assets.preload("css/site.css"),
        assets.preload("js/app.js", type="module"),
        assets.stylesheet("css/site.css"),
        assets.script("js/app.js", type="module"),
    ]
    return "<!DOCTYPE html><title>x</title>" + "".join(head) + "<link rel='icon' href='data:,'><i>&#xf015;</i>"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A release with a real font."""
    font = (node_modules() / _FONT).read_bytes()
    return build_release(tmp_path / "site", {**_SOURCES, "fonts/icons.woff2": font})


def test_a_page_of_another_origin_loads_all_and_each_once(
    browser: Browser, manifest: Path, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    url = serve(tmp_path / "pages")
    with serving(manifest, (url.rstrip("/"),)) as assets:
        write_tree(tmp_path / "pages", {"index.html": page(assets)})
        browser.open(url)
        browser.wait_for("document.body.dataset.word === 'loaded'")
        browser.wait_for("document.fonts.check('900 16px icons', '\\uf015')")
        assert browser.style("body", "color") == "rgb(1, 2, 3)"
        names = (
            "performance.getEntriesByType('resource').map((one) => one.name).filter((one) => one.startsWith('http'))"
        )
        loaded = browser.value(names)
    assert browser.faults() == []
    assert sorted(loaded) == sorted(assets.url(name) for name in (*_SOURCES, "fonts/icons.woff2"))


def test_page_of_an_unlisted_origin_is_refused(
    browser: Browser, manifest: Path, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    url = serve(tmp_path / "pages")
    with serving(manifest, ("https://example.com",)) as assets:
        write_tree(tmp_path / "pages", {"index.html": page(assets)})
        browser.open(url)
        assert browser.value("document.body.dataset.word") is None
    assert [fault for fault in browser.faults() if "has been blocked by CORS policy" in fault]
