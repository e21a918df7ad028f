"""The example project as a visitor sees it: built by the command line, run by its own web process."""

import re

import pytest

from tests.browser.conftest import Browser

pytestmark = pytest.mark.browser

PAGES = ("", "tides", "visit")
LIGHT_PAGE = "rgb(247, 245, 240)"
DARK_PAGE = "rgb(11, 29, 41)"


@pytest.fixture
def visit(browser: Browser, example_site: str) -> Browser:
    """A browser at the home page, with its application started."""
    browser.open(example_site)
    browser.wait_for("document.documentElement.dataset.app === 'ready'")
    return browser


@pytest.mark.parametrize("page", PAGES)
def test_every_page_loads_without_a_fault(browser: Browser, example_site: str, page: str) -> None:
    browser.open(example_site + page)
    browser.wait_for("document.documentElement.dataset.app === 'ready'")
    browser.picture(f"example-{page or 'home'}")
    assert browser.faults() == []


def test_every_asset_in_a_page_has_its_fingerprint(visit: Browser) -> None:
    used = visit.value("performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)")
    assets = [path for path in used if path.startswith("/assets/")]
    assert len(assets) > 10
    assert [path for path in assets if not re.search(r"\.[0-9a-f]{12}\.\w+$", path)] == []


def test_styles_are_applied(visit: Browser) -> None:
    assert visit.style("body", "backgroundColor") == LIGHT_PAGE
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


def test_a_module_is_imported_on_a_click(browser: Browser, example_site: str) -> None:
    browser.open(example_site + "tides")
    browser.wait_for("document.documentElement.dataset.app === 'ready'")
    assert browser.value("document.querySelectorAll('.month-day').length") == 0
    browser.click("[data-show-month]")
    browser.wait_for("document.querySelectorAll('.month-day').length === 30")
    browser.picture("example-month")
    assert re.search(r"/img/waves\.[0-9a-f]{12}\.svg", browser.style(".month", "backgroundImage"))
    assert browser.faults() == []


def test_a_dark_system_gets_the_dark_theme(browser: Browser, example_site: str) -> None:
    browser.prefer_dark()
    browser.open(example_site)
    assert browser.style("body", "backgroundColor") == DARK_PAGE
    browser.picture("example-dark")


def test_a_chosen_theme_is_there_before_the_application_starts(visit: Browser, example_site: str) -> None:
    visit.click("[data-preference=theme]")
    visit.click("[data-preference=theme]")
    assert visit.style("body", "backgroundColor") == DARK_PAGE
    visit.open(example_site + "visit")
    assert visit.value("document.documentElement.dataset.theme") == "dark"
    assert visit.style("body", "backgroundColor") == DARK_PAGE


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


def sign_in(browser: Browser, example_site: str) -> None:
    """Become a skipper."""
    browser.open(example_site + "sign-in")
    fill_in(browser, name="Ann", boat="Kittiwake", length_m="9,5", draught_m="1.5", code="bell-buoy")
    browser.picture("example-sign-in")
    browser.click("form .button")
    browser.wait_for("location.pathname === '/berth'")


def test_a_skipper_asks_for_a_berth(browser: Browser, example_site: str) -> None:
    sign_in(browser, example_site)
    browser.click("[name=berth][value='North pontoon']")
    fill_in(browser, nights="3", note="With a dog")
    browser.value("document.querySelector('#arrival').value = document.querySelector('#arrival').max")
    browser.click("form[novalidate] .button")
    browser.wait_for("!!document.querySelector('.asked')")
    browser.picture("example-berth")
    assert "With a dog" in browser.value("document.querySelector('.asked').textContent")
    browser.open(example_site)
    browser.picture("example-crossing")
    assert "Kittiwake" in browser.value("document.querySelector('.crossing h2').textContent")
    assert browser.faults() == []


def test_form_shows_each_error_at_its_field(browser: Browser, example_site: str) -> None:
    browser.prefer_dark()
    browser.open(example_site + "sign-in")
    fill_in(browser, name="Ann", boat="Kittiwake", length_m="long")
    browser.click("form .button")
    browser.wait_for("!!document.querySelector('[role=alert]')")
    browser.picture("example-sign-in-faults-dark")
    wrong = browser.value("[...document.querySelectorAll('[aria-invalid]')].map(({ id }) => id)")
    assert wrong == ["length_m", "draught_m", "code"]
    shown = "document.getElementById(document.querySelector('#length_m').getAttribute('aria-describedby')).textContent"
    assert browser.value(shown) == "Enter a length from 2 to 40 metres"
    assert browser.value("document.querySelector('#name').value") == "Ann"


def test_forms_are_dark_where_the_system_is(browser: Browser, example_site: str) -> None:
    browser.prefer_dark()
    sign_in(browser, example_site)
    browser.picture("example-berth-dark")
    assert browser.style("#nights", "backgroundColor") == DARK_PAGE
    browser.open(example_site)
    browser.picture("example-crossing-dark")
