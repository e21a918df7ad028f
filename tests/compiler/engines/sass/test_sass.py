"""What every compiler of Sass does: libsass and Dart Sass, each with the same sheets."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from buildassets.compiler.engines.process.child import ClosedError
from buildassets.compiler.engines.protocol import Compiled, Engine, EngineInput
from buildassets.compiler.engines.sass.dart import DartSassEngine
from buildassets.compiler.engines.sass.libsass import LibsassEngine
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import origin_at, read_map
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.permission import BUILDING
from tests.building import only_error
from tests.conftest import Tree, wait_for, write_tree
from tests.disk.test_plain_files import at_once, special

__all__ = ["at_once"]

Compile = Callable[..., Compiled]
SassEngine = LibsassEngine | DartSassEngine
GIVEN = EngineInput("a { b: c }", "/a.scss", "a.scss")


def compiling(engine: Engine, folder: Path) -> Compile:
    """Writes files into the folder and compiles `app.scss` (or `entry`) among them."""

    def compiled(files: Tree | str, entry: str = "app.scss") -> Compiled:
        write_tree(folder, {entry: files} if isinstance(files, str) else files)
        text = (folder / entry).read_bytes().decode()
        result = engine.run(EngineInput(text, str(folder / entry), entry))
        if any(one.is_error for one in result.diagnostics) and isinstance(engine, DartSassEngine):
            assert result.text == ""
        return result

    return compiled


def brief(diagnostic: Diagnostic) -> tuple[str, str, int, int]:
    location = diagnostic.location
    assert location is not None
    return diagnostic.code, location.file, location.line, location.column


def below(path: str, folder: Path) -> str:
    """The path of a file below `folder`, as the command line shows it."""
    return os.path.relpath(path, folder).replace(os.sep, "/")


def names(paths: tuple[str, ...], folder: Path) -> list[str]:
    return [below(path, folder) for path in paths]


def origin(compiled: Compiled, words: str) -> tuple[str, int, int] | None:
    source_map = read_map(compiled.source_map or "", Lines(compiled.text))
    return origin_at(source_map, compiled.text.index(words)) if source_map else None


@pytest.fixture(params=[LibsassEngine, partial(DartSassEngine, permission=BUILDING)], ids=["libsass", "dart-sass"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SassEngine]:
    """Each engine, with the load path `vendor`."""
    engine = request.param([str(tmp_path / "vendor")], lambda path: below(path, tmp_path), limit_seconds=30)
    yield engine
    engine.close()


@pytest.fixture
def load(engine: SassEngine) -> str:
    """How a sheet loads another whose names it uses."""
    return '@use "one" as *' if isinstance(engine, DartSassEngine) else '@import "one"'


@pytest.fixture
def compile_tree(engine: SassEngine, tmp_path: Path) -> Compile:
    return compiling(engine, tmp_path)


# What comes out


def test_sheet_is_compiled_in_expanded_style(compile_tree: Compile) -> None:
    compiled = compile_tree("$c: red; a { b { color: $c } }")
    assert (compiled.text, compiled.diagnostics) == ("a b {\n  color: red;\n}\n", ())


@pytest.mark.parametrize("source", ["", "\ufeff", "\n", "// nothing", "$a: 1;"])
def test_sheet_without_rules_is_empty_css(compile_tree: Compile, source: str) -> None:
    compiled = compile_tree(source)
    assert (compiled.text, compiled.diagnostics) == ("", ())


def test_output_beyond_ascii_names_its_charset_and_has_no_byte_order_mark(compile_tree: Compile) -> None:
    text = compile_tree("\ufeffa { b: 'é' }").text.replace("'", '"')
    assert text == '@charset "UTF-8";\na {\n  b: "é";\n}\n'


def test_indented_syntax_is_compiled(compile_tree: Compile, load: str) -> None:
    files = {"app.sass": f"{load}\n.a\n  b: $c\n", "_one.sass": "$c: red\n"}
    assert compile_tree(files, "app.sass").text == ".a {\n  b: red;\n}\n"


def test_source_map_leads_to_the_partial(compile_tree: Compile, load: str, tmp_path: Path) -> None:
    compiled = compile_tree({"app.scss": f"{load};", "_one.scss": "a {\n  é: '😀';\n  b: url(x.png);\n}"})
    assert origin(compiled, "b: url") == (str(tmp_path / "_one.scss"), 2, 2)


def test_source_map_counts_code_units(compile_tree: Compile, tmp_path: Path) -> None:
    compiled = compile_tree("/* 😀😀 */ a { b: '😀' }")
    assert origin(compiled, "a {") == (str(tmp_path / "app.scss"), 0, 11)


def test_source_map_is_not_named_in_the_text(compile_tree: Compile) -> None:
    assert "sourceMappingURL" not in compile_tree("a { b: c }").text


def test_same_sheet_gives_the_same_result(compile_tree: Compile) -> None:
    files = {"app.scss": "@import 'one'; a { b: $c }", "vendor/_one.scss": "$c: red;"}
    assert compile_tree(files) == compile_tree(files)


# What is no file


@pytest.mark.parametrize("kind", ["pipe", "link", "socket", "device"])
def test_special_file_is_an_error_and_stays_closed(compile_tree: Compile, load: str, tmp_path: Path, kind: str) -> None:
    (tmp_path / "_two.scss").symlink_to(special(kind, tmp_path))
    found = only_error(compile_tree({"app.scss": f"{load};", "_one.scss": 'a { b: c }\n@import "two";'}))
    assert brief(found) == ("scss/unreadable", "_one.scss", 2, 10)
    what = {"link": "named pipe", "pipe": "named pipe"}.get(kind, kind)
    assert found.message == f"`_two.scss` cannot be read: it is a {what} and no file"


def test_special_file_that_is_not_loaded_is_not_an_error(compile_tree: Compile, load: str, tmp_path: Path) -> None:
    for name in ("_two.scss", "three.css"):
        os.mkfifo(tmp_path / name)
    text = f'/* @import "two" */ // @use "two"\n{load}; a {{ b: "@import \'two\'" }}'
    assert compile_tree({"app.scss": text, "_one.scss": '@import url("two"), "three.css";'}).diagnostics == ()


# What they report


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ("a {\n  b: $nope;\n}", 2, 6),
        ("a {\r\n\tb: $nope;\r\n}", 2, 5),
        ("a {\r\tb: $nope;\r}", 2, 5),
        ("\ufeffa { b: $nope }", 1, 8),
        ("é { b: '😀' $nope }", 1, 12),
    ],
)
def test_error_has_its_place_in_characters(compile_tree: Compile, source: str, line: int, column: int) -> None:
    found = only_error(compile_tree(source))
    assert brief(found) == ("scss/syntax", "app.scss", line, column)
    assert found.location is not None
    start = found.location.excerpt_column - 1
    assert found.location.excerpt[start : start + found.location.length] == "$nope"
    assert found.message == "undefined variable: `$nope`"


@pytest.mark.parametrize(
    "source", ["a {", "a { b: c", "a } b", "@", "a { b: ", "#{", "@if", "@include nope;", "a { b: 1px + 1em }"]
)
def test_broken_sheet_is_one_error_with_a_place(compile_tree: Compile, source: str) -> None:
    found = only_error(compile_tree(source))
    assert brief(found)[:3] == ("scss/syntax", "app.scss", 1)
    assert not found.message[0].isupper()
    assert not found.message.endswith(".")


@pytest.mark.parametrize("rule", ['@error "Say \\"no\\".";', "@function f() { @error 'Say \"no\".' } a { b: f() }"])
def test_error_rule_is_shown_in_the_words_of_the_user(compile_tree: Compile, rule: str) -> None:
    found = only_error(compile_tree(f"a {{ b: c }}\n{rule}"))
    assert (*brief(found)[:3], found.message) == ("scss/error", "app.scss", 2, 'Say "no".')


def test_warning_is_not_shown_with_the_next_sheet(compile_tree: Compile) -> None:
    compile_tree('@warn "careful";')
    assert compile_tree("a { b: c }").diagnostics == ()


# Their processes


def test_process_that_died_idle_is_replaced(engine: SassEngine) -> None:
    first = engine.run(GIVEN)
    (process,) = engine._idle.waiting
    process._process.kill()
    process._process.wait()
    assert engine.run(GIVEN) == first


def test_close_leaves_no_process_and_no_open_file_and_nothing_is_started_after_it(engine: SassEngine) -> None:
    before = os.listdir("/dev/fd")
    engine.run(GIVEN)
    process = engine._idle.waiting[0]._process
    engine.run(EngineInput("a{" * 20_000, "/a.scss", "a.scss"))
    engine.close()
    assert process.returncode is not None
    assert os.listdir("/dev/fd") == before
    with pytest.raises(ClosedError):
        engine.run(GIVEN)


def test_threads_do_not_wait_for_one_another(engine: SassEngine) -> None:
    endless = EngineInput("@while true { $a: 1 }", "/slow.scss", "slow.scss")
    thread = threading.Thread(target=engine.run, args=(endless,))
    thread.start()
    wait_for(lambda: engine._idle.taken)
    assert engine.run(GIVEN).text
    assert thread.is_alive()
    engine.close()
    thread.join()
