"""A page that was opened before a deploy goes on after it: it imports what its own release named."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest

from buildassets.foundation.permission import BUILDING
from buildassets.release.earlier.releases import previous_release
from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.browser.conftest import Browser
from tests.browser.serving import served
from tests.building import build, load_config
from tests.conftest import write_tree

pytestmark = pytest.mark.browser

Way = Literal["in one folder", "carried", "neither"]


def deployed(folder: Path, edition: str, way: Way) -> WSGIApplication:
    """A site, built anew, whose script imports another module only when it is asked to."""
    sources = {
        "assets/js/app.js": 'window.edition = async () => (await import("./late.js")).edition;\n',
        "assets/js/late.js": f'import "./deep.js";\nexport const edition = "{edition}";\n',
        "assets/js/deep.js": f'document.title = "{edition}";\n',
    }
    write_tree(folder, {"buildassets.toml": "[retain]\n" if way == "in one folder" else "", **sources})
    output = folder / ("build" if way == "in one folder" else edition)
    config = load_config(start=str(folder), output=str(output))
    if way == "carried" and edition != "first":
        with previous_release(str(folder / "first"), permission=BUILDING) as previous:
            assert build(config, previous=[previous]).succeeded
    else:
        assert build(config).succeeded
    return site_of(Assets(output / "manifest.json"))


def site_of(assets: Assets) -> WSGIApplication:
    """A web process as it is started with a release."""
    page = '<!doctype html><link rel="icon" href="data:,">' + assets.script("js/app.js", type="module")

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        is_page = environ["PATH_INFO"] == "/"
        start_response("200 OK" if is_page else "404 Not Found", [("Content-Type", "text/html")])
        return [page.encode()] if is_page else []

    return AssetServer(application, assets=assets)


def open_over_a_deploy(browser: Browser, folder: Path, way: Way) -> list[str]:
    """Return the edition that a page opened before a deploy has after it, and that of a page opened then."""
    serving = [deployed(folder, "first", way)]

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return serving[-1](environ, start_response)

    with served(application) as url:
        browser.open(url)
        serving.append(deployed(folder, "second", way))
        editions = [browser.value("edition().catch(() => 'gone')"), browser.value("document.title")]
        browser.open(url)
        return [*editions, browser.value("edition()")]


@pytest.mark.parametrize("way", ["in one folder", "carried"])
def test_a_page_that_is_open_imports_its_own_modules_after_a_deploy(browser: Browser, tmp_path: Path, way: Way) -> None:
    assert open_over_a_deploy(browser, tmp_path, way) == ["first", "first", "second"]
    assert browser.faults() == []


def test_open_page_fails_without_the_former_files(browser: Browser, tmp_path: Path) -> None:
    assert open_over_a_deploy(browser, tmp_path, "neither")[0] == "gone"
    assert any(fault.startswith("404 for /assets/js/late.") for fault in browser.faults())
