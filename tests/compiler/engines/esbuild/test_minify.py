"""What esbuild makes of scripts and modules, what is checked of it, and what is reported."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from buildassets.compiler.engines.esbuild.command import EsbuildCommand, find_esbuild
from buildassets.compiler.engines.esbuild.minify import EsbuildEngine
from buildassets.compiler.engines.process.child import ClosedError
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.registry import start_engine
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import origin_at, read_map
from buildassets.errors import BuildError
from buildassets.foundation.frozen import replace
from buildassets.foundation.permission import BUILDING
from buildassets.programs.start import Permitted
from tests.building import only
from tests.compiler.languages.javascript.js_programs import MODULES, SCRIPTS, Run
from tests.corpus.packages import node_modules

pytestmark = pytest.mark.corpus  # esbuild is one of the packages


@pytest.fixture(scope="module")
def command() -> EsbuildCommand:
    """The esbuild of the packages."""
    return find_esbuild(str(node_modules()), permission=BUILDING)


@pytest.fixture(scope="module")
def engine(command: EsbuildCommand) -> Iterator[EsbuildEngine]:
    """An engine for no browsers in particular."""
    with closing(EsbuildEngine(command)) as started:
        yield started


def minified(engine: EsbuildEngine, text: str, path: str = "/site/a.js") -> Compiled:
    """What the engine makes of `text`."""
    return engine.run(EngineInput(text, path, "a.js"))


@pytest.mark.node
@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_minified_script_prints_the_same(engine: EsbuildEngine, text: str, run_in_node: Run) -> None:
    result = minified(engine, text)
    assert {found.code for found in result.diagnostics} <= {"js/warn"}
    assert run_in_node(result.text, False) == run_in_node(text, False)


@pytest.mark.node
@pytest.mark.parametrize("text", MODULES.values(), ids=MODULES.keys())
def test_minified_module_prints_the_same(engine: EsbuildEngine, text: str, run_in_node: Run) -> None:
    result = minified(engine, text)
    assert result.diagnostics == ()
    assert run_in_node(result.text, True) == run_in_node(text, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("var first = 1 ;\nlet second = 2", "var first=1;let second=2;"),
        ("function f ( long ) { return long + 1 }", "function f(n){return n+1}"),
        ("'use strict' ; f ( ) // a", '"use strict";f();'),
        ("#!/usr/bin/env node\nf ( )", "#!/usr/bin/env node\nf();"),
        ("\ufefff ( ) ;", "f();"),
        ("f ( ) ;\n//# sourceMappingURL=a.js.map\n", "f();"),
        ("f ( 'é' , '\\u00e9' )", 'f("é","é");'),
        ("a . b ??= class { c = 1 }", "a.b??=class{c=1};"),
        ("if ( process.env.NODE_ENV ) f ( )", "process.env.NODE_ENV&&f();"),
        ("export const longName = 1 ;\nimport './b.js'", 'export const longName=1;import"./b.js";'),
        ("", ""),
    ],
)
def test_minified_text_is_small_and_keeps_its_names(engine: EsbuildEngine, text: str, expected: str) -> None:
    assert minified(engine, text) == Compiled(expected)


def test_text_that_would_not_get_smaller_stays(engine: EsbuildEngine) -> None:
    assert minified(engine, "f()").text == "f()"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/*! a */\nf ( )", "/*! a */f();"),
        (
            "function f ( ) {\n  /**\n   * @license b\n   */\n  g ( ) }",
            "function f(){/**\n * @license b\n */g()}",
        ),
        ("const a = /*! b */ g ( )", "const a=g();\n/*! b */"),
        ("const a = { b : 1 , //! c\n d : 2 }", "const a={b:1,d:2};\n//! c"),
    ],
)
def test_comments_of_licences_stay(engine: EsbuildEngine, text: str, expected: str) -> None:
    assert minified(engine, text).text == expected


def test_references_stay_where_they_are(engine: EsbuildEngine) -> None:
    text = "import './b.js' ; const url = new URL( `c.png` , import.meta.url ) ; import( './d.js' ) ; export { url }"
    expected = 'import"./b.js";const r=new URL("c.png",import.meta.url);import("./d.js");export{r as url};'
    assert minified(engine, text) == Compiled(expected)


def test_reference_in_code_that_never_runs_is_not_lost(engine: EsbuildEngine) -> None:
    result = minified(engine, "f ( ) ;\nif ( false ) import( './b.js' )")
    reported = only(result)
    assert result.text == "f();if(false)import('./b.js')"
    assert (reported.code, reported.is_error) == ("js/unproven", False)
    assert reported.message == "`a.js` is minified by rjsmin and not by esbuild, whose result lacks `./b.js`"
    assert reported.location is not None
    assert (reported.location.line, reported.location.column, reported.location.length) == (2, 23, 6)


def test_reference_that_comes_from_folding_is_not_made(engine: EsbuildEngine) -> None:
    result = minified(engine, "import( './' + 'b.js' )")
    assert only(result).message.endswith("whose result refers to `./b.js`")
    assert result.text == "import('./'+'b.js')"


def test_string_with_half_a_surrogate_pair_is_left_to_rjsmin(engine: EsbuildEngine) -> None:
    result = minified(engine, "a = '\ud800' ;")
    assert only(result).code == "js/unproven"
    assert result.text == "a='\ud800';"


@pytest.mark.parametrize(
    ("text", "message", "line", "column", "length"),
    [
        ("é = 1; a\n  b c", "expected `;` but found `c`", 2, 5, 1),
        ("'𝒳é' b", "expected `;` but found `b`", 1, 6, 1),
        ("f(;", "unexpected `;`", 1, 3, 1),
        ("let a; let a", "the symbol `a` has already been declared", 1, 12, 1),
        ("a = 'b", "unterminated string literal", 1, 7, 1),
    ],
)
def test_invalid_javascript_is_an_error_at_its_place(
    engine: EsbuildEngine, text: str, message: str, line: int, column: int, length: int
) -> None:
    found = only(minified(engine, text))
    assert (found.code, found.is_error, found.message) == ("js/syntax", True, message)
    assert found.location is not None
    place = found.location
    assert (place.file, place.line, place.column, place.length) == ("a.js", line, column, length)


def test_jsx_that_is_refused_has_our_hint(engine: EsbuildEngine) -> None:
    found = only(minified(engine, "a = <p>b</p>;"))
    assert (found.message, found.notes) == ("the JSX syntax extension is not currently enabled", ())
    assert found.hint == "give the file the suffix `.jsx`, by which esbuild compiles it"


def test_all_errors_of_a_text_are_reported(engine: EsbuildEngine) -> None:
    assert len(minified(engine, "let a; let a; let b; let b").diagnostics) == 2


def test_suspicious_code_is_a_warning(engine: EsbuildEngine) -> None:
    result = minified(engine, "f ( a === NaN )")
    found = only(result)
    assert (found.code, found.is_error) == ("js/warn", False)
    assert found.message == "comparison with NaN using the `===` operator here is always false"
    assert result.text == "f(a===NaN);"


def test_suspicious_code_in_packages_is_not_reported(engine: EsbuildEngine) -> None:
    assert minified(engine, "f ( a === NaN )", "/site/node_modules/b/a.js").diagnostics == ()


def test_html_comment_does_not_cause_a_warning(engine: EsbuildEngine) -> None:
    assert minified(engine, "<!--\nf ( )\n-->") == Compiled("f();")


def test_script_is_translated_for_the_browsers_though_it_gets_longer(command: EsbuildCommand) -> None:
    with closing(EsbuildEngine(command, ("chrome 70", "safari 12"))) as engine:
        result = minified(engine, "a?.b")
    assert result == Compiled("a==null||a.b;")


def test_syntax_that_cannot_be_translated_is_an_error(command: EsbuildCommand) -> None:
    with closing(EsbuildEngine(command, ("chrome 30",))) as engine:
        result = minified(engine, "class A { static { f() } }")
    assert {found.code for found in result.diagnostics} == {"js/syntax"}
    assert "chrome30" in result.diagnostics[0].message


def test_reference_that_translating_removes_is_kept_and_reported(command: EsbuildCommand) -> None:
    with closing(EsbuildEngine(command, ("chrome 61",))) as engine:
        result = minified(engine, "f ( new URL( 'b.png' , import.meta.url ) )")
    reported = only(result)
    assert result.text == "f(new URL('b.png',import.meta.url))"
    assert (reported.code, reported.notes) == ("js/unproven", ("so it is not translated for `browsers`",))


def test_module_by_its_suffix_is_a_module(engine: EsbuildEngine) -> None:
    assert minified(engine, "await f ( )", "/site/a.mjs").text == "await f();"


def test_source_map_leads_back_to_what_was_written(engine: EsbuildEngine) -> None:
    text = "\ufeff// a\n'😀' ; first ( ) ;\n  second ( ) ;"
    result = engine.run(EngineInput(text, "/site/a b.js", "a b.js", wants_source_map=True))
    assert result.text == '"😀";first(),second();'
    assert result.source_map is not None
    source_map = read_map(result.source_map, Lines(result.text))
    assert source_map is not None
    assert origin_at(source_map, result.text.index("first")) == ("/site/a b.js", 1, 7)
    assert origin_at(source_map, result.text.index("second")) == ("/site/a b.js", 2, 2)


def test_longer_result_is_shipped_unminified_with_its_source_map(engine: EsbuildEngine) -> None:
    result = engine.run(EngineInput("f()", "/site/a.js", "a.js", wants_source_map=True))
    assert result.text == "f();"
    assert result.source_map is not None


def test_script_that_rjsmin_minifies_instead_has_a_source_map(engine: EsbuildEngine) -> None:
    result = engine.run(EngineInput("if ( false ) import( './b.js' )", "/site/a.js", "a.js", wants_source_map=True))
    assert result.source_map is not None
    assert only(result).code == "js/unproven"


def test_megabyte_is_minified(engine: EsbuildEngine) -> None:
    text = "".join(f"function f{number} ( first ) {{ return 'a  b' + first }}\n" for number in range(20_000))
    expected = "".join(f'function f{number}(n){{return"a  b"+n}}' for number in range(20_000))
    assert minified(engine, text) == Compiled(expected)


def test_many_threads_get_each_their_own_text(engine: EsbuildEngine) -> None:
    with ThreadPoolExecutor(8) as threads:
        texts = list(threads.map(lambda number: minified(engine, f"f ( {number} )").text, range(200)))
    assert texts == [f"f({number});" for number in range(200)]


def test_closed_engine_starts_nothing(command: EsbuildCommand) -> None:
    engine = EsbuildEngine(command)
    assert minified(engine, "f ( )").text == "f();"
    engine.close()
    with pytest.raises(ClosedError):
        minified(engine, "f ( )")


def test_process_that_died_in_between_is_replaced(command: EsbuildCommand) -> None:
    with closing(EsbuildEngine(command)) as engine:
        minified(engine, "f ( )")
        (process,) = engine._idle.waiting
        process._process.kill()
        process._process.wait()
        assert minified(engine, "g ( )").text == "g();"


def test_text_that_takes_too_long_is_given_up(command: EsbuildCommand) -> None:
    with closing(EsbuildEngine(command, limit_seconds=0.000_01)) as engine:
        found = only(minified(engine, "f ( ) ;" * 200_000))
    assert (found.code, found.is_error) == ("js/crash", True)
    assert "did not finish in 1e-05 seconds" in found.message


def program(path: Path, *lines: str) -> EsbuildCommand:
    """A shell script in the place of esbuild."""
    path.write_text("\n".join(("#!/bin/sh", *lines)))
    path.chmod(0o755)
    return EsbuildCommand(Permitted((str(path),)), "0.28.0", "PATH")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("exit 3",), "esbuild crashed (exit status 3)"),
        (("kill -9 $$",), "esbuild crashed (SIGKILL)"),
        (
            ("printf '\\1\\0\\0\\0a\\6\\0\\0\\0\\1\\0\\0\\0\\2\\5'", "cat"),
            "esbuild crashed (its answer breaks esbuild's protocol)",
        ),
    ],
)
def test_crash_is_an_error(lines: tuple[str, ...], message: str, tmp_path: Path) -> None:
    with closing(EsbuildEngine(program(tmp_path / "esbuild", *lines))) as engine:
        found = only(minified(engine, "f ( )"))
    assert (found.code, found.message) == ("js/crash", message)


LIAR = """import os, subprocess, sys
child = subprocess.Popen(sys.argv[3:], stdout=subprocess.PIPE)
while chunk := os.read(child.stdout.fileno(), 1 << 16):
    os.write(1, chunk.replace(sys.argv[1].encode(), sys.argv[2].encode()))
"""


@pytest.mark.parametrize(
    ("text", "lie", "complaint"),
    [
        ("export const alpha = 1 ;", ("alpha", "omega"), "does not export `alpha`"),
        ("export const beta = 1 , alpha = 2 ;", ("alpha", "omega"), "does not export `alpha`"),
        ("const a = 1 ; export { a as alpha }", ("alpha", "omega"), "does not export `alpha`"),
        ("function alpha ( ) { return 1 }", ("alpha", "omega"), "does not declare `alpha`"),
        ("f ( /beta/ )", ("beta", "[b-a"), "cannot be read"),
        ("f ( /beta/ )", ("beta", "(?<b"), "has a fault: browsers refuse this regular expression"),
        ("import 'a.js' ; f ( )", ("a.js", "b.js"), "lacks `a.js`"),
    ],
)
def test_result_with_other_names_or_a_fault_is_not_used(
    text: str, lie: tuple[str, str], complaint: str, command: EsbuildCommand, tmp_path: Path
) -> None:
    (tmp_path / "liar.py").write_text(LIAR)
    arguments = " ".join(f"'{one}'" for one in (sys.executable, tmp_path / "liar.py", *lie, command.path))
    liar = replace(program(tmp_path / "esbuild", f'exec {arguments} "$@"'), version=command.version)
    with closing(EsbuildEngine(liar)) as engine:
        result = minified(engine, text)
    assert any(complaint in found.message for found in result.diagnostics[:1]), result.diagnostics
    assert result.diagnostics[0].code == "js/unproven"
    assert "beta" in result.text or "alpha" in result.text or "a.js" in result.text


def test_program_that_is_gone_is_an_error(tmp_path: Path) -> None:
    command = program(tmp_path / "esbuild", "exit 3")
    os.unlink(command.path)
    assert only(minified(EsbuildEngine(command), "f ( )")).message.endswith(
        "cannot be started: no such file or directory"
    )


def test_engine_is_in_the_list_of_engines(command: EsbuildCommand) -> None:
    with closing(start_engine("esbuild", EngineOptions(str(node_modules()), str))) as engine:
        assert (engine.name, engine.version) == ("esbuild", f"esbuild {command.version} (node_modules)")


def test_engine_that_is_not_there_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError) as caught:
        start_engine("esbuild", EngineOptions(str(tmp_path), str))
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("js/unavailable", "esbuild is not installed")
