"""The example project as a visitor sees it: built by the command line, run by its own web process."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Browser

pytestmark = pytest.mark.browser

_PROJECT = Path(__file__).parents[2] / "example_project"
_START_SECONDS = 30
_PAGES = ("", "tides", "visit")
_LIGHT_PAGE = "rgb(247, 245, 240)"
_DARK_PAGE = "rgb(11, 29, 41)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the running site."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "buildassets", "build", "-o", str(folder / "build")]
    subprocess.run(command, cwd=_PROJECT, check=True)
    environment = {**os.environ, "HARBOUR_RELEASE": str(folder / "build")}
    server = [sys.executable, "-m", "flask", "--app", "app", "run", "--port", "0"]
    log = folder / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(server, cwd=_PROJECT, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            yield _url_in(log)
        finally:
            process.terminate()


def _url_in(log: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if said := re.search(r"Running on (http://\S+)", log.read_text()):
            return said[1] + "/"
        time.sleep(0.05)
    pytest.fail(f"the site did not start: {log.read_text()}")


@pytest.fixture
def visit(browser: Browser, site: str) -> Browser:
    """A browser at the home page, with its application started."""
    browser.open(site)
    browser.wait_for("document.documentElement.dataset.app === 'ready'")
    return browser


@pytest.mark.parametrize("page", _PAGES)
def test_every_page_loads_without_a_fault(browser: Browser, site: str, page: str) -> None:
    browser.open(site + page)
    browser.wait_for("document.documentElement.dataset.app === 'ready'")
    browser.picture(f"example-{page or 'home'}")
    assert browser.faults() == []


def test_every_asset_in_a_page_has_its_fingerprint(visit: Browser) -> None:
    used = visit.value("performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)")
    assets = [path for path in used if path.startswith("/assets/")]
    assert len(assets) > 10
    assert [path for path in assets if not re.search(r"\.[0-9a-f]{12}\.\w+$", path)] == []


def test_styles_are_applied(visit: Browser) -> None:
    assert visit.style("body", "backgroundColor") == _LIGHT_PAGE
    assert visit.style(".masthead", "display") == "flex"


def test_icons_are_masks_with_fingerprinted_pictures(visit: Browser) -> None:
    assert re.search(r"/assets/img/icons/high\.[0-9a-f]{12}\.svg", visit.style(".icon-high", "maskImage"))


def test_the_worker_answers_with_a_curve(visit: Browser) -> None:
    visit.wait_for("document.querySelectorAll('.curve-line').length === 1")
    assert visit.value("document.querySelectorAll('.curve-turn').length") >= 4
    assert visit.faults() == []


def test_modules_in_a_cycle_work_together(visit: Browser) -> None:
    visit.click("[data-preference=unit]")
    assert visit.value("document.querySelector('[data-now-height]').textContent").strip().endswith(" ft")


def test_a_module_is_imported_on_a_click(browser: Browser, site: str) -> None:
    browser.open(site + "tides")
    browser.wait_for("document.documentElement.dataset.app === 'ready'")
    assert browser.value("document.querySelectorAll('.month-day').length") == 0
    browser.click("[data-show-month]")
    browser.wait_for("document.querySelectorAll('.month-day').length === 30")
    browser.picture("example-month")
    assert re.search(r"/img/waves\.[0-9a-f]{12}\.svg", browser.style(".month", "backgroundImage"))
    assert browser.faults() == []


def test_a_dark_system_gets_the_dark_theme(browser: Browser, site: str) -> None:
    browser.prefer_dark()
    browser.open(site)
    assert browser.style("body", "backgroundColor") == _DARK_PAGE
    browser.picture("example-dark")


def test_a_chosen_theme_is_there_before_the_application_starts(visit: Browser, site: str) -> None:
    visit.click("[data-preference=theme]")
    visit.click("[data-preference=theme]")
    assert visit.style("body", "backgroundColor") == _DARK_PAGE
    visit.open(site + "visit")
    assert visit.value("document.documentElement.dataset.theme") == "dark"
    assert visit.style("body", "backgroundColor") == _DARK_PAGE


def test_the_web_manifest_names_icons_that_exist(visit: Browser) -> None:
    statuses = visit.value(
        "fetch(document.querySelector('link[rel=manifest]').href)"
        ".then((answer) => answer.json().then(({ icons }) => Promise.all("
        "icons.map(({ src }) => fetch(new URL(src, answer.url)).then(({ status }) => status)))))"
    )
    assert statuses == [200, 200, 200]
