"""What the minifier must not change, judged by running each text before and after in node."""

from time import process_time

import pytest
import rjsmin

from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.registry import start_engine
from buildassets.compiler.engines.rjsmin import RjsminEngine
from tests.compiler.languages.javascript.js_programs import MODULES, SCRIPTS, Run

pytestmark = pytest.mark.usefixtures("each_lexer")

pytestmark = pytest.mark.node


def minified(text: str) -> Compiled:
    """What the engine makes of `text`."""
    return RjsminEngine().run(EngineInput(text, "/site/a.js", "a.js"))


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_minified_script_prints_the_same(text: str, run_in_node: Run) -> None:
    before = run_in_node(text, False)
    assert before
    assert not before[-1].startswith("throws")
    result = minified(text)
    assert result.diagnostics == ()
    assert run_in_node(result.text, False) == before


@pytest.mark.parametrize("text", MODULES.values(), ids=MODULES.keys())
def test_minified_module_prints_the_same(text: str, run_in_node: Run) -> None:
    before = run_in_node(text, True)
    assert before
    assert not before[-1].startswith("throws")
    result = minified(text)
    assert result.diagnostics == ()
    assert run_in_node(result.text, True) == before


def test_engine_is_in_the_list_of_engines() -> None:
    engine = start_engine("rjsmin", EngineOptions("", str))
    assert (engine.name, engine.version) == ("rjsmin", f"rjsmin {rjsmin.__version__}")
    engine.close()
    assert engine.run(EngineInput("a ;", "/site/a.js", "a.js")).text == "a;"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1 ;\n// b\nc = `x  ${ d }`", "a=1;c=`x  ${ d }`"),
        ("f ( ) // a\n\n/*! b */\ng ( )", "f()/*! b */\ng()"),
        ("class A {\n  #a = 1\n  #b = 2\n}", "class A{#a=1\n#b=2}"),
        ("\ufeff'use strict' ;\n a", "'use strict';a"),
        ("a ;\n//# sourceMappingURL=a.js.map\n", "a;"),
        ("", ""),
        ("// a\n", ""),
    ],
)
def test_minified_text_is_small(text: str, expected: str) -> None:
    assert minified(text) == Compiled(expected)


def test_string_with_a_lone_surrogate_is_minified() -> None:
    assert minified("a = '\ud800' ;").text == "a='\ud800';"


@pytest.mark.parametrize(
    ("text", "message", "line", "column", "length"),
    [
        ("a;\n  b = 'c\nd", "unclosed string", 2, 7, 2),
        ('a = "b', "unclosed string", 1, 5, 2),
        ("a = `b\nc", "unclosed template", 1, 5, 2),
        ("a = `b ${c} d", "unclosed template", 1, 11, 3),
        ("a\n/* b\nc", "unclosed comment", 2, 1, 4),
        ("a = /b\nc", "unclosed regular expression", 1, 5, 2),
        ("\ufeffa = /[b/\nc", "unclosed regular expression", 1, 5, 4),
        ("a = b @ c", "unexpected character `@`", 1, 7, 1),
        ("class C {\n  # x = 1 }", "unexpected character `#`", 2, 3, 1),
        ("a = 3in b", "unexpected character `3`", 1, 5, 1),
    ],
)
def test_bad_token_is_an_error_at_its_place(text: str, message: str, line: int, column: int, length: int) -> None:
    (diagnostic,) = minified(text).diagnostics
    place = diagnostic.location
    assert place is not None
    assert (diagnostic.is_error, diagnostic.code, diagnostic.message) == (True, "js/syntax", message)
    assert (place.file, place.line, place.column, place.length) == ("a.js", line, column, length)


@pytest.mark.parametrize("text", ["@a class B {}", "class A { @(b.c) d() {} }", "export @\u0061b class C {}"])
def test_decorator_is_an_error_with_the_engines_that_take_it(text: str) -> None:
    (diagnostic,) = minified(text).diagnostics
    assert diagnostic.notes == ("rjsmin minifies no scripts with decorators",)
    assert diagnostic.hint == (
        'set `js = "esbuild"` under `[tool.buildassets.engines]` and `browsers`, for which it translates decorators; '
        'or `js = "none"`'
    )


def test_stray_character_is_not_a_decorator() -> None:
    (diagnostic,) = minified("a = b @ c").diagnostics
    assert (diagnostic.notes, diagnostic.hint) == ((), "remove it, or put it in quotes")


def test_text_without_proof_is_left_whole_with_a_warning() -> None:
    text = "<!-- a\n/b//*\n*/export {}"  # as a script and as a module two programs, and none that a browser takes
    result = minified(text)
    (diagnostic,) = result.diagnostics
    assert (diagnostic.is_error, diagnostic.code) == (False, "js/unproven")
    assert result.text == text


def test_suffix_of_modules_decides_the_grammar() -> None:
    text = "a = await /b  c/ ;"
    assert RjsminEngine().run(EngineInput(text, "/site/a.mjs", "a.mjs")).text == "a=await/b  c/;"


@pytest.mark.parametrize("text", ["a ( 1 ) ;", "`${ `", "(", "/*! a */", "{ [ (", "x = { a : /b/ } ;"])
def test_megabytes_on_one_line_take_time_in_proportion(text: str) -> None:
    started = process_time()
    small = minified(text * 1_000)
    once = process_time() - started
    large = minified(text * 20_000)
    assert process_time() - started - once < 60 * once + 1
    assert len(large.text) > len(small.text) or large.diagnostics
