"""Each edit of one line of an example project is built as a clean build would."""

from pathlib import Path

import pytest

from tests.compiler.incremental.examples import (
    EXAMPLES,
    TYPED_EXAMPLES,
    Edit,
    assert_edits_are_built_as_clean_builds_would,
    edits_of,
)
from tests.conftest import Tree
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.thorough
_MOST_EDITS = 60  # of one project


def _spread(tree: Tree) -> list[Edit]:
    edits = list(edits_of(tree))
    return edits[:: -(-len(edits) // _MOST_EDITS)]


@pytest.mark.parametrize("example", EXAMPLES)
def test_edits_of_all_lines_are_built_as_clean_builds_would(tmp_path: Path, example: str) -> None:
    assert_edits_are_built_as_clean_builds_would(tmp_path, EXAMPLES[example], _spread(EXAMPLES[example]))


@pytest.mark.corpus
@pytest.mark.parametrize("example", TYPED_EXAMPLES)
def test_edits_of_modules_in_typescript_are_built_as_clean_builds_would(tmp_path: Path, example: str) -> None:
    (tmp_path / "node_modules").symlink_to(node_modules())
    assert_edits_are_built_as_clean_builds_would(tmp_path, TYPED_EXAMPLES[example], _spread(TYPED_EXAMPLES[example]))
