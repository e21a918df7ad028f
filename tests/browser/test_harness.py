"""The browser harness itself: the faults that it has to notice, and those that it must not see."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.conftest import wait_for, write_tree

pytestmark = pytest.mark.browser

_GOOD = '<!doctype html><link rel="icon" href="data:,"><body>'


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<img src="gone.png">', "404 for /gone.png"),
        ('<script src="gone.js"></script>', "404 for /gone.js"),
        ('<script>console.error("broken")</script>', '"broken"'),
        ("<script>undefined.x</script>", "TypeError"),
        ('<script type="module">import "./page.js"</script>', "SyntaxError"),
    ],
)
def test_harness_reports_faults(
    browser: Browser, serve: Callable[[Path], str], tmp_path: Path, body: str, fault: str
) -> None:
    write_tree(tmp_path, {"index.html": _GOOD + body, "page.js": "let 1"})
    browser.open(serve(tmp_path))
    reported: list[str] = []

    def is_reported() -> bool:
        reported.extend(browser.faults())
        return any(fault in found for found in reported)

    wait_for(is_reported)


def test_good_page_has_no_faults(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    browser.open(serve(write_tree(tmp_path, {"index.html": _GOOD + "<script>console.log(1)</script>"})))
    assert browser.faults() == []


def test_a_preference_for_dark_lasts_for_one_test_only(browser: Browser) -> None:
    browser.prefer_dark()
    assert browser.value("matchMedia('(prefers-color-scheme: dark)').matches") is True
    browser.reset()
    assert browser.value("matchMedia('(prefers-color-scheme: dark)').matches") is False
