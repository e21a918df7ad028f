"""Builds of example projects give the same after an edit of one line as from the start, and with workers as without."""

from pathlib import Path

import pytest

from tests.compiler.incremental.examples import (
    EXAMPLES,
    assert_edits_are_built_as_clean_builds_would,
    clean_outcome,
    edits_of,
)
from tests.conftest import write_tree

_EDITS = 4  # of each project; `test_edits_of_lines` has all


@pytest.mark.parametrize("example", EXAMPLES)
def test_edit_of_a_line_is_built_as_a_clean_build_would(tmp_path: Path, example: str) -> None:
    edits = list(edits_of(EXAMPLES[example]))
    some = edits[:: max(1, len(edits) // _EDITS)][:_EDITS]
    assert_edits_are_built_as_clean_builds_would(tmp_path, EXAMPLES[example], some)


@pytest.mark.parametrize("example", EXAMPLES)
def test_workers_change_nothing_in_a_release(tmp_path: Path, example: str) -> None:
    site = write_tree(tmp_path / "site", EXAMPLES[example])
    assert clean_outcome(site) == clean_outcome(site, workers=2)
