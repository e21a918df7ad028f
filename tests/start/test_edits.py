from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from buildassets.start.edits import FileEdit, Insertion, appended, inserted, write
from tests.conftest import read_tree

PATCH = ".buildassets/init.patch"


def test_lines_are_inserted_above_the_line_that_they_name() -> None:
    assert inserted("a\nb\n", [Insertion(2, "x\ny"), Insertion(1, "z")]) == "z\na\nx\ny\nb\n"


def test_lines_at_one_place_keep_their_order() -> None:
    assert inserted("a\n", [Insertion(1, "x"), Insertion(1, "y")]) == "x\ny\na\n"


def test_a_column_counts_the_bytes_of_utf_8_as_ast_does() -> None:
    assert inserted("f('ä', b)\n", [Insertion(1, ", c", 9)]) == "f('ä', b, c)\n"


def test_columns_of_one_line_count_in_the_text_as_it_was() -> None:
    assert inserted("ab\n", [Insertion(1, "1", 1), Insertion(1, "2", 2), Insertion(1, "0")]) == "0\na1b2\n"


@pytest.mark.parametrize(("text", "after"), [("", "x\n"), ("a", "a\nx\n"), ("a\r\n", "a\r\nx\r\n")])
def test_lines_are_appended_with_the_line_ends_of_the_file(text: str, after: str) -> None:
    assert appended(text, ["x"]) == after


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ConfigError([])])
def test_all_files_are_as_they_were_where_something_stops_it(tmp_path: Path, stop: BaseException) -> None:
    (tmp_path / "a").write_text("old\n")

    def stopped() -> None:
        assert (tmp_path / "a").read_text() == "new\n"
        assert (tmp_path / PATCH).read_text().startswith("--- a/a\n+++ b/a\n")
        raise stop

    with pytest.raises((KeyboardInterrupt, ConfigError)):
        write(str(tmp_path), [FileEdit("a", "old\n", "new\n"), FileEdit("b", None, "b\n")], PATCH, stopped)
    assert read_tree(tmp_path) == {"a": b"old\n"}


def test_nothing_is_edited_where_the_patch_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".buildassets").write_text("a file")
    (tmp_path / "a").write_text("old\n")
    with pytest.raises(ConfigError, match=r"cannot write `\.buildassets/init\.patch`"):
        write(str(tmp_path), [FileEdit("a", "old\n", "new\n")], PATCH)
    assert (tmp_path / "a").read_text() == "old\n"


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("a\n")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write(str(tmp_path), [FileEdit("link.txt", "a\n", "b\n")], PATCH)
    assert (tmp_path / "real.txt").read_text() == "b\n"
    assert (tmp_path / "link.txt").is_symlink()


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(ConfigError, match="cannot write `a/b`"):
        write(str(tmp_path), [FileEdit("a/b", None, "x")], PATCH)


def test_a_file_that_is_there_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xe9")
    with pytest.raises(ConfigError, match="`a` is there"):
        write(str(tmp_path), [FileEdit("a", None, "x")], PATCH)
    assert (tmp_path / "a").read_bytes() == b"\xe9"


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfold\n")
    write(str(tmp_path), [FileEdit("a", "old\n", "new\n")], PATCH)
    assert (tmp_path / "a").read_bytes() == b"\xef\xbb\xbfnew\n"
