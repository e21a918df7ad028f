"""Workbox, as npm has it, reads our list in a service worker; the page then needs no network for its assets."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.browser.conftest import Browser
from tests.browser.serving import served
from tests.building import build, load_config
from tests.conftest import Tree, write_tree
from tests.corpus.packages import node_modules

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SITE: Tree = {
    "buildassets.toml": 'precache = "precache.json"\nsource_maps = true\n',
    "assets/css/app.css": "p { color: rgb(1, 2, 3) }",
    "assets/js/ü x.js": "window.ran = true;",
}
PARTS = ("core", "routing", "strategies", "precaching")
# As in docs/deploy/companions.md, with the globals of Workbox's own files in place of imports.
WORKER = """
const { PrecacheController, PrecacheRoute } = workbox.precaching;
const controller = new PrecacheController();
workbox.routing.registerRoute(new PrecacheRoute(controller));
self.addEventListener("install", (event) => {
  const install = async () => {
    const answer = await fetch("/assets/precache.json", { cache: "no-store" });
    controller.addToCacheList(await answer.json());
    await controller.install(event);
  };
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
"""


def worker() -> str:
    """The text of a service worker with Workbox in it."""
    packages = node_modules("workbox")
    parts = [(packages / f"workbox-{part}/build/workbox-{part}.prod.js").read_text() for part in PARTS]
    return "\n".join([*parts, WORKER])


def test_workbox_keeps_every_file_of_the_list(browser: Browser, tmp_path: Path) -> None:
    assert build(load_config(start=str(write_tree(tmp_path, SITE)))).succeeded
    assets = Assets(tmp_path / "build/manifest.json")
    is_up = [True]
    contents = {
        "/": ("text/html", '<!doctype html><link rel="icon" href="data:,">'),
        "/sw.js": ("text/javascript", worker()),
    }

    def page(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        kind, text = contents[environ["PATH_INFO"]]
        start_response("200 OK", [("Content-Type", kind)])
        return [text.encode()]

    server = AssetServer(page, assets=assets)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_up[0]:
            return server(environ, start_response)
        start_response("503 Service Unavailable", [])
        return []

    with served(application) as url:
        browser.open(url)
        browser.value("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
        browser.wait_for("!!navigator.serviceWorker.controller")
        is_up[0] = False
        with closing(_Registration(browser)):
            for name in ("css/app.css", "js/ü x.js"):
                assert browser.value(f"fetch('{assets.url(name)}', {{cache: 'no-store'}}).then((a) => a.status)") == 200
            assert browser.value("fetch('/assets/none.css').then((a) => a.status)") == 503
    browser.faults()


class _Registration:
    """The service worker, which later tests must not have."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def close(self) -> None:
        self._browser.value(
            "navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map((one) => one.unregister())))"
        )
