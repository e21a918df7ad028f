"""The engine `builtin`: shorter sheets that an independent parser reads alike, and warnings for what browsers drop."""

import pytest

from buildassets._version import __version__
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.registry import start_engine
from buildassets.compiler.engines.sheets import SheetEngine
from buildassets.foundation.diagnostics import render_text
from tests.conftest import watchdog
from tests.css_trees import tree

pytestmark = pytest.mark.usefixtures("each_lexer")


def result_of(text: str) -> Compiled:
    return SheetEngine().run(EngineInput(text, "/app/assets/css/a.css", "assets/css/a.css"))


HAZARDS = [
    'a{background:url("a b.png")}',
    "a{background: url( 'a  b.png' )}",
    ".a/**/.b{c:d}",
    ".a/* x */ .b{c:d}",
    "a/**/b{c:d}",
    "a .b, a.b, a #b, #a #b, a [b], a *, * a, * + *, a > b, a ~ b, a + b { c : d }",
    "a :hover{b:c}",
    "a :not( .b ) :is(c , d) e{f:g}",
    "li:nth-child( 2n + 1 ):nth-child(even of .a .b){b:c}",
    "a{b :hover{c : d} &:hover{e : f} > g{h : i} .j &{k : l}}",
    "@media screen and (min-width : 100px) , print and (orientation:landscape){a{b:c}}",
    "@media (width >= 600px) and (400px <= height <= 700px){a{b:c}}",
    "@media screen and (min-width:0\\0){a{b:c}}",
    "a{*zoom : 1;_height : 1px;min-width:0\\0 ;color:red\\9}",
    "a{width:calc(1px + 2px);width:calc( (1px - 2px) * 3 / 4 );width:calc(1px + -2px)}",
    "a{margin:10px -5px;transform:translate( -50% , -50% ) rotate( 45deg )}",
    "a{b:var(--a) var(--b);c:var( --d , ) e;f:var(--g,h i)}",
    ":root{--a: ;--b:{c:d};--c: a , b ;--d:  'x  y'  ;--e:;--f: f( 1 , 2 ) !important;--g:[ a ] /* k */ b}",
    ":root{--a : b ! important ; c : d ! important}",
    "a{color:red!important;color:blue ! important;color:green ! /**/ important}",
    '@charset "utf-8";\n\na{b:"é"}',
    '\ufeff@charset "utf-8";\na{b:c}',
    '/* not first */@charset "utf-8";a{b:c}',
    ".\\31 0 .b{c:d}",
    ".\\31  .b{c:d}",
    ".sm\\:a\\/b .c\\(d\\) e{f:g}",
    "a{content:'\\f000';content:\"\\\"  /* x */\";content:'a\\\n  b'}",
    "@font-face{font-family:'a  b';src:url(a.eot?#iefix) format( 'eot' ) , url( a.woff )}",
    "@font-face{unicode-range: U+0025-00FF, u+4?? , U+26}",
    "<!-- a{b:c} -->",
    "@import url( a.css ) layer( x ) supports( display : grid ) screen , print;@import 'b.css';a{b:c}",
    "@namespace svg url( http://example.com/ );svg|a , *|b , |c{d:e}",
    "@supports ( display : grid ) and (not (display:inline-grid)) or selector( a > b ){a{b:c}}",
    "@container a ( width > 400px ) and style( --b : c , d ){a{b:c}}",
    "@layer a , b.c;@layer d{e{f:g}}@layer h;",
    "@keyframes a{from , 50%{b:c}to{b : d}}",
    "@page :first{margin : 1in}@page a:left{@top-left{b:c}}",
    "@property --a{syntax:'*';inherits : false;initial-value: a , b}",
    "@scope (.a :hover) to ( .b > .c ){d{e:f}}",
    "a{grid-template:[ a ] 'b  c' 1fr [ d e ] / auto;grid-area:1 / 2 / 3}",
    "a{filter:progid:DXImageTransform.Microsoft.gradient( startColorstr='#80000000' , endColorstr='#80000000' )}",
    "a{filter:alpha( opacity = 50 );src:local( 'a' )}",
    "a[ b ]{c:d}a[b = 'c' i]{d:e}a[b~='c'] [d|=e]{f:g}",
    "a{font:12px/1.5 'a b' , c;font:italic bold 1em / 2 d}",
    "a{b:c;;d:e;}f{;g:h}i{}",
    "a{b:c}}d{e:f}",
    "a{b:(c;d:e}f{g:h}",
    "a{b:c",
    "a{b:'c",
    "a{b:url(c",
    "a{b:c}/* open",
    "a{b:'c\nd:e}f:g}",
    "a{b:url(c d);e:f}",
    "a{b:c}\r\n\r\nd{e:f}\f g{h:i}\r",
    "a{b:\x00c  d}",
    "",
    " \n ",
    "/* nothing */",
]


@pytest.mark.parametrize("text", HAZARDS)
def test_a_parser_reads_the_shorter_sheet_alike(text: str) -> None:
    minified = result_of(text).text
    assert tree(minified) == tree(text)
    assert len(minified) <= len(text)


@pytest.mark.parametrize("text", HAZARDS)
def test_minifying_twice_changes_nothing(text: str) -> None:
    minified = result_of(text).text
    assert result_of(minified).text == minified


@pytest.mark.parametrize(
    ("text", "minified"),
    [
        ("a > b {\n  c: d;\n}\n", "a>b{c:d}"),
        ('a { b: url( "c d.png" ); }', 'a{b:url("c d.png")}'),
        (".a/**/.b { c: d; }", ".a.b{c:d}"),
        (":root { --a: ; --b: c , d; }", ":root{--a: ;--b:c , d}"),
        ("/*! keep */\na { b: c }\n/* drop */", "/*! keep */a{b:c}"),
        ("a { b: c }\n/*# sourceMappingURL=a.css.map */", "a{b:c}"),
        ('@charset "utf-8";\na { b: c }', '@charset "utf-8";a{b:c}'),
        ("@layer a;\n", "@layer a;"),
    ],
)
def test_a_sheet_gets_shorter(text: str, minified: str) -> None:
    assert result_of(text).text == minified


@pytest.mark.parametrize("text", ['a{b:url("c d.png")}', ".a/**/.b{c:d}", ":root{--a: b , c}", "a{b:'c\n}"])
def test_text_that_other_minifiers_break_means_the_same(text: str) -> None:
    assert tree(result_of(text).text) == tree(text)


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("a{}\n/* open", "unclosed comment", (2, 1, 7)),
        ("a{b:'c\n}", "unclosed string", (1, 5, 2)),
        ('a{b:"c', "unclosed string", (1, 5, 2)),
        ("a{b:url(c", "unclosed `url(`", (1, 5, 5)),
        ("a{b:url(c d)}", "a URL with a space, a quote or a parenthesis in it is ignored", (1, 5, 8)),
    ],
)
def test_text_that_browsers_reject_is_reported(text: str, message: str, place: tuple[int, int, int]) -> None:
    (found,) = result_of(text).diagnostics
    assert found.location
    assert (found.code, found.message, found.is_error) == ("css/syntax", message, False)
    assert (found.location.line, found.location.column, found.location.length) == place


def test_a_warning_says_what_to_do() -> None:
    (found,) = result_of("a{}\n/* open").diagnostics
    assert render_text(found).splitlines() == [
        "warning[css/syntax]: unclosed comment",
        "  --> assets/css/a.css:2:1",
        "   |",
        "2  | /* open",
        "   | ^^^^^^^",
        "",
        "hint: close it with `*/`",
    ]


def test_a_sound_sheet_gives_no_warning() -> None:
    assert result_of("a{b:url(c\\ d) 'e' /* f */}").diagnostics == ()


def test_a_sheet_full_of_faults_gives_ten_warnings() -> None:
    assert len(result_of("a{b:'c\n}" * 1000).diagnostics) == 10


def test_lone_surrogates_are_kept() -> None:
    assert result_of("a { b: '\ud800' }").text == "a{b:'\ud800'}"


def test_the_registry_knows_the_engine() -> None:
    assert isinstance(start_engine("builtin", EngineOptions("", str)), SheetEngine)
    assert (SheetEngine.name, SheetEngine.version) == ("builtin", f"buildassets {__version__}")


SLOW = ["/*!", "/**/", "'\n", "(", "a{", "url(", "\\", "a > ", "a{--b:", "a/**/b"]


@pytest.mark.parametrize("repeated", SLOW)
def test_whatever_is_repeated_is_minified_in_linear_time(repeated: str) -> None:
    text = repeated * (100_000 // len(repeated))
    with watchdog(7):
        assert len(result_of(text).text) <= len(text)
