import os
from pathlib import Path

import pytest

from buildassets.files import content_of, sync, write_new


@pytest.mark.parametrize("size_bytes", [0, 1, 65_535, 65_536, 65_537, 1_000_000])
def test_a_file_is_read_as_it_was_written(tmp_path: Path, size_bytes: int) -> None:
    content = bytes(range(251)) * (size_bytes // 251 + 1)
    path = str(tmp_path / "a")
    write_new(path, content[:size_bytes])
    assert content_of(path) == content[:size_bytes]


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileExistsError):
        write_new(str(tmp_path / "a"), b"new")
    assert (tmp_path / "a").read_text() == "old"


@pytest.mark.parametrize("name", ["absent", "."])
def test_what_is_no_file_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - each system has its own words
        content_of(str(tmp_path / name))


def test_a_new_file_has_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_new(str(tmp_path / "a"), b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_syncing_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    sync(str(tmp_path))
    with pytest.raises(FileNotFoundError):
        sync(str(tmp_path / "absent"))


def test_a_file_that_claims_more_than_memory_has_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.touch()
    os.truncate(path, 1 << 42)
    with pytest.raises(OSError, match="too large"):
        content_of(str(path))
