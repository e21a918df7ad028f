"""The admin of a project that Django started, before and after the one entry in its settings: the same look."""

from pathlib import Path

import pytest

from tests.browser.conftest import Browser
from tests.runtime.django.test_collected_admin import start_project
from tests.runtime.django.test_collected_deployments import SERVERS, served

pytestmark = pytest.mark.browser


def look(folder: Path, server: str, browser: Browser) -> list[str]:
    """The look of the page on which users log in: how its parts are styled, and where they are."""
    with served(folder, *SERVERS[server]) as site:
        browser.open(f"{site.url}/admin/login/")
        parts = ("#header", "#container", "input[type=submit]", "label", "body")
        styles = ("background-color", "color", "font-family", "height", "width", "padding-left")
        seen = [browser.style(part, style) for part in parts for style in styles]
        assert [fault for fault in browser.faults() if "favicon.ico" not in fault] == []
    return seen


@pytest.mark.parametrize("server", SERVERS)
def test_admin_looks_as_before(tmp_path: Path, server: str, browser: Browser) -> None:
    before = look(start_project(tmp_path / "plain", "plain"), server, browser)
    assert look(start_project(tmp_path / "release", "release"), server, browser) == before
    assert len(set(before)) > 10
