import os
from pathlib import Path

import pytest

from buildassets.disk.file_sets import file_set, pattern_of, set_named
from tests.conftest import write_tree

TREE = {
    "a.html": "",
    "b.txt": "",
    "deep/c.html": "",
    "deep/er/d.html": "",
    "deep/er/[x].html": "",
    ".hidden/e.html": "",
    ".f.html": "",
    "g.html~": "",
    "node_modules/p/h.html": "",
    "env/pyvenv.cfg": "",
    "env/i.html": "",
}


def found(folder: Path, glob: str) -> list[str]:
    """The files that `glob` matches, relative to `folder`."""
    _, files = file_set(str(folder), glob)
    start = f"{folder.as_posix()}/"
    assert all(path.startswith(start) for path in files)
    return [path.removeprefix(start) for path in files]


@pytest.mark.parametrize(
    ("glob", "files"),
    [
        ("*.html", ["a.html"]),
        ("**/*.html", ["a.html", "deep/c.html", "deep/er/[x].html", "deep/er/d.html"]),
        ("deep/**", ["deep/c.html", "deep/er/[x].html", "deep/er/d.html"]),
        ("deep/", ["deep/c.html", "deep/er/[x].html", "deep/er/d.html"]),
        ("*/?.html", ["deep/c.html", "env/i.html"]),
        ("**/er/**/d.html", ["deep/er/d.html"]),
        ("deep/../a.html", ["a.html"]),
        ("a.[gh]tml", ["a.html"]),
        ("deep", []),
        ("none/**/*", []),
        ("node_modules/**/*.html", ["node_modules/p/h.html"]),
        (".hidden/*", [".hidden/e.html"]),
        ("deep/er/[[]x].html", ["deep/er/[x].html"]),
    ],
)
def test_a_glob_matches_files(tmp_path: Path, glob: str, files: list[str]) -> None:
    write_tree(tmp_path, TREE)
    assert found(tmp_path, glob) == files
    assert found(tmp_path, f"{tmp_path}/{glob}") == files


def test_the_digest_is_that_of_the_names_alone(tmp_path: Path) -> None:
    one, other = write_tree(tmp_path / "one", {"t/a": "1"}), write_tree(tmp_path / "other", {"t/a": "2"})
    digests = {file_set(str(folder), "t/*")[0].digest for folder in (one, other)}
    (one / "t/a").rename(one / "t/b")
    assert len(digests) == 1
    assert file_set(str(one), "t/*")[0].digest not in digests


def test_read_folders_and_missing_folders_are_known(tmp_path: Path) -> None:
    write_tree(tmp_path, {"t/a/b": "", "t/c": ""})
    assert file_set(str(tmp_path), "t/**/*")[0].folders == (str(tmp_path / "t"), str(tmp_path / "t/a"))
    assert file_set(str(tmp_path), "no/*")[0].folders == (str(tmp_path / "no"),)


def test_a_link_to_a_file_is_matched_and_none_to_a_folder_is_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"t/a": "", "else/b": ""})
    os.symlink("a", tmp_path / "t/link")
    os.symlink("nothing", tmp_path / "t/dangling")
    os.symlink("../else", tmp_path / "t/folder")
    assert found(tmp_path, "t/**/*") == ["t/a", "t/link"]
    assert found(tmp_path, "t/folder/*") == ["t/folder/b"]


def test_link_to_itself_is_neither_file_nor_folder(tmp_path: Path) -> None:
    write_tree(tmp_path, {"t/a/b": ""})
    os.symlink("loop", tmp_path / "t/loop")
    assert found(tmp_path, "t/**") == ["t/a/b"]
    assert found(tmp_path, "t/*/*") == ["t/a/b"]


def test_a_set_is_found_again_by_its_name(tmp_path: Path) -> None:
    write_tree(tmp_path, TREE)
    one, files = file_set(str(tmp_path), "deep/**/*.html")
    assert set_named(one.name) == (one, files)
    assert Path(pattern_of(one.name)) == tmp_path / "deep/**/*.html"
