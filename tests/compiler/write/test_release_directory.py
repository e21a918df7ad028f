"""The release directory: what is in it before, while and after a release is put there."""

from pathlib import Path

import pytest

from buildassets.compiler.body import left_on_disk
from buildassets.compiler.write.release_directory import release_directory
from buildassets.errors import BuildError
from buildassets.foundation.permission import BUILDING
from tests.conftest import read_tree, write_tree

pytestmark = pytest.mark.usefixtures("each_lexer")

MANY = {f"folder{number % 7}/{number:03}.{number}.js": b"%d;" % number * number for number in range(300)}
FILES = {"css/app.1.css": b"a {}", "css/deep/b.2.css": b"b {}", "logo.3.svg": b"<svg/>"}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "build"


def released(files: dict[str, bytes]) -> dict[str, bytes]:
    return {**{f"assets/{name}": content for name, content in files.items()}, "manifest.json": b"{}"}


def test_the_files_of_a_first_release_come_at_once(output: Path) -> None:
    with release_directory(str(output), is_lasting=True, permission=BUILDING) as release:
        for name, content in FILES.items():
            release.take_in(name, content)
        assert not (output / "assets").exists()
        names = release.finish(b"{}")
    assert read_tree(output) == released(FILES)
    assert names == (*sorted(f"assets/{name}" for name in FILES), "manifest.json")


def test_a_first_release_holds_what_was_written_elsewhere(output: Path) -> None:
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        release.take_in("a.1.css", b"a {}")
        Path(place := release.place()).write_bytes(b"gzip")
        release.take_over("new/a.1.css.gz", place)
        release.finish(b"{}", {"list.json": b"[]"})
    assert read_tree(output) == released({"a.1.css": b"a {}", "new/a.1.css.gz": b"gzip", "list.json": b"[]"})


def test_a_folder_that_is_made_meanwhile_keeps_its_files(output: Path) -> None:
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        release.take_in("css/app.1.css", b"a {}")
        write_tree(output, {"assets/css/other.css": "b {}"})
        release.finish(b"{}")
    assert read_tree(output) == released({"css/app.1.css": b"a {}", "css/other.css": b"b {}"})


def test_a_link_that_is_planted_meanwhile_is_not_followed(output: Path, tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        release.take_in("app.1.css", b"a {}")
        (output / "assets").symlink_to(elsewhere)
        with pytest.raises(OSError, match="symbolic link"):
            release.finish(b"{}")
    assert read_tree(elsewhere) == {}
    assert not (output / "manifest.json").exists()


def test_a_file_that_is_taken_in_twice_holds_what_came_last(output: Path) -> None:
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        for content in (b"first", b"second"):
            release.take_in("css/app.1.css", content)
        release.take_in("b.2.css", b"b {}")
        release.finish(b"{}")
    assert read_tree(output) == released({"css/app.1.css": b"second", "b.2.css": b"b {}"})


def test_a_name_that_the_disk_refuses_leaves_nothing(output: Path) -> None:
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        release.take_in("a.1.css", b"a {}")
        release.take_in("x" * 300, b"b {}")
        with pytest.raises(OSError, match="too long") as refused:
            release.finish(b"{}")
    assert refused.value.filename == str(output / "assets" / ("x" * 300))
    assert list(output.iterdir()) == []


def test_many_files_are_as_they_were_given(output: Path) -> None:
    for _ in range(2):
        with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
            for name, content in MANY.items():
                release.take_in(name, content)
            assert release.content("folder6/006.6.js") == b"6;" * 6
            release.finish(b"{}")
        assert read_tree(output) == released(MANY)


def test_many_files_join_those_of_the_release_before(output: Path) -> None:
    write_tree(output, {"assets/folder0/000.0.js": "another", "assets/folder0/kept.js": "kept"})
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        for name, content in MANY.items():
            release.take_in(name, content)
        release.finish(b"{}")
    assert read_tree(output) == released({**MANY, "folder0/kept.js": b"kept"})


def test_of_two_files_with_one_name_among_many_the_last_counts(output: Path) -> None:
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        for name, content in (*MANY.items(), *((name, b"last") for name in MANY)):
            release.take_in(name, content)
        release.finish(b"{}")
    assert read_tree(output) == released(dict.fromkeys(MANY, b"last"))


def test_a_name_among_many_that_the_disk_refuses_leaves_nothing(output: Path) -> None:
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        for name, content in {"x" * 300: b"x", **MANY}.items():
            release.take_in(name, content)
        with pytest.raises(OSError, match="too long") as refused:
            release.finish(b"{}")
    assert refused.value.filename == str(output / "assets" / ("x" * 300))
    assert list(output.iterdir()) == []


def test_sources_that_are_left_on_disk_are_released_like_any_other(output: Path, tmp_path: Path) -> None:
    write_tree(tmp_path / "source", {name: content.decode() for name, content in MANY.items()})
    with release_directory(str(output), is_lasting=False, permission=BUILDING) as release:
        for name in MANY:
            release.take_in(name, left_on_disk(str(tmp_path / "source" / name), name))
        release.finish(b"{}")
    assert read_tree(output) == released(MANY)


def test_a_source_that_is_left_on_disk_must_not_change(output: Path, tmp_path: Path) -> None:
    (source := tmp_path / "a.css").write_text("a {}")
    body = left_on_disk(str(source), "a.css")
    source.write_text("b {}")
    with (
        release_directory(str(output), is_lasting=False, permission=BUILDING) as release,
        pytest.raises(BuildError) as refused,
    ):
        release.take_in("a.1.css", body)
    assert [fault.code for fault in refused.value.diagnostics] == ["source/changed"]
    assert read_tree(output) == {}
