"""The native library takes the stamps of many files, the same as Python."""

import os
import shutil
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.cache import library_stamps as asked
from buildassets.compiler.cache.library_stamps import library_stamps
from buildassets.compiler.cache.stamps import NOTHING, signature, stamps_of
from buildassets.compiler.languages import native
from buildassets.compiler.languages.native import library
from buildassets.compiler.languages.native.library_file import NAME
from tests.conftest import lexers_in_python, need_library, write_tree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere Python takes all stamps")


def by_python(names: Sequence[str]) -> "array[int]":
    return array("q", [number for name in names for number in signature(name) or NOTHING])


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Paths of all that a path can lead to."""
    folder = write_tree(
        tmp_path_factory.mktemp("odd"), {"a": "a", "folder/b": "", "\udcff \n ü": "c", "old": "", "new": ""}
    )
    os.utime(folder / "old", ns=(1, -1_500_000_000))
    os.utime(folder / "new", ns=(1, 7_258_118_400_123_456_789))
    with open(folder / "sparse", "wb") as sparse:
        sparse.truncate(5 << 32)
    for name, target in {"link": "a", "astray": "none", "round": "round", "to folder": "folder"}.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe")
    names = ["", "absent", "a/", "a/b", "x" * 300, "x/" * 3000, "folder/../a", *os.listdir(folder), "folder/b"]
    return ["", "/", ".", "pyproject.toml", *(f"{folder}/{name}" for name in names)]


@given(st.data())
def test_stamps_are_those_that_python_takes(odd: list[str], data: st.DataObject) -> None:
    need_library()
    names = data.draw(st.lists(st.sampled_from(odd)))
    for count in (1, 300):
        assert library_stamps(names * count) == by_python(names * count)


def test_of_many_files_each_has_its_own(tmp_path: Path) -> None:
    need_library()
    names = [f"{tmp_path}/{number}" for number in range(9000)]
    for name in names[::2]:
        Path(name).touch()
    assert library_stamps(names) == by_python(names) == stamps_of(names)


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "\0"])
def test_a_name_that_no_file_can_have_leaves_it_to_python(tmp_path: Path, name: str) -> None:
    write_tree(tmp_path, {"a": "a"})
    names = [f"{tmp_path}/a", f"{tmp_path}/{name}"] * 2000
    assert library_stamps(names) is None
    assert stamps_of(names) == by_python(names)


def test_without_the_library_python_takes_them(tmp_path: Path) -> None:
    names = [str(tmp_path)] * 3000
    with lexers_in_python():
        assert library_stamps(names) is None
        assert stamps_of(names) == by_python(names)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse to load it")
@pytest.mark.parametrize("kind", ["absent", "text", "cut off", "of other sources"])
def test_a_library_that_is_not_as_it_should_be_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    need_library()
    whole = Path(library.__file__).with_name(NAME)
    there = tmp_path / NAME
    if kind == "text":
        there.write_text("none")
    elif kind == "cut off":
        there.write_bytes(whole.read_bytes()[:-5000])
    elif kind == "of other sources":
        shutil.copy(whole, there)
        monkeypatch.setattr(asked, "SOURCES", "0123456789abcdef")
    monkeypatch.setattr(native, "__path__", [str(tmp_path)])
    names = [str(tmp_path)] * 3000
    assert library_stamps(names) is None
    assert stamps_of(names) == by_python(names)
