"""A few random edits leave the release, the manifest and the diagnostics of a clean build.

`test_many_random_edits` builds as many as are asked for.
"""

from pathlib import Path

import pytest

from buildassets.compiler.config.key_table import NAMES
from tests.compiler.incremental.random_builds import assert_edits_are_built_as_clean_builds_would
from tests.compiler.incremental.random_site import NOT_EDITED, SET


@pytest.mark.parametrize(("seed", "way"), [*enumerate(["function", "command", "command with two jobs"])])
def test_a_few_random_edits_are_built_as_clean_builds_would(tmp_path: Path, seed: int, way: str) -> None:
    assert_edits_are_built_as_clean_builds_would(tmp_path, seed, 6, way=way)


def test_each_key_is_set_by_edits_or_has_a_reason_why_not() -> None:
    assert {*SET, *NOT_EDITED} == NAMES
