"""An open page of an application with live reload."""

from tests.browser.conftest import Browser
from tests.browser.live_site import Site
from tests.conftest import Tree


def opened(browser: Browser, site: Site, ready: str = "true") -> None:
    """Open the page, wait until the JavaScript `ready` is true, and leave marks in the page that a reload removes."""
    browser.open(site.url)
    browser.wait_for(ready)
    browser.value("(window.mark = true, document.querySelector('#field').value = 'typed', scrollTo(0, 900))")


def assert_same_page(browser: Browser, site: Site) -> None:
    """Assert that the page has not been reloaded."""
    state = browser.value("[window.mark, document.querySelector('#field').value, scrollY]")
    assert (state, site.visits) == ([True, "typed", 900], ["/"]), (state, site.visits, browser.faults())


def wait_for_ink(browser: Browser, value: int) -> None:
    """Wait until the heading has the colour of that edition."""
    browser.wait_for(f"getComputedStyle(document.querySelector('h1')).color === 'rgb(0, 0, {value})'")


def theme(value: int) -> Tree:
    """The imported sheet in that edition."""
    return {"assets/css/theme.css": f"h1 {{ color: rgb(0, 0, {value}) }}"}
