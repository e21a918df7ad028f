"""A page of an application with Flask-Assets looks and works the same as that system builds it and as we do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.compat.webassets.site import of_peer, of_us
from tests.conftest import write_tree

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

_NAMES = "['a', 'b', 'c', 'd', 'e', 'z', 'o'].map((name) => window[name])"
_STYLES = (
    "[...document.body.querySelectorAll('*'), document.body].map((element) =>"
    " [...getComputedStyle(element)].map((name) => name + ':' + getComputedStyle(element)[name]).join(';')"
    ".replace(/url\\([^)]*\\/(\\w+)[^)]*\\)/g, '$1'))"
)


def seen(browser: Browser, url: str) -> tuple[object, object]:
    browser.open(url)
    browser.wait_for("document.readyState === 'complete'")
    return browser.value(_NAMES), browser.value(_STYLES)


def test_page_is_the_same(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    peer, ours = of_peer(tmp_path / "peer"), of_us(tmp_path / "ours")
    www = write_tree(tmp_path / "www", {"peer.html": peer["page"], "ours.html": ours["page"]})
    (www / "assets").symlink_to(tmp_path / "ours/build/assets")
    shutil.copytree(tmp_path / "peer/static", www / "static")
    shutil.copytree(tmp_path / "peer/admin/static", www / "admin/static")
    url = serve(www)
    expected = seen(browser, url + "peer.html")
    assert browser.faults() == []
    assert seen(browser, url + "ours.html") == expected
    assert browser.faults() == []
    assert expected[0] == [1, 2, 4, 4, None, 6, 7]
