"""Any sequence of random edits leaves the release, the manifest and the diagnostics of a clean build.

`$BUILDASSETS_RANDOM_EDITS` is the number of edits for each test, `$BUILDASSETS_RANDOM_SEED` the first seed.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compiler.incremental.random_builds import (
    WAYS,
    assert_edits_are_built_as_clean_builds_would,
    assert_edits_are_watched_as_clean_builds_would,
)

pytestmark = pytest.mark.thorough
_EDITS_OF_A_PROJECT = 12
each_project = pytest.mark.parametrize(
    "is_typed", [False, pytest.param(True, marks=pytest.mark.corpus)], ids=["plain", "typed"]
)


def _seeds() -> Iterator[int]:
    first = int(os.environ.get("BUILDASSETS_RANDOM_SEED", "1000"))
    count = int(os.environ.get("BUILDASSETS_RANDOM_EDITS", "12"))
    yield from range(first, first + -(-count // _EDITS_OF_A_PROJECT))


@each_project
@pytest.mark.parametrize("way", WAYS)
def test_many_random_edits_are_built_as_clean_builds_would(tmp_path: Path, way: str, *, is_typed: bool) -> None:
    for seed in _seeds():
        folder = tmp_path / str(seed)
        assert_edits_are_built_as_clean_builds_would(folder, seed, _EDITS_OF_A_PROJECT, way=way, is_typed=is_typed)


@each_project
def test_many_random_edits_are_watched_as_clean_builds_would(tmp_path: Path, *, is_typed: bool) -> None:
    for seed in _seeds():
        folder = tmp_path / str(seed)
        assert_edits_are_watched_as_clean_builds_would(folder, seed, _EDITS_OF_A_PROJECT, is_typed=is_typed)
