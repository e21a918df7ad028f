"""A page that was opened before a deploy notices it: by what it can no longer load, and when it is shown again."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from jinja2 import Environment

from buildassets.runtime import Assets
from buildassets.runtime.wsgi import AssetServer
from tests.browser.conftest import Browser
from tests.browser.serving import served
from tests.building import build, load_config
from tests.conftest import write_tree

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><link rel="icon" href="data:,">{{ release_watch() }}
<script>
window.events = [];
document.addEventListener("buildassets:stale", (event) => {
  events.push(event.detail);
  if (location.search === "?keep") event.preventDefault();
});
const shown = () => document.dispatchEvent(new Event("visibilitychange"));
</script>
{{ stylesheet("css/app.css") }}{{ script("js/app.js", type="module") }}
<title>{{ edition }}</title><form><input name="name" value="as it was"><textarea>of old</textarea>
<select><option>a<option>b</select><input type="checkbox"><input type="range"></form><div contenteditable>text</div>
"""


@dataclass
class Site:
    """A server whose release can be replaced, and which can lose files. `pages` counts how often one was loaded."""

    folder: Path
    retains: bool = True
    page: str = PAGE
    pages: int = 0
    lost: list[str] = field(default_factory=list)
    serving: WSGIApplication | None = None

    def deploy(self, edition: str) -> Assets:
        """Build an edition and serve it by a process that is started with it."""
        settings = "[retain]\n" if self.retains else ""
        sources = {
            "css/app.css": f"body {{ --edition: {edition} }}",
            "css/late.css": f"p {{ --edition: {edition} }}",
            "js/app.js": 'window.late = () => import("./late.js");\n',
            "js/late.js": f'export const edition = "{edition}";\n',
        }
        write_tree(self.folder, {"buildassets.toml": settings})
        write_tree(self.folder / "assets", sources)
        assert build(load_config(start=str(self.folder))).succeeded
        assets = Assets(self.folder / "build/manifest.json")
        env = Environment(extensions=["buildassets.runtime.jinja.AssetsExtension"], autoescape=True)
        env.assets = assets  # type: ignore[attr-defined]  # as the extension has it
        text = env.from_string(self.page).render(edition=edition)
        self.serving = AssetServer(self._pages_of(text), assets=assets)
        return assets

    def _pages_of(self, text: str) -> WSGIApplication:
        def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
            is_page = environ["PATH_INFO"] == "/"
            self.pages += is_page
            kind = [("Content-Type", "text/html"), ("Cache-Control", "no-store")]
            start_response("200 OK" if is_page else "404 Not Found", kind)
            return [text.encode()] if is_page else []

        return application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if any(name in environ["PATH_INFO"] for name in self.lost):
            start_response("404 Not Found", [("Cache-Control", "no-store")])
            return []
        assert self.serving
        return self.serving(environ, start_response)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.deploy("first")
    return made


@contextmanager
def opened(browser: Browser, site: Site, query: str = "") -> Iterator[str]:
    with served(site) as url:
        browser.open(url + query)
        browser.wait_for("!!window.late")
        browser.value("sessionStorage.clear()")
        yield url


def settle(browser: Browser) -> None:
    """Give the page the time in which it would have asked the server and reloaded: its questions are asked before this.

    The second question comes when the first has been answered, and a reload right behind its answer.
    """
    ask = "fetch('/assets/release.json?settle', {cache: 'no-store'})"
    browser.value(f"{ask}.then(() => {ask}).then(() => new Promise((done) => setTimeout(done, 60)))")


def test_a_page_that_is_shown_again_after_a_deploy_reloads(browser: Browser, site: Site) -> None:
    with opened(browser, site):
        site.deploy("second")
        browser.value("shown()")
        browser.wait_for("document.title === 'second'")
        assert site.pages == 2


def test_window_that_is_shown_again_asks_for_the_release(browser: Browser, site: Site) -> None:
    with opened(browser, site):
        (first,) = browser.windows()
        browser.open_window()
        site.deploy("second")
        browser.close_window()
        browser.look_at(first)
        browser.wait_for("document.title === 'second'")


def test_the_event_names_both_releases(browser: Browser, site: Site) -> None:
    with opened(browser, site, "?keep"):
        newer = site.deploy("second")
        browser.value("shown()")
        browser.wait_for("events.length")
        (event,) = browser.value("events")
    text = newer.release_watch()
    assert event["reason"] == "release"
    assert f'data-release="{event["newer"]}"' in text
    assert event["release"] in text.partition("data-earlier=")[2]


def test_unchanged_release_keeps_the_page(browser: Browser, site: Site) -> None:
    with opened(browser, site):
        browser.value("shown()")
        settle(browser)
        assert browser.value("events") == []
        assert site.pages == 1
    assert browser.faults() == []


def test_a_page_ignores_a_process_that_still_serves_the_release_before(browser: Browser, site: Site) -> None:
    old = site.serving
    site.deploy("second")
    with opened(browser, site):
        site.serving = old
        browser.value("shown()")
        settle(browser)
        assert browser.value("[document.title, events.length]") == ["second", 0]


def test_prevent_default_keeps_the_page(browser: Browser, site: Site) -> None:
    with opened(browser, site, "?keep"):
        site.deploy("second")
        for _ in range(2):
            browser.value("shown()")
            settle(browser)
        assert browser.value("[document.title, events.length]") == ["first", 1]


@pytest.mark.parametrize(
    ("load", "reason"),
    [
        ("late().catch(() => 0)", "import"),
        ("(late(), 0)", "import"),
        (
            "document.head.append(Object.assign(document.createElement('script'), {src: window.gone + 'a.js'}))",
            "script",
        ),
        (
            "document.head.append(Object.assign(document.createElement('link'), "
            "{rel: 'stylesheet', href: window.gone + 'a.css'}))",
            "stylesheet",
        ),
    ],
    ids=["caught import", "import", "script", "style sheet"],
)
def test_file_that_cannot_be_loaded_makes_the_page_stale(browser: Browser, site: Site, load: str, reason: str) -> None:
    with opened(browser, site, "?keep"):
        site.lost.append("late.")
        browser.value("void (window.gone = '/assets/')")
        browser.value(f"void {load}")
        browser.wait_for("events.length")
        (event,) = browser.value("events")
        assert "/assets/" in event["url"]
        assert event["reason"] in ((reason, "import") if reason == "script" else (reason,))
        assert event["newer"] is None
    browser.faults()


@pytest.mark.parametrize(
    "load",
    [
        "import('/elsewhere/a.js').catch(() => 0)",
        "(import('/elsewhere/a.js'), 0)",
        "document.head.append(Object.assign(document.createElement('script'), {src: '/elsewhere/a.js'}))",
        "document.head.append(Object.assign(document.createElement('link'), {rel: 'stylesheet', href: '/else.css'}))",
        "document.body.append(Object.assign(document.createElement('img'), {src: '/assets/a.png'}))",
        "fetch('/assets/none.js')",
    ],
)
def test_other_urls_and_files_do_not_make_the_page_stale(browser: Browser, site: Site, load: str) -> None:
    with opened(browser, site):
        browser.value(f"void {load}")
        settle(browser)
        assert browser.value("events") == []
        assert site.pages == 1
    browser.faults()


def test_failed_import_from_another_host_does_not_make_the_page_stale(browser: Browser, site: Site) -> None:
    with opened(browser, site):
        write_tree(site.folder / "assets", {"js/mixed.js": 'import "/elsewhere/a.js";\n'})
        write_tree(site.folder, {"buildassets.toml": 'external = ["/elsewhere/*"]\n[retain]\n'})
        assert build(load_config(start=str(site.folder))).succeeded
        assets = Assets(site.folder / "build/manifest.json")
        page = site.serving
        assert page
        site.serving = AssetServer(page, assets=assets)
        source = assets.url("js/mixed.js")
        made = f"Object.assign(document.createElement('script'), {{type: 'module', src: '{source}'}})"
        browser.value(f"new Promise((done) => {{ const e = {made}; e.onerror = done; document.head.append(e) }})")
        settle(browser)
        assert browser.value("events") == []
    browser.faults()


def test_page_in_place_of_a_missing_chunk_makes_the_page_stale(browser: Browser, site: Site) -> None:
    with opened(browser, site, "?keep"):
        inner = site.serving
        assert inner

        def single_page(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if "late" in environ["PATH_INFO"]:
                start_response("200 OK", [("Content-Type", "text/html")])
                return [b"<!doctype html>"]
            return inner(environ, start_response)

        site.serving = single_page
        browser.value("late().catch(() => 0)")
        browser.wait_for("events.length")
    browser.faults()


def test_missing_chunk_reloads_the_page_once(browser: Browser, site: Site) -> None:
    site.page = PAGE + '<script type="module">addEventListener("load", () => late())</script>'
    site.deploy("second")
    site.lost.append("late.")
    with served(site) as url:
        browser.open(url)
        browser.wait_for("performance.getEntriesByType('navigation')[0].type === 'reload' && !!window.late")
        settle(browser)
        assert site.pages == 2
        assert browser.value("events") == []
    browser.faults()


@pytest.mark.parametrize(
    "fill",
    [
        lambda browser: typed_into(browser, "input[name]"),
        lambda browser: typed_into(browser, "textarea"),
        lambda browser: typed_into(browser, "div"),
        lambda browser: browser.value("document.querySelector('select').selectedIndex = 1"),
        lambda browser: browser.click("[type=checkbox]"),
        lambda browser: browser.value("document.querySelector('[type=range]').stepUp()"),
    ],
    ids=["text", "text area", "contenteditable", "select", "checkbox", "range"],
)
def test_a_form_that_is_filled_in_keeps_the_page(
    browser: Browser, site: Site, fill: Callable[[Browser], object]
) -> None:
    with opened(browser, site):
        fill(browser)
        site.deploy("second")
        browser.value("shown()")
        settle(browser)
        assert browser.value("[document.title, events.length]") == ["first", 1]


def typed_into(browser: Browser, selector: str) -> None:
    browser.click(selector)
    browser.press("x")


def test_a_page_whose_form_is_reset_reloads_when_it_is_shown_again(browser: Browser, site: Site) -> None:
    with opened(browser, site):
        typed_into(browser, "input[name]")
        site.deploy("second")
        browser.value("shown()")
        settle(browser)
        browser.value("document.forms[0].reset()")
        browser.value("shown()")
        browser.wait_for("document.title === 'second'")


def test_a_page_without_a_network_is_not_replaced(browser: Browser, site: Site) -> None:
    with served(site) as url:
        browser.open(url)
        browser.wait_for("!!window.late")
    browser.value("late().catch(() => 0)")
    browser.value("new Promise((done) => setTimeout(done, 100))")
    assert browser.value("document.title") == "first"
    browser.faults()


def test_release_is_noticed_without_retained_releases(browser: Browser, tmp_path: Path) -> None:
    site = Site(tmp_path, retains=False)
    site.deploy("first")
    with opened(browser, site):
        assert not (tmp_path / "build/assets/release.json").exists()
        site.deploy("second")
        browser.value("shown()")
        browser.wait_for("document.title === 'second'")


def test_a_server_of_plain_files_needs_only_the_file_that_retain_writes(
    browser: Browser, serve: Callable[[Path], str], site: Site
) -> None:
    url = serve(site.folder / "build")
    for seconds, edition in enumerate(("first", "second")):
        assets = site.deploy(edition)
        head = f'<!doctype html><link rel="icon" href="data:,">{assets.release_watch()}<title>{edition}</title>'
        write_tree(site.folder, {"build/index.html": head})
        os.utime(site.folder / "build/index.html", (seconds, seconds))  # this server compares whole seconds
        if edition == "first":
            browser.open(url)
            browser.value("sessionStorage.clear()")
    browser.value("void document.dispatchEvent(new Event('visibilitychange'))")
    browser.wait_for("document.title === 'second'")


def test_missing_release_file_is_reported_once_with_a_fix(browser: Browser, site: Site) -> None:
    with opened(browser, site):
        site.lost.append("release.json")
        for _ in range(2):
            browser.value("shown()")
            settle(browser)
        reports = [fault for fault in browser.faults() if "does not contain a release" in fault]
    assert len(reports) == 1
    assert "AssetServer" in reports[0]
