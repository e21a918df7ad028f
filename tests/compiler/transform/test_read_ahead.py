"""Files are read before their drafts are made, where the library of lexers is there."""

import os
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from buildassets.compiler.cache.stamps import signature
from buildassets.compiler.languages.native.library import FileRead, Question, asked
from buildassets.compiler.model import Source
from buildassets.compiler.transform.read_ahead import read_ahead
from buildassets.disk.files import LARGE_BYTES
from buildassets.foundation.paths import LogicalPath
from tests.conftest import lexers_in_python, need_library, write_tree


def sources(folder: Path, *names: str) -> list[Source]:
    return [Source(LogicalPath(name), str(folder / name), name, 0, name) for name in names]


def read(folder: Path, *names: str) -> list[FileRead | None]:
    given = sources(folder, *names)
    found = [*read_ahead(given, lambda _: True)]
    assert [source for source, _ in found] == given
    return [file for _, file in found]


def test_scripts_come_in_order_with_their_contents_and_surveys(tmp_path: Path) -> None:
    need_library()
    files = {f"{number}.js": f"import './{number + 1}.js'" + " " * 20_000 for number in range(250)}
    write_tree(tmp_path, files)
    for text, file in zip(files.values(), read(tmp_path, *files), strict=True):
        assert file
        assert file.content == text.encode()
        assert file.survey == asked(Question.SCRIPT_SURVEY, text)


def test_sheets_come_with_their_surveys(tmp_path: Path) -> None:
    need_library()
    files = {"a.css": "a { b: url(c.png) }", "b.css": "b {"}
    write_tree(tmp_path, files)
    surveys = [asked(Question.SHEET_SURVEY, text) for text in files.values()]
    assert [file and file.survey for file in read(tmp_path, *files)] == surveys


def test_other_files_come_without_a_survey(tmp_path: Path) -> None:
    need_library()
    write_tree(tmp_path, {"a.txt": "a {}", "b.png": b"\x89PNG\xff", "c.bin": ""})
    text, picture, nothing = read(tmp_path, "a.txt", "b.png", "c.bin")
    assert text
    assert picture
    assert nothing
    assert (text.content, text.survey, text.is_utf8) == (b"a {}", None, True)
    assert (picture.content, picture.is_utf8) == (b"\x89PNG\xff", False)
    assert nothing.content == b""


@pytest.mark.parametrize("size_bytes", [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 4095, 100_000])
def test_digests_of_files_are_those_of_hashlib(tmp_path: Path, size_bytes: int) -> None:
    need_library()
    content = bytes(number * number % 251 for number in range(size_bytes))
    write_tree(tmp_path, {"a.bin": content, "b.bin": content[::-1]})
    for file in read(tmp_path, "a.bin", "b.bin"):
        assert file
        assert file.digest in (None, sha256(file.content).hexdigest())


@pytest.mark.skipif(sys.platform == "win32", reason="stamps are not taken there")
def test_stamps_of_files_are_those_that_the_cache_compares(tmp_path: Path) -> None:
    need_library()
    write_tree(tmp_path, {"a.bin": "a", "b.bin": "bb"})
    os.utime(tmp_path / "a.bin", ns=(1, -1))
    for name, file in zip("ab", read(tmp_path, "a.bin", "b.bin"), strict=True):
        assert file
        assert file.stamp == signature(str(tmp_path / f"{name}.bin"))


@pytest.mark.parametrize("name", ["absent.js", "folder.js", "nul\0.js", "\ud800.js", "large.bin"])
def test_unreadable_file_comes_without_content(tmp_path: Path, name: str) -> None:
    need_library()
    write_tree(tmp_path, {"a.js": "a()", "z.js": "z()", "folder.js/b.js": ""})
    with open(tmp_path / "large.bin", "wb") as large:
        large.truncate(LARGE_BYTES)
    first, odd, last = read(tmp_path, "a.js", name, "z.js")
    assert first
    assert last
    assert (first.content, odd, last.content) == (b"a()", None, b"z()")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    need_library()
    write_tree(tmp_path, {"a.js": "a()"})
    os.mkfifo(tmp_path / "pipe.js")
    _, pipe = read(tmp_path, "a.js", "pipe.js")
    assert pipe is None


def test_a_source_that_is_not_wanted_comes_without_its_file(tmp_path: Path) -> None:
    need_library()
    write_tree(tmp_path, {"a.js": "a()", "engine.js": "e()", "z.js": "z()"})
    given = sources(tmp_path, "a.js", "engine.js", "z.js")
    found = [*read_ahead(given, lambda source: source.logical != "engine.js")]
    assert [file and file.content for _, file in found] == [b"a()", None, b"z()"]


def test_reading_ends_when_the_rest_is_not_taken(tmp_path: Path) -> None:
    need_library()
    files = {f"{number}.js": " " * 300_000 for number in range(20)}
    write_tree(tmp_path, files)
    taken = read_ahead(sources(tmp_path, *files), lambda _: True)
    assert next(taken)[1]
    taken.close()  # type: ignore[attr-defined]  # it is a generator
    assert [file is not None for file in read(tmp_path, *files)] == [True] * 20


def test_nothing_is_read_ahead_without_the_library(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.js": "a()", "b.js": "b()"})
    with lexers_in_python():
        assert read(tmp_path, "a.js", "b.js") == [None, None]
