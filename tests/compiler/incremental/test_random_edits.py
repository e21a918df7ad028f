"""A few random edits leave the release, the manifest and the diagnostics of a clean build.

`test_many_random_edits` builds as many as are asked for.
"""

from pathlib import Path

import pytest

from tests.compiler.incremental.random_edits import assert_edits_are_built_as_clean_builds_would


@pytest.mark.parametrize("seed", range(3))
def test_a_few_random_edits_are_built_as_clean_builds_would(tmp_path: Path, seed: int) -> None:
    assert_edits_are_built_as_clean_builds_would(tmp_path, seed, 6)
