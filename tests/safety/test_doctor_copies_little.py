"""`doctor` copies no more of a project's cache than builds keep there, and follows no links in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.command import release_site, run

resource = pytest.importorskip("resource")


@contextmanager
def small_files() -> Iterator[None]:
    """No file may become larger than 4 MiB in the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 22, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("target", ["/dev/zero", ".", "a large file"])
def test_cache_that_somebody_has_filled_is_not_copied(tmp_path: Path, target: str) -> None:
    site = release_site(tmp_path)
    planted = site / ".buildassets/builds" / ("ab" * 32)
    if target == "a large file":
        with open(planted, "wb") as file:
            file.truncate(1 << 34)
    else:
        planted.symlink_to(target)
    os.utime(site / "assets/css/app.css")
    with small_files():
        done = run(site, "doctor")
    assert done.returncode == 0
    assert "doctor/stale" not in done.stderr  # as the build's own notes were copied
