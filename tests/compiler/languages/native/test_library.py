"""Which lexers run: what the environment chooses, and what a library has to be."""

import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.compiler.languages.native import library
from buildassets.compiler.languages.native.library import NewFiles, Question, asked, implementation, unmet_demand
from buildassets.compiler.languages.native.library_file import NAME, SWITCH
from buildassets.compiler.languages.native.sources import SOURCES
from tests.conftest import need_library, read_tree, write_tree

HOOK = runpy.run_path(str(Path(__file__).parents[4] / "native/build_hook.py"))


@pytest.fixture(autouse=True)
def found_anew() -> Iterator[None]:
    library._found.cache_clear()
    yield
    library._found.cache_clear()


def test_the_digest_in_the_package_is_that_of_the_sources() -> None:
    assert HOOK["digest_of_sources"]() == SOURCES, "run `make`, and commit what it writes"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere Python writes all files")
def test_new_files_hold_what_was_given(tmp_path: Path) -> None:
    need_library()
    files = {"empty": b"", "names of any kind \udcff": b"\0\n", "large": bytes(range(256)) * 10_000}
    assert NewFiles([(f"{tmp_path}/{name}", content) for name, content in files.items()]).written() == [True] * 3
    assert read_tree(tmp_path) == files


@pytest.mark.skipif(os.name != "posix", reason="elsewhere Python writes all files")
def test_what_cannot_be_a_new_file_is_left_as_it_is(tmp_path: Path) -> None:
    need_library()
    write_tree(tmp_path, {"there": "before"})
    (tmp_path / "link").symlink_to(tmp_path / "target")
    names = ["there", "new", "link", "no/folder", "x" * 300, "a\0b"]
    written = NewFiles([(f"{tmp_path}/{name}", b"now") for name in names]).written()
    assert written == [False, True, False, False, False, False]
    assert read_tree(tmp_path) == {"new": b"now", "there": b"before"}


def test_no_file_is_written_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "0")
    assert NewFiles([(f"{tmp_path}/a", b"a"), (f"{tmp_path}/b", b"b")]).written() == [False, False]
    assert read_tree(tmp_path) == {}


def test_zero_turns_the_library_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "0")
    assert implementation() == "python (`BUILDASSETS_NATIVE` is `0`)"
    assert asked(Question.ESSENCE, "a{}") is None
    assert unmet_demand() is None


def test_library_of_other_sources_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    need_library()
    library._found.cache_clear()
    monkeypatch.setattr(library, "SOURCES", "0123456789abcdef")
    with pytest.warns(RuntimeWarning, match=f"was made of other sources \\({SOURCES}, not 0123456789abcdef\\)"):
        assert implementation().startswith("python (")


def test_file_that_is_no_library_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    (tmp_path / NAME).write_text("none")
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    with pytest.warns(RuntimeWarning, match=f"the native lexers are not used: .*{NAME}` cannot be loaded: "):
        assert implementation().startswith("python (")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not load it")
@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_library_that_ends_early_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    need_library()
    monkeypatch.delenv(SWITCH, raising=False)
    whole = Path(library.__file__).with_name(NAME).read_bytes()
    (tmp_path / NAME).write_bytes(whole[: int(len(whole) * share)])
    library._found.cache_clear()
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    with pytest.warns(RuntimeWarning, match=f"{NAME}` is not whole"):
        assert implementation().startswith("python (")


def test_where_no_library_is_python_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    assert implementation() == "python (they are not installed)"


def test_demand_is_met_where_the_library_is(monkeypatch: pytest.MonkeyPatch) -> None:
    need_library()
    monkeypatch.setenv(SWITCH, "require")
    assert unmet_demand() is None


def test_demand_is_not_met_where_no_library_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "require")
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    fault = unmet_demand()
    assert fault
    assert (fault.code, fault.message) == (
        "environment/native",
        "the native lexers that `BUILDASSETS_NATIVE` requires are not there",
    )


def test_unknown_question_has_no_answer() -> None:
    need_library()
    found = library._found().library
    assert found
    assert found.answer(0, b"a", b"", 0) is None  # type: ignore[arg-type]  # a number that no question has
