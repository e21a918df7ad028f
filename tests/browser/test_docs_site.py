"""The site of the documentation in a browser: its search finds, its pages ask nobody else, and fit on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Browser
from tests.conftest import MadeOnce
from tests.docs.site import built_site

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

_FOUND = "document.querySelectorAll('.md-search-result__item a').length > 0"
_PAGES = (
    "",
    "frameworks/flask/",
    "explain/benchmarks/",
    "reference/configuration/",
    "errors/reference/",
    "contribute/changelog/",
)


@pytest.fixture
def site(made_once: MadeOnce, serve: Callable[[Path], str]) -> str:
    """The URL of the site."""
    return serve(built_site(made_once))


def search(browser: Browser, words: str) -> None:
    """Type `words` into the search, and wait for what it finds."""
    browser.click("[data-md-component='search-query']")
    browser.wait_for("document.activeElement.getAttribute('data-md-component') === 'search-query'")
    for key in words:
        browser.press(key)
    browser.wait_for(_FOUND)


@pytest.mark.parametrize("page", _PAGES)
def test_pages_ask_only_their_own_server(page: str, browser: Browser, site: str) -> None:
    browser.requested()
    browser.open(f"{site}{page}")
    browser.wait_for("document.readyState === 'complete'")
    asked = browser.requested()
    assert len(asked) > 3
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
    assert browser.faults() == []


def test_search_finds_the_page_of_a_word(browser: Browser, site: str) -> None:
    browser.open(site)
    browser.requested()
    search(browser, "Chameleon")
    links = browser.value("[...document.querySelectorAll('.md-search-result__link')].map((one) => one.pathname)")
    assert "/frameworks/pyramid/" in links
    assert [url for url in browser.requested() if not url.startswith((site, "data:", "blob:"))] == []
    assert browser.faults() == []


def test_the_search_finds_options(browser: Browser, site: str) -> None:
    browser.open(site)
    search(browser, "--carry-from")
    found = "[...document.querySelectorAll('.md-search-result__link')].map((one) => one.pathname)"
    browser.wait_for(f"{found}.includes('/deploy/rolling-deploys/')")
    assert browser.faults() == []


@pytest.mark.parametrize("words", ["^1.4", "~=0.2", ":5000"])
def test_the_search_finds_words_with_signs(words: str, browser: Browser, site: str) -> None:
    browser.open(site)
    search(browser, words)
    assert browser.faults() == []


def test_the_colours_follow_the_system_also_later(browser: Browser, site: str) -> None:
    browser.open(f"{site}frameworks/flask/")
    browser.wait_for("document.body.dataset.mdColorScheme === 'default'")
    browser.prefer_dark()
    browser.open(f"{site}frameworks/flask/")
    browser.wait_for("document.body.dataset.mdColorScheme === 'slate'")


def test_search_results_open_by_the_keyboard(browser: Browser, site: str) -> None:
    browser.open(site)
    search(browser, "output/unwritable")
    browser.press(Keys.ENTER)
    browser.wait_for("location.pathname + location.hash === '/errors/output/#unwritable'")
    assert browser.faults() == []


def test_the_navigation_has_a_tab_for_each_need(browser: Browser, site: str) -> None:
    browser.open(site)
    tabs = browser.value("[...document.querySelectorAll('.md-tabs__link')].map((one) => one.textContent.trim())")
    assert tabs == [
        "Home",
        "Start",
        "Guides",
        "Frameworks",
        "Deploy",
        "Coming over",
        "Reference",
        "Explanations",
        "Contribute",
    ]


@pytest.mark.parametrize("page", ["", "frameworks/flask/", "guides/sass/", "reference/python/"])
def test_pages_fit_a_phone(page: str, browser: Browser, site: str) -> None:
    with browser.narrow(390):
        browser.open(f"{site}{page}")
        assert browser.value("document.documentElement.scrollWidth") <= 390
        browser.picture(f"docs-{page.strip('/').replace('/', '-') or 'home'}")


def test_the_navigation_is_visible_in_a_window_of_1200_pixels(browser: Browser, site: str) -> None:
    with browser.narrow(1200):
        browser.open(site)
        assert browser.value("document.querySelector('.md-tabs').offsetHeight") > 0
        tabs = "document.querySelector('.md-tabs__list')"
        assert browser.value(f"{tabs}.scrollWidth <= {tabs}.clientWidth")
        browser.picture("docs-1200")
