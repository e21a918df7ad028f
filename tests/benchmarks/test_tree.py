from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.tree import SCRIPT, STYLE_SHEET, distinct, edit_script, edit_style_sheet, make_tree


def packages(folder: Path) -> Path:
    """A node_modules folder with one file of each of some packages, and two that no tree takes."""
    for name in (STYLE_SHEET, SCRIPT, "jquery/dist/jquery.js", "jquery/dist/package.json", "jquery/src/core.js"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("/* some text */\n")
    return folder


def test_the_first_copy_is_as_published() -> None:
    assert distinct(b"a {}", ".css", 1) == b"a {}"


@pytest.mark.parametrize("suffix", [".css", ".js", ".mjs", ".map", ".json", ".svg", ".html", ".png", ".woff2"])
def test_copies_differ_from_each_other(suffix: str) -> None:
    assert len({distinct(b"content\n", suffix, copy) for copy in range(1, 11)}) == 10


def test_a_source_map_is_still_named_at_the_end() -> None:
    assert distinct(b"f();\n//# sourceMappingURL=f.js.map", ".js", 2).endswith(b"\n//# sourceMappingURL=f.js.map")


def test_a_character_set_is_still_named_at_the_beginning() -> None:
    assert distinct(b'@charset "UTF-8";a {}', ".css", 2) == b'@charset "UTF-8";/* copy 2 */\na {}'


def test_an_interpreter_is_still_named_at_the_beginning() -> None:
    assert distinct(b"#!/usr/bin/env node\nf();", ".js", 2) == b"#!/usr/bin/env node\n/* copy 2 */\nf();"


def test_a_tree_has_what_is_published_for_browsers(tmp_path: Path) -> None:
    tree = make_tree(packages(tmp_path / "packages"), tmp_path / "tree", 1650)
    assert tree.files == (SCRIPT, "jquery/dist/jquery.js", STYLE_SHEET)
    assert tree.size_bytes == 3 * len("/* some text */\n")


def test_the_large_tree_has_ten_copies_of_the_medium_one(tmp_path: Path) -> None:
    tree = make_tree(packages(tmp_path / "packages"), tmp_path / "tree", 16500)
    assert len(tree.files) == 30
    contents = {(tmp_path / "tree" / name).read_bytes() for name in tree.files if name.endswith(STYLE_SHEET)}
    assert len(contents) == 10


@pytest.mark.parametrize("edit", [edit_style_sheet, edit_script])
def test_each_edit_appends_text_that_was_not_there(tmp_path: Path, edit: Callable[[Path, int], str]) -> None:
    folder = packages(tmp_path)
    markers = [edit(folder, number) for number in (1, 2)]
    text = "".join(path.read_text() for path in (folder / SCRIPT, folder / STYLE_SHEET))
    assert [text.count(marker) for marker in markers] == [1, 1]
