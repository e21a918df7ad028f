"""Pages of the example project fit a phone and a desk, in the light and in the dark theme."""

import pytest

from tests.browser.conftest import Browser
from tests.browser.test_example import DARK_PAGE, LIGHT_PAGE, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

# Elements that are cut or lie outside of the margins of the page, but for those that are hidden, scroll or are drawn.
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


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", [*PAGES, "sign-in"])
def test_every_page_fits_a_phone_and_a_desk(browser: Browser, example_site: str, page: str, width: int) -> None:
    with browser.narrow(width):
        browser.open(example_site + page)
        browser.wait_for("document.documentElement.dataset.app === 'ready'")
        for scheme, background in (("light", LIGHT_PAGE), ("dark", DARK_PAGE)):
            if scheme == "dark":
                browser.prefer_dark()
            browser.wait_for(f"getComputedStyle(document.body).backgroundColor === {background!r}")
            browser.picture(f"example-{page or 'home'}-{width}-{scheme}")
            assert browser.value("document.documentElement.scrollWidth") <= width
            assert browser.value(_OUTSIDE) == []


def test_wrapped_buttons_begin_at_one_edge(browser: Browser, example_site: str) -> None:
    lefts = "[...document.querySelectorAll('.split .button')].map((one) => one.getBoundingClientRect().left)"
    with browser.narrow(390):
        browser.open(example_site)
        first, second = browser.value(lefts)
    assert first == second


def test_phone_shows_all_tides_of_a_day(browser: Browser, example_site: str) -> None:
    with browser.narrow(390):
        browser.open(example_site + "tides")
        rights = browser.value(
            "[...document.querySelectorAll('.tide-table td:not(.none)')]"
            ".map((one) => one.getBoundingClientRect().right)"
        )
    assert len(rights) > 20
    assert max(rights) < 390
