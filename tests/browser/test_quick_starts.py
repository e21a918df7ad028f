"""The quick starts of Flask and Django: the page is styled, and follows an edit."""

import re
from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.fresh import shell
from tests.browser.quick_starts import PORTS, assert_page_follows, follow, quick_start
from tests.docs.error_pages import blocks_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["django", "flask"])
def test_page_is_styled_and_follows_an_edit(name: str, browser: Browser, tmp_path: Path) -> None:
    assert_page_follows(name, tmp_path, browser)


def test_quick_start_of_jinja_writes_a_page(tmp_path: Path) -> None:
    shell(follow("jinja", tmp_path), tmp_path)
    page = (tmp_path / "home.html").read_text()
    assert re.search(r'<link rel="stylesheet" href="/assets/css/site\.[0-9a-f]{12}\.css"', page)


@pytest.mark.parametrize("name", [*PORTS, "jinja"])
def test_quick_starts_have_one_form(name: str) -> None:
    blocks = blocks_of(quick_start(name))
    assert blocks[0].text.startswith("pip install buildassets ")
    assert [line for line in blocks[0].text.splitlines() if "assets/css/site.css" in line]
    assert {"flask": "app.py", "django": "mysite/urls.py"}.get(name, "app.py") in {block.file for block in blocks}
