import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from buildassets.compiler.engines.guarded import GuardedEngine, Label
from buildassets.engines import Compiled, Diagnostic, EngineInput, Location, error
from buildassets.errors import BuildError
from tests.conftest import write_tree


class Given:
    """An engine that gives what `make` makes."""

    name = "given"
    version = "given 1"

    def __init__(self, make: Any) -> None:
        self.run = make

    def close(self) -> None:
        """Nothing is held."""


def result_of(make: Any, path: str = "/project/a.x", text: str = "words") -> Compiled:
    engine = GuardedEngine(Given(make), Label("given", "giving"), lambda path: path.removeprefix("/project/"))
    return engine.run(EngineInput(text, path, "a.x"))


def failure(make: Any) -> Diagnostic:
    """Return the one error of an engine that fails."""
    compiled = result_of(make)
    (found,) = compiled.diagnostics
    assert (compiled.text, found.code, found.location) == ("", "engine/failed", Location("a.x"))
    return found


def test_result_of_an_engine_is_passed_on() -> None:
    assert result_of(lambda given: Compiled(given.text + "!")) == Compiled("words!")


def test_a_byte_order_mark_is_kept_from_an_engine() -> None:
    assert result_of(lambda given: Compiled(given.text), text="\ufeffa").text == "a"


@pytest.mark.parametrize(
    "fault", [ValueError("no"), KeyError(), SystemExit(1), BuildError([]), RecursionError(), AssertionError()]
)
def test_an_engine_that_raises_is_an_error(fault: BaseException) -> None:
    def raise_it(given: EngineInput) -> Compiled:
        raise fault

    found = failure(raise_it)
    assert found.message == "the engine `given` of the package `giving` failed"
    assert type(fault).__name__ in found.notes[0]
    assert f"(raised in `{__name__}`, line " in found.notes[0]


def test_an_interrupt_is_nothing_that_an_engine_did() -> None:
    def interrupt(given: EngineInput) -> Compiled:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        result_of(interrupt)


def test_an_exception_that_cannot_be_shown_is_shown_nevertheless() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def raise_it(given: EngineInput) -> Compiled:
        raise MuteError

    assert "MuteError" in failure(raise_it).notes[0]


SOURCE_MAP = {"version": 3, "sources": ["a.x"], "mappings": "AAAA"}
_ODD: Any = object()


@pytest.mark.parametrize(
    ("result", "note"),
    [
        (None, "`run` gave a `NoneType`, not a `Compiled`"),
        ("text", "`run` gave a `str`, not a `Compiled`"),
        (Compiled(_ODD), "`text` is a `object`, not a `str`"),
        (Compiled("\ud800"), "`text` holds half a surrogate pair, which UTF-8 cannot"),
        (Compiled("", _ODD), "`inputs` is not a tuple of `str`"),
        (Compiled("", "a.x"), "`inputs` is not a tuple of `str`"),  # type: ignore[arg-type]  # a tuple of letters
        (Compiled("", (_ODD,)), "`inputs` is not a tuple of `str`"),
        (Compiled("", (), (Path("a"),)), "`absences` is not a tuple of `str`"),  # type: ignore[arg-type]  # a Path
        (Compiled("", asset_urls=(1,)), "`asset_urls` is not a tuple of `str`"),  # type: ignore[arg-type]  # a number
        (Compiled("", diagnostics=(_ODD,)), "`diagnostics` is not a tuple of diagnostics"),
        (Compiled("", diagnostics=(error("a/b", _ODD),)), "`diagnostics` is not a tuple of diagnostics"),
        (Compiled("", diagnostics=(Diagnostic(_ODD, "a/b", "c"),)), "`diagnostics` is not a tuple of diagnostics"),
        (Compiled("", diagnostics=(error("a/b", "c", Location("a", _ODD)),)), "`diagnostics` is not a tuple of diag"),
        (Compiled("", source_map="no"), "`source_map` is not the JSON of a source map"),
        (Compiled("", source_map=json.dumps(SOURCE_MAP | {"version": 2})), "`source_map` is not the JSON of a source"),
        (Compiled("", source_map=json.dumps(SOURCE_MAP | {"sources": [1]})), "`source_map` is not the JSON of a"),
        (Compiled("", source_map='{"version": 3}'), "`source_map` is not the JSON of a source map"),
        (Compiled("", source_map="[]"), "`source_map` is not the JSON of a source map"),
    ],
)
def test_a_result_that_breaks_the_protocol_is_an_error(result: Any, note: str) -> None:
    found = failure(lambda given: result)
    assert found.message == "the engine `given` of the package `giving` gave no result that can be used"
    assert found.notes[0].startswith(note)


def test_diagnostics_of_an_engine_are_handed_on() -> None:
    found = error("given/odd", "odd", Location("a.x", 1))
    assert result_of(lambda given: Compiled("", diagnostics=[found])) == Compiled("", diagnostics=(found,))  # type: ignore[arg-type]  # a list


def test_read_and_missing_files_are_reported(tmp_path: Path) -> None:
    write_tree(tmp_path, {"in/b.x": "\ufeffb", "c.x": "c"})

    def read(given: EngineInput) -> Compiled:
        texts = (given.read("b.x"), given.read("../c.x"), given.read(str(tmp_path / "c.x")), given.read("no.x"))
        return Compiled(repr(texts), inputs=("d.x",), absences=("../e.x",))

    compiled = result_of(read, str(tmp_path / "in/a.x"))
    assert compiled.text == "('b', 'c', 'c', None)"
    assert compiled.inputs == tuple(str(tmp_path / name) for name in ("c.x", "in/b.x", "in/d.x"))
    assert compiled.absences == tuple(str(tmp_path / name) for name in ("e.x", "in/no.x"))


def test_reading_a_file_that_is_not_text_is_an_error_there(tmp_path: Path) -> None:
    write_tree(tmp_path, {"b.x": b"\xff"})
    compiled = result_of(lambda given: Compiled(given.read("b.x")), str(tmp_path / "a.x"))
    assert [found.code for found in compiled.diagnostics] == ["source/encoding"]
    assert compiled.inputs == (str(tmp_path / "b.x"),)


def test_paths_in_a_source_map_become_absolute() -> None:
    source_map = json.dumps(SOURCE_MAP | {"sourceRoot": "src", "sources": ["a.x", "../b.x", "/c.x"]})
    compiled = result_of(lambda given: Compiled("", source_map=source_map))
    assert compiled.source_map is not None
    assert json.loads(compiled.source_map) == SOURCE_MAP | {"sources": ["/project/src/a.x", "/project/b.x", "/c.x"]}


def test_one_thread_at_a_time_calls_an_engine() -> None:
    most = running = 0
    count = threading.Lock()

    def make(given: EngineInput) -> Compiled:
        nonlocal most, running
        with count:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with count:
            running -= 1
        return Compiled("")

    engine = GuardedEngine(Given(make), Label("given", "giving"), str)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(engine.run, [EngineInput("", "/a.x", "a.x")] * 8))
    assert most == 1


def test_subclass_of_str_is_passed_on_as_str() -> None:
    class Markup(str):
        def __str__(self) -> str:
            return "another"

    where = Location(Markup("a.x"), excerpt=Markup("line"))
    found = error(Markup("code"), Markup("message"), where, notes=[Markup("note")], hint=Markup("hint"))
    made = Compiled(Markup("text"), (Markup("/i"),), (Markup("/j"),), (found,), None, (Markup("/k"),))
    compiled = result_of(lambda _: made)
    (handed,) = compiled.diagnostics
    assert handed.location is not None
    texts = (compiled.text, *compiled.inputs, *compiled.absences, *compiled.asset_urls, handed.code, handed.message)
    texts = (*texts, *handed.notes, handed.hint or "", handed.location.file, handed.location.excerpt)
    assert (compiled, {*map(type, texts)}) == (made, {str})
