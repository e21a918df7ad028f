"""Any sequence of random edits leaves the release, the manifest and the diagnostics of a clean build.

`$BUILDASSETS_RANDOM_EDITS` is the number of edits, `$BUILDASSETS_RANDOM_SEED` the first seed.
"""

import os
from pathlib import Path

import pytest

from tests.compiler.incremental.random_edits import assert_edits_are_built_as_clean_builds_would

pytestmark = pytest.mark.thorough
_EDITS_OF_A_PROJECT = 12


def test_many_random_edits_are_built_as_clean_builds_would(tmp_path: Path) -> None:
    first = int(os.environ.get("BUILDASSETS_RANDOM_SEED", "1000"))
    count = int(os.environ.get("BUILDASSETS_RANDOM_EDITS", "120"))
    for seed in range(first, first + -(-count // _EDITS_OF_A_PROJECT)):
        assert_edits_are_built_as_clean_builds_would(tmp_path / str(seed), seed, _EDITS_OF_A_PROJECT)
