import os
from collections.abc import Callable
from pathlib import Path

import pytest

from buildassets.disk import files
from buildassets.disk.files import content_of, rewrite, sync, whole_file, write_new, write_whole
from tests.conftest import read_tree, write_tree


@pytest.mark.parametrize("size_bytes", [0, 1, 65_535, 65_536, 65_537, 1_000_000])
def test_file_is_read_as_it_was_written(tmp_path: Path, size_bytes: int) -> None:
    content = bytes(range(251)) * (size_bytes // 251 + 1)
    path = str(tmp_path / "a")
    write_new(path, content[:size_bytes])
    assert content_of(path) == content[:size_bytes]


@pytest.mark.skipif(os.name != "posix", reason="there are no such permissions")
def test_rewritten_file_keeps_its_permissions_and_the_link_to_it(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    rewrite(str(link), b"new")
    assert (link.is_symlink(), target.read_text(), target.stat().st_mode & 0o777) == (True, "new", 0o600)


def test_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileExistsError):
        write_new(str(tmp_path / "a"), b"new")
    assert (tmp_path / "a").read_text() == "old"


@pytest.mark.parametrize("name", ["absent", "."])
def test_reading_what_is_not_a_file_is_an_error(tmp_path: Path, name: str) -> None:
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


def refusing(times: int, winerror: int) -> Callable[..., None]:
    """`os.replace` as it is on Windows while somebody has the file open."""
    replace, left = os.replace, [times]

    def refused(new: str, path: str, **descriptors: None) -> None:
        if left[0]:
            left[0] -= 1
            fault = PermissionError(13, "in use", path)
            fault.winerror = winerror  # type: ignore[attr-defined]  # which it has on Windows
            raise fault
        replace(new, path)

    return refused


def test_a_file_that_is_open_elsewhere_is_replaced_once_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(str(tmp_path / "a"), b"old")
    monkeypatch.setattr(os, "replace", refusing(3, 32))
    write_whole(str(tmp_path / "a"), [b"n", b"ew"])
    assert read_tree(tmp_path) == {"a": b"new"}


@pytest.mark.parametrize(("times", "winerror"), [(99, 32), (1, 1)])
def test_file_that_cannot_be_replaced_stays_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, winerror: int
) -> None:
    write_whole(str(tmp_path / "a"), b"old")
    monkeypatch.setattr(os, "replace", refusing(times, winerror))
    monkeypatch.setattr(files, "sleep", lambda seconds: None)
    with pytest.raises(PermissionError):
        write_whole(str(tmp_path / "a"), b"new")
    assert read_tree(tmp_path) == {"a": b"old"}


def test_a_whole_file_is_nothing_where_its_writer_fails(tmp_path: Path) -> None:
    def write_half() -> None:
        with whole_file(str(tmp_path / "a")) as file:
            file.write(b"half")
            raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_half()
    assert read_tree(tmp_path) == {}


def test_both_writers_of_whole_files_give_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_whole(str(tmp_path / "a"), b"")
    with whole_file(str(tmp_path / "b")):
        pass
    assert len({(tmp_path / name).stat().st_mode for name in ("a", "b", "plain")}) == 1


def test_each_file_is_synced_without_a_call_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"a": "", "b/c": "", "d/e/f": ""})
    monkeypatch.delattr(os, "sync")
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    sync(str(tmp_path))
    assert len(synced) == 3
    with pytest.raises(FileNotFoundError):
        sync(str(tmp_path / "absent"))
