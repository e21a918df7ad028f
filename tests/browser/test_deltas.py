"""A script of a new release as what differs from the one that Chromium has (RFC 9842), with its bytes counted."""

from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.browser.conftest import Browser
from tests.browser.serving import served
from tests.building import build, load_config
from tests.conftest import write_tree
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.browser, pytest.mark.corpus]

CONFIG = 'compress = ["gzip", "br", "dcz"]\n[retain]\n'
ENTRY = "performance.getEntriesByName(document.scripts[0].src)[0]"


def released(folder: Path, edition: str) -> None:
    """A release of jQuery that knows its `edition`."""
    jquery = (node_modules() / "jquery/dist/jquery.js").read_text()
    write_tree(
        folder, {"buildassets.toml": CONFIG, "assets/js/jquery.js": f"{jquery}\njQuery.edition = '{edition}';\n"}
    )
    assert build(load_config(start=str(folder))).diagnostics == ()


def test_chromium_loads_the_delta(browser: Browser, tmp_path: Path) -> None:
    released(tmp_path, "first")
    assets = Assets(tmp_path / "build/manifest.json", reload=True)

    def page(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html"), ("Cache-Control", "no-store")])
        return [b'<!doctype html><link rel="icon" href="data:,">' + assets.script("js/jquery.js").encode()]

    seen = []
    with served(AssetServer(page, assets=assets)) as url:
        for edition in ("first", "second"):
            released(tmp_path, edition)
            browser.open(url)
            assert browser.value("jQuery.edition") == edition
            seen.append(browser.value(f"[{ENTRY}.encodedBodySize, {ENTRY}.decodedBodySize]"))
    assert browser.faults() == []
    (first_bytes, _), (delta_bytes, whole_bytes) = seen
    assert delta_bytes < 1000 < first_bytes < whole_bytes
