"""Examples of docs/errors whose commands need a shell or a process of their own print what the pages show."""

from pathlib import Path

import pytest

from tests.docs.error_pages import SHOWN, assert_shown, is_quick, with_marks

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("code", [with_marks(code) for code in SHOWN if not is_quick(code)])
def test_example_prints_what_the_page_shows(code: str, example_folder: Path, update_golden: bool) -> None:
    assert_shown(code, example_folder, is_updated=update_golden)
