"""What lies below a folder is removed and moved, and nothing that a link leads to."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from buildassets.disk import folders
from buildassets.disk.removal import move, remove_empty_folder, remove_file
from buildassets.foundation.permission import BUILDING, NOTHING, NotPermittedError
from tests.conftest import read_tree, write_tree

WAYS: list[Callable[[str, str], None]] = [
    lambda top, name: remove_file(top, name, permission=BUILDING),
    lambda top, name: move(top, name, "b/moved", permission=BUILDING),
    lambda top, name: move(top, "b/own", name, permission=BUILDING),
]


@pytest.fixture(params=[True, False], ids=["descriptors", "paths"], autouse=True)
def _by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(folders, "BY_DESCRIPTORS", False)


def test_file_is_removed_and_moved(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a/one": "1", "a/two": "2"})
    remove_file(str(tmp_path), "a/one", permission=BUILDING)
    move(str(tmp_path), "a/two", "b/c/two", permission=BUILDING)
    assert read_tree(tmp_path) == {"b/c/two": b"2"}


def test_link_itself_is_removed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"outside/kept": "1"})
    (tmp_path / "link").symlink_to(tmp_path / "outside")
    remove_file(str(tmp_path), "link", permission=BUILDING)
    assert read_tree(tmp_path) == {"outside/kept": b"1"}


@pytest.mark.parametrize("way", WAYS)
def test_link_on_the_way_is_not_followed(tmp_path: Path, way: Callable[[str, str], None]) -> None:
    top = write_tree(tmp_path, {"outside/kept": "1", "top/b/own": "2"}) / "top"
    (top / "a").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match="symbolic link"):
        way(str(top), "a/kept")
    assert read_tree(tmp_path / "outside") == {"kept": b"1"}


@pytest.mark.parametrize("name", ["../outside/kept", "a/../../outside/kept", "/etc/hostname", "", "a//b", "."])
@pytest.mark.parametrize("way", WAYS)
def test_name_that_leads_out_is_refused(tmp_path: Path, way: Callable[[str, str], None], name: str) -> None:
    top = write_tree(tmp_path, {"outside/kept": "1", "top/b/own": "2"}) / "top"
    with pytest.raises(OSError, match="does not lie below"):
        way(str(top), name)
    assert read_tree(tmp_path) == {"outside/kept": b"1", "top/b/own": b"2"}


def test_empty_folders_are_removed_up_to_the_first_that_is_not(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a/kept": "1"})
    (tmp_path / "a/b/c/d").mkdir(parents=True)
    remove_empty_folder(str(tmp_path), "a/b/c/d", permission=BUILDING)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "kept"]


def test_nothing_is_removed_without_the_permission(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "1"})
    with pytest.raises(NotPermittedError):
        remove_file(str(tmp_path), "a", permission=NOTHING)
    with pytest.raises(NotPermittedError):
        move(str(tmp_path), "a", "b", permission=NOTHING)
    assert read_tree(tmp_path) == {"a": b"1"}


@pytest.mark.skipif(not folders.BY_DESCRIPTORS, reason="this system has no descriptors of folders")
def test_folder_that_becomes_a_link_meanwhile_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "BY_DESCRIPTORS", True)
    top, stopped = tmp_path / "top", Event()
    write_tree(tmp_path, {"outside/kept": "1"})
    (tmp_path / "link").symlink_to(tmp_path / "outside")

    def exchange() -> None:
        while not stopped.is_set():
            for target in ("folder", "link"):
                os.rename(tmp_path / target, top / "a")
                os.rename(top / "a", tmp_path / target)

    top.mkdir()
    (tmp_path / "folder").mkdir()
    thread = Thread(target=exchange)
    thread.start()
    try:
        for _ in range(2_000):
            with pytest.raises(OSError):  # noqa: PT011 of whichever is there
                remove_file(str(top), "a/kept", permission=BUILDING)
    finally:
        stopped.set()
        thread.join()
    assert read_tree(tmp_path / "outside") == {"kept": b"1"}
