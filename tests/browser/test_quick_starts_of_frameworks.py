"""The quick starts of smaller frameworks: the page is styled, and follows an edit."""

from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.browser.quick_starts import PORTS, assert_page_follows, assert_styled, follow
from tests.example.servers import free_port

pytestmark = [pytest.mark.browser, pytest.mark.thorough]


@pytest.mark.parametrize("name", [name for name in PORTS if name not in ("django", "flask")])
def test_page_is_styled_and_follows_an_edit(name: str, browser: Browser, tmp_path: Path) -> None:
    assert_page_follows(name, tmp_path, browser)


def test_quick_start_of_starlette_works_with_fastapi(browser: Browser, tmp_path: Path) -> None:
    command, port = follow("starlette", tmp_path), free_port()
    program = (
        (tmp_path / "app.py").read_text().replace("starlette.applications import Starlette", "fastapi import FastAPI")
    )
    (tmp_path / "app.py").write_text(program.replace("Starlette()", "FastAPI()"))
    assert_styled(tmp_path, f"{command} --port {port}", port, browser)
