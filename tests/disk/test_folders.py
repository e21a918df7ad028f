"""Walks and makes folders as the standard library does, without recursion."""

import os
import shutil
from pathlib import Path

import pytest

from buildassets.disk.folders import NamesInFolder, files_below, make_folders, remove_temporary, walk
from tests.conftest import read_tree, write_tree


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"b/d/f": "", "b/a": "", "c": "", "a/x/y/z": "", "else/kept": ""})
    (tmp_path / "b/link").symlink_to("../else")
    (tmp_path / "a/loop").symlink_to("..")
    (tmp_path / "a/gone").symlink_to("nowhere")
    return tmp_path


def test_walk_finds_the_files_of_the_standard_walk(site: Path) -> None:
    def seen(found: object) -> list[tuple[str, list[str], list[str]]]:
        return sorted((folder, sorted(folders), sorted(files)) for folder, folders, files in found)  # type: ignore[attr-defined]

    assert seen(walk(str(site))) == seen(os.walk(site))
    assert list(walk(str(site / "c"))) == list(walk(str(site / "nothing"))) == []


def test_link_to_itself_hides_no_neighbour(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "", "b/c": ""})
    (tmp_path / "self").symlink_to("self")
    assert [(folders, sorted(files)) for _, folders, files in walk(str(tmp_path))] == [
        (["b"], ["a", "self"]),
        ([], ["c"]),
    ]


def test_folders_that_are_taken_out_are_not_walked(site: Path) -> None:
    found = []
    for folder, folders, _ in walk(str(site)):
        found.append(os.path.relpath(folder, site))
        folders[:] = [name for name in folders if name != "x"]
    assert sorted(found) == [".", "a", "b", "b/d", "else"]


def test_files_come_sorted_folder_by_folder(site: Path) -> None:
    assert list(files_below(str(site))) == ["a/gone", "a/loop", "a/x/y/z", "b/a", "b/d/f", "b/link", "c", "else/kept"]
    with pytest.raises(FileNotFoundError):
        list(files_below(str(site / "nothing")))


@pytest.mark.parametrize("path", ["new/one/two", "b/d", "b/d/new", "c", "c/new", "a/gone/new", "b/link/new", "a/gone"])
def test_folders_are_made_as_the_standard_library_makes_them(
    site: Path, tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    other = tmp_path_factory.mktemp("other") / "site"
    shutil.copytree(site, other, symlinks=True)
    faults: list[type[OSError] | None] = []
    for folder, make in ((site, make_folders), (other, lambda path: os.makedirs(path, exist_ok=True))):
        try:
            make(str(folder / path))
        except OSError as fault:
            faults.append(type(fault))
        else:
            faults.append(None)
    assert faults[0] == faults[1]
    assert sorted(map(str, (p.relative_to(site) for p in site.rglob("*")))) == sorted(
        map(str, (p.relative_to(other) for p in other.rglob("*")))
    )


def test_target_of_a_link_is_not_removed(site: Path) -> None:
    remove_temporary(str(site / "b"))
    remove_temporary(str(site / "a/loop"))
    assert not (site / "b").exists()
    assert read_tree(site).keys() == {"c", "a/x/y/z", "else/kept"}


def test_names_that_the_file_system_does_not_distinguish_are_one_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {"css/app.css": "", "css/B.css": "", "css/b.css": ""})
    (tmp_path / "CSS").mkdir()
    os.link(tmp_path / "css/app.css", tmp_path / "CSS/App.css")  # as where case does not count
    names = NamesInFolder(str(tmp_path), {"css/app.css", "css/b.css", "css/gone.css"})
    found = {name for name in ("CSS/App.css", "css/app.css", "css/B.css", "css/Gone.css", "css/c.css") if name in names}
    assert found == {"CSS/App.css", "css/app.css"}
