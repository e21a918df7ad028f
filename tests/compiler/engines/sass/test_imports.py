from pathlib import Path

import pytest

from buildassets.compiler.engines.sass.imports import Listings, instead, loads
from tests.conftest import write_tree


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"_file.scss": "", "folder.scss/inner.scss": "", "lib/_far.scss": ""})
    (tmp_path / "_link.scss").symlink_to("_file.scss")
    (tmp_path / "_dangling.scss").symlink_to("none.scss")
    (tmp_path / "_loop.scss").symlink_to("folder.scss")
    return tmp_path


@pytest.mark.parametrize("name", ["_file", "folder", "_link", "_dangling", "_loop", "none", "none/none", "_file/none"])
def test_listings_know_the_files_that_there_are(folder: Path, name: str) -> None:
    path = folder / f"{name}.scss"
    assert Listings().exists(str(path)) == path.is_file()


def test_what_is_looked_for_is_the_same_with_listings(folder: Path) -> None:
    text = '@import "file", "far", "none", "folder", "lib/far", "dangling";'
    found = list(loads(text, str(folder / "app.scss"), [str(folder / "lib")]))
    assert list(loads(text, str(folder / "app.scss"), [str(folder / "lib")], Listings().exists)) == found
    assert any(str(folder / "lib/_none.scss") in load.resolution.absences for load in found)
    assert [text[load.start : load.end] for load in found] == [load.name for load in found]


def test_a_large_folder_is_asked_for_each_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"_file{number}.scss": "" for number in range(300)})
    listings = Listings()
    assert listings.exists(str(tmp_path / "_file299.scss"))
    assert not listings.exists(str(tmp_path / "_file300.scss"))


def test_tailwind_is_no_sheet_for_sass(tmp_path: Path) -> None:
    hint = instead("tailwindcss", str(tmp_path / "a.scss"), [str(tmp_path)], str)
    assert hint == "write it in a sheet of its own, with the suffix `.css`: Tailwind 4 compiles no Sass"
