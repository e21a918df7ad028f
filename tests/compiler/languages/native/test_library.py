"""Which lexers run: what the environment chooses, and what a library has to be."""

import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.compiler.languages.native import library
from buildassets.compiler.languages.native.library import (
    NewFiles,
    Question,
    asked,
    implementation,
    oddity,
    unmet_demand,
)
from buildassets.compiler.languages.native.library_file import NAME, SWITCH
from buildassets.compiler.languages.native.sources import SOURCES
from tests.command import exit_code
from tests.conftest import need_library, read_tree, write_tree

HOOK = runpy.run_path(str(Path(__file__).parents[4] / "native/build_hook.py"))


@pytest.fixture(autouse=True)
def found_anew() -> Iterator[None]:
    library._found.cache_clear()
    yield
    library._found.cache_clear()


def reported() -> str:
    """The warning of the library that was found."""
    found = oddity()
    assert found
    assert (found.code, found.is_error) == ("environment/native", False)
    return found.message


def test_the_digest_in_the_package_is_that_of_the_sources() -> None:
    assert HOOK["digest_of_sources"]() == SOURCES, "run `make`, and commit what it writes"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere Python writes all files")
def test_new_files_hold_what_was_given(tmp_path: Path) -> None:
    need_library()
    files = {"empty": b"", "names of any kind \udcff": b"\0\n", "large": bytes(range(256)) * 10_000}
    assert NewFiles([(f"{tmp_path}/{name}", content) for name, content in files.items()]).written() == [True] * 3
    assert read_tree(tmp_path) == files


@pytest.mark.skipif(os.name != "posix", reason="elsewhere Python writes all files")
def test_impossible_new_files_are_not_written(tmp_path: Path) -> None:
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
    monkeypatch.delenv(SWITCH, raising=False)
    library._found.cache_clear()
    monkeypatch.setattr(library, "SOURCES", "0123456789abcdef")
    assert implementation().startswith("python (")
    assert f"was made of other sources ({SOURCES}, not 0123456789abcdef)" in reported()


def test_file_that_is_not_a_library_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    (tmp_path / NAME).write_text("none")
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    assert implementation().startswith("python (")
    assert f"{NAME}` cannot be loaded: " in reported()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not load it")
@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_library_that_ends_early_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    need_library()
    monkeypatch.delenv(SWITCH, raising=False)
    whole = Path(library.__file__).with_name(NAME).read_bytes()
    (tmp_path / NAME).write_bytes(whole[: int(len(whole) * share)])
    library._found.cache_clear()
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    assert implementation().startswith("python (")
    assert f"{NAME}` is not whole" in reported()


@pytest.mark.parametrize("verb", ["build", "check"])
def test_a_command_warns_of_a_library_that_cannot_be_used(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_tree(tmp_path, {NAME: "none", "assets/a.css": "a{b:c}", "assets/a.js": "a()", "buildassets.toml": ""})
    monkeypatch.delenv(SWITCH, raising=False)
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert exit_code(verb, *(["--no-cache"] if verb == "build" else [])) == 0
        assert capfd.readouterr().err.startswith("warning[environment/native]: the native lexers are not used: `")
    (tmp_path / NAME).unlink()
    library._found.cache_clear()
    assert exit_code(verb) == 0
    assert "environment/native" not in capfd.readouterr().err


def test_a_warning_of_the_library_is_not_kept_with_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_tree(tmp_path, {NAME: "none", "assets/a.css": "a{b:c}", "buildassets.toml": ""})
    monkeypatch.delenv(SWITCH, raising=False)
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    monkeypatch.chdir(tmp_path)
    assert exit_code("build") == 0
    assert "warning[environment/native]" in capfd.readouterr().err
    (tmp_path / NAME).unlink()
    library._found.cache_clear()
    assert exit_code("build") == 0
    assert "environment/native" not in capfd.readouterr().err


def test_where_no_library_is_python_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    assert implementation() == "python (they are not installed)"


def test_demand_is_met_where_the_library_is(monkeypatch: pytest.MonkeyPatch) -> None:
    need_library()
    monkeypatch.setenv(SWITCH, "require")
    assert unmet_demand() is None


@pytest.mark.parametrize(("demand", "code"), [("yes", 1), ("require", 1), ("0", 0), ("", 0)])
def test_the_version_in_detail_judges_the_demand(
    demand: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SWITCH, demand)
    monkeypatch.setattr(library, "__file__", str(tmp_path / "library.py"))
    assert exit_code("--version", "-v") == code
    printed = capsys.readouterr()
    assert "\nlexers: python (" in printed.out
    assert ("error[environment/native]" in printed.err) == bool(code)


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
