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
from tests.conftest import PATIENCE_SECONDS

pytestmark = pytest.mark.browser

_PROJECT = Path(__file__).parents[2] / "example_project"
_PAGES = ("", "tides", "visit")
_LIGHT_PAGE = "rgb(247, 245, 240)"
_DARK_PAGE = "rgb(11, 29, 41)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the running site."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "buildassets", "build", "-o", str(folder / "build")]
    subprocess.run(command, cwd=_PROJECT, check=True)
    environment = {**os.environ, "DEBUG": "1", "HARBOUR_RELEASE": str(folder / "build")}
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
    deadline = time.monotonic() + PATIENCE_SECONDS
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


# What lies outside of the margins of the page, or is cut, but for what is hidden, scrolls or is drawn.
_OUTSIDE = """(() => {
  const main = document.querySelector('main');
  const style = getComputedStyle(main);
  const box = main.getBoundingClientRect();
  const left = box.left + parseFloat(style.paddingLeft) - 1, right = box.right - parseFloat(style.paddingRight) + 1;
  const checked = document.querySelectorAll('a, button, h1, h2, p, table, img, input, label, .card');
  const found = [...checked].filter((one) => {
    const place = one.getBoundingClientRect();
    if (!place.width || one.closest('.hidden, .skip, .hero-picture, svg')) return false;
    return place.left < left || place.right > right || (one.matches('a, button') && one.scrollWidth > one.clientWidth);
  });
  return found.map((one) => one.outerHTML.slice(0, 80));
})()"""


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", [*_PAGES, "sign-in"])
def test_every_page_fits_a_phone_and_a_desk(browser: Browser, site: str, page: str, width: int, is_dark: bool) -> None:
    if is_dark:
        browser.prefer_dark()
    with browser.narrow(width):
        browser.open(site + page)
        browser.wait_for("document.documentElement.dataset.app === 'ready'")
        browser.picture(f"example-{page or 'home'}-{width}-{'dark' if is_dark else 'light'}")
        assert browser.value("document.documentElement.scrollWidth") <= width
        assert browser.value(_OUTSIDE) == []
        assert browser.style("body", "backgroundColor") == (_DARK_PAGE if is_dark else _LIGHT_PAGE)


def test_buttons_that_do_not_fit_beside_one_another_begin_at_one_edge(browser: Browser, site: str) -> None:
    lefts = "[...document.querySelectorAll('.split .button')].map((one) => one.getBoundingClientRect().left)"
    with browser.narrow(390):
        browser.open(site)
        first, second = browser.value(lefts)
    assert first == second


def test_on_a_phone_all_waters_of_a_day_are_seen(browser: Browser, site: str) -> None:
    with browser.narrow(390):
        browser.open(site + "tides")
        rights = browser.value(
            "[...document.querySelectorAll('.tide-table td:not(.none)')]"
            ".map((one) => one.getBoundingClientRect().right)"
        )
    assert len(rights) > 20
    assert max(rights) < 390


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


def fill_in(browser: Browser, **fields: str) -> None:
    """Type into the fields of these ids."""
    for name, text in fields.items():
        browser.click(f"#{name}")
        browser.press(text)


def sign_in(browser: Browser, site: str) -> None:
    """Become a skipper."""
    browser.open(site + "sign-in")
    fill_in(browser, name="Ann", boat="Kittiwake", length_m="9,5", draught_m="1.5", code="bell-buoy")
    browser.picture("example-sign-in")
    browser.click("form .button")
    browser.wait_for("location.pathname === '/berth'")


def test_a_skipper_asks_for_a_berth(browser: Browser, site: str) -> None:
    sign_in(browser, site)
    browser.click("[name=berth][value='North pontoon']")
    fill_in(browser, nights="3", note="With a dog")
    browser.value("document.querySelector('#arrival').value = document.querySelector('#arrival').max")
    browser.click("form[novalidate] .button")
    browser.wait_for("!!document.querySelector('.asked')")
    browser.picture("example-berth")
    assert "With a dog" in browser.value("document.querySelector('.asked').textContent")
    browser.open(site)
    browser.picture("example-crossing")
    assert "Kittiwake" in browser.value("document.querySelector('.crossing h2').textContent")
    assert browser.faults() == []


def test_what_is_wrong_with_a_form_is_said_at_its_fields(browser: Browser, site: str) -> None:
    browser.prefer_dark()
    browser.open(site + "sign-in")
    fill_in(browser, name="Ann", boat="Kittiwake", length_m="long")
    browser.click("form .button")
    browser.wait_for("!!document.querySelector('[role=alert]')")
    browser.picture("example-sign-in-faults-dark")
    wrong = browser.value("[...document.querySelectorAll('[aria-invalid]')].map(({ id }) => id)")
    assert wrong == ["length_m", "draught_m", "code"]
    said = "document.getElementById(document.querySelector('#length_m').getAttribute('aria-describedby')).textContent"
    assert browser.value(said) == "Enter a length from 2 to 40 metres"
    assert browser.value("document.querySelector('#name').value") == "Ann"


def test_forms_are_dark_where_the_system_is(browser: Browser, site: str) -> None:
    browser.prefer_dark()
    sign_in(browser, site)
    browser.picture("example-berth-dark")
    assert browser.style("#nights", "backgroundColor") == _DARK_PAGE
    browser.open(site)
    browser.picture("example-crossing-dark")
