"""What lightningcss makes of style sheets, what is checked of it, and what our own engine makes in its place."""

import importlib.metadata

import pytest

from buildassets.compiler.engines.lightningcss import DEFAULT_BROWSERS, LightningcssEngine, lightningcss_engine
from buildassets.compiler.engines.lightningcss_refusals import MOST_BRACKETS
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.registry import start_engine
from buildassets.errors import BuildError
from tests.building import only


def engine(*browsers: str) -> LightningcssEngine:
    """The engine for these browsers, or for those that are taken where none are named."""
    return lightningcss_engine(EngineOptions("/site", str, browsers=browsers))


def minified(text: str, *browsers: str) -> Compiled:
    """What the engine makes of `text`."""
    return engine(*browsers).run(EngineInput(text, "/site/a.css", "a.css"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a { color : #ff0000 ; }\nb { }", "a{color:red}"),
        ("a { b : c }\n/*# sourceMappingURL=a.css.map */", "a{b:c}"),
        ("\ufeffa { b : c }", "a{b:c}"),
        (".a { color: red }\n.b { color: red }", ".a,.b{color:red}"),
        ("", ""),
    ],
)
def test_sheet_gets_smaller(text: str, expected: str) -> None:
    assert minified(text) == Compiled(expected)


@pytest.mark.parametrize(
    "text",
    [
        "a{color:red;color:oklch(50% .2 240)}",
        "a{-webkit-backdrop-filter:blur(2px);backdrop-filter:blur(2px)}",
        "a{background:red;background:linear-gradient(in oklch,red,#00f)}",
        "@media (width>=100px){a{color:red}}",
        "a{-webkit-line-clamp:3;-webkit-box-orient:vertical;display:-webkit-box}",
    ],
)
def test_rules_that_the_browsers_need_stay(text: str) -> None:
    assert minified(text) == Compiled(text)


@pytest.mark.parametrize(
    ("text", "browser", "expected"),
    [
        ("@media (min-width: 100px) { a { b: c } }", "safari 15", "@media (min-width:100px){a{b:c}}"),
        ("a { height: 100vh; height: 100dvh }", "chrome 100", "a{height:100vh;height:100dvh}"),
        ("a { height: 100vh; height: 100dvh }", "chrome 109", "a{height:100dvh}"),
        ("a { inset: 0 }", "chrome 80", "a{top:0;bottom:0;left:0;right:0}"),
        ("a { user-select: none }", "safari 16.4", "a{-webkit-user-select:none;user-select:none}"),
        ("a { &:hover { b: c } }", "chrome 109", "a:hover{b:c}"),
        ("a { &:hover { b: c } }", "chrome 120", "a{&:hover{b:c}}"),
        ("a { &:hover { b: c } }", "ios 16.4", "a:hover{b:c}"),
        ("a { &:hover { b: c } }", "opera 80", "a:hover{b:c}"),
    ],
)
def test_sheet_is_translated_for_the_browsers(text: str, browser: str, expected: str) -> None:
    assert minified(text, browser) == Compiled(expected)


def test_translated_sheet_is_taken_though_it_is_longer() -> None:
    assert minified("a{user-select:none}").text == "a{-webkit-user-select:none;user-select:none}"


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a{b:c}\n@media screen and (min-width:0\\0){a{b:c}}", "invalid media query", 2, 29),
        ("a{*zoom:1}", "unexpected end of input", 1, 10),
        ("a{color red}", "unexpected token `red`", 1, 8),
        ("a{content:'𝒳é';color red}", "unexpected token `red`", 1, 21),
        (
            "a{b:c}@import 'x.css';",
            "@import rules must precede all rules aside from @charset and @layer statements",
            1,
            14,
        ),
    ],
)
def test_sheet_that_is_refused_is_minified_by_our_own_engine(text: str, message: str, line: int, column: int) -> None:
    result = minified(text + " /* x */")
    reported = next(one for one in result.diagnostics if one.code != "css/syntax")
    assert result.text == text.replace("\n", "").replace("'x.css'", "'x.css'")
    assert (reported.code, reported.is_error) == ("css/refused", False)
    assert (
        reported.message
        == f"`a.css` is minified by the engine `builtin` and not by lightningcss, which refuses it: {message}"
    )
    assert reported.location is not None
    assert (reported.location.line, reported.location.column) == (line, column)


def test_half_a_surrogate_pair_is_refused() -> None:
    result = minified("a { b : '\ud800' }")
    assert only(result).code == "css/refused"
    assert result.text == "a{b:'\ud800'}"


def test_sheet_with_a_fault_is_left_to_our_own_engine_which_reports_it() -> None:
    assert only(minified("a { b : c } /* d")).message == "unclosed comment"
    assert only(minified("a { b : c } } d { e : f }")).message == "`}` closes nothing"


def test_rule_for_one_browser_alone_stays_one() -> None:
    result = minified("_:-ms-fullscreen , a { b : c }")
    reported = only(result)
    assert result.text == "_:-ms-fullscreen,a{b:c}"
    assert reported.code == "css/unproven"
    assert reported.location is not None
    assert (reported.location.column, reported.location.length) == (1, 21)


@pytest.mark.parametrize(("opener", "closer"), [("a{", "}"), ("@media print{", "}"), ("a:not(", ")"), ("@x{", "}")])
def test_deep_brackets_do_not_end_the_process(opener: str, closer: str) -> None:
    text = opener * 20_000 + "b" + closer * 20_000
    assert "brackets in one another" in only(minified(text)).message


@pytest.mark.parametrize(
    "text",
    [
        "a{" * MOST_BRACKETS + "}" * MOST_BRACKETS,
        "a{width:" + "calc(" * (MOST_BRACKETS - 1) + "1px" + ")" * (MOST_BRACKETS - 1) + "}",
        "a" + ":not(" * MOST_BRACKETS + "b" + ")" * MOST_BRACKETS + "{}",
    ],
)
def test_brackets_that_are_deep_but_no_deeper_than_allowed_are_read(text: str) -> None:
    assert minified(text, "chrome 120").diagnostics == ()


def test_equal_references_may_be_merged_and_prefixed_ones_added() -> None:
    text = ".a{background:url(a.png)}.b{background:url(a.png)}.c{mask:url(b.svg)}"
    assert minified(text) == Compiled(".a,.b{background:url(a.png)}.c{-webkit-mask:url(b.svg);mask:url(b.svg)}")


def test_reference_that_is_overridden_is_not_lost() -> None:
    text = "a { background: url(a.png) }\na { background: url(b.png) }"
    result = minified(text)
    reported = only(result)
    assert result.text == "a{background:url(a.png)}a{background:url(b.png)}"
    assert (
        reported.message
        == "`a.css` is minified by the engine `builtin` and not by lightningcss, whose result lacks `a.png`"
    )
    assert reported.location is not None
    assert (reported.location.line, reported.location.column) == (1, 21)


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        (".a{@scope (.b){img{c:d}}}", "rule"),
        (".a{@media print{@scope (.b){img{c:d}}}}", "rule"),
        (".a{@unknown{img{c:d}}}", "`@unknown`"),
        (".a{.b{@unknown c;d:e}}", "`@unknown`"),
        (".a{@starting-style{@unknown{b:c}}}", "`@unknown`"),
        ('.a{@import "b.css";c:d}', "`@import`"),
        (".a{@namespace b url(c);d:e}", "`@namespace`"),
        ('.a{@charset "utf-8";b:c}', "`@charset`"),
        (".a{@nest .b &{c:d}}", "`@nest`"),
        (".a{@custom-media --b (c);d:e}", "`@custom-media`"),
        ('.a{@property --b{syntax:"*";inherits:false}c:d}', "`@property --b`"),
        (".a{@position-try --b{top:0}c:d}", "`@position-try --b`"),
        (".a{@apply b;c:d}", "`@apply`"),
        ("@view-transition{navigation:auto;a:b}", "`@view-transition a`"),
        ("@font-palette-values --a{font-family:b;c:d}", "`@font-palette-values --a c`"),
    ],
)
def test_rule_that_would_leave_what_is_around_it_stays_there(text: str, lost: str) -> None:
    result = minified(text)
    found = only(result)
    assert (found.code, result.text) == ("css/unproven", text)
    complaint = f"whose result has this {lost} in another place or not at all"
    assert found.message == f"`a.css` is minified by the engine `builtin` and not by lightningcss, {complaint}"


@pytest.mark.parametrize(
    "text",
    [
        ":root{--phone:+4930123;--tz:+02:00;--ratio:16+9}",
        "a{--a:1.0;--b:-0;--c:150ms;--d:42.8571428571%;--e:1e3;--f:10PX;--g:U+26}",
        "a{field-sizing:16+9;foo-bar:+02:00}",
        "a{--b:{c:+1;d:2+3}}",
        "a{--b:c\\ ;--d:+1 \\ }",
        "@media print{a{--b:16+9}}",
        '@property --a{syntax:"*";inherits:false;initial-value:+02}',
        "@container style(--x:+02){a{color:red}}",
    ],
)
def test_values_of_custom_and_unknown_properties_stay_as_written(text: str) -> None:
    assert minified(text) == Compiled(text)


def test_changed_value_in_a_known_property_leaves_the_sheet_to_our_own_engine() -> None:
    result = minified("a { margin: var(--b) 16+9 }")
    assert result.text == "a{margin:var(--b) 16+9}"
    assert "whose result has another value of `margin`" in only(result).message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a{--b: 0.50rem;--c:#FF0000;--d:rgb( 1, 2, 3 )}", "a{--b:.5rem;--c:red;--d:#010203}"),
        ("a{--b:url( 'c.png' );--d:var( --e , f )}", "a{--b:url(c.png);--d:var(--e,f)}"),
        ("a{--b:1.0;--b:+2}", "a{--b:+2}"),
        ("a{--b:+1;color:#FF0000}", "a{--b:+1;color:red}"),
    ],
)
def test_values_without_a_change_of_meaning_are_minified(text: str, expected: str) -> None:
    assert minified(text) == Compiled(expected)


def test_nested_import_is_not_an_import_where_browsers_nest() -> None:
    text = '.a{@import "b.css";c:d}'
    assert minified(text, "chrome 125") == Compiled(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".a,.b{.c{d:e}}", ":is(.a,.b) .c{d:e}"),
        (".a{@layer b{.c{d:e}}@container f (width>1px){g:h}}", "@layer b{.a .c{d:e}}@container f (width>1px){.a{g:h}}"),
        ("@media all{.a{b:c}}", ".a{b:c}"),
        (
            ".a{--b:color(display-p3 1 0 0)}",
            ".a{--b:#ff0f0e}@supports (color:color(display-p3 0 0 0)){.a{--b:color(display-p3 1 0 0)}}",
        ),
        ("@-webkit-keyframes a{from{b:c}}@keyframes a{from{b:c}}", "@keyframes a{0%{b:c}}"),
    ],
)
def test_rules_are_unnested_merged_and_added(text: str, expected: str) -> None:
    assert minified(text) == Compiled(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/*! a */ b { c : d }", "/*! a */\nb{c:d}"),
        ("b { c : d } /*! a */ e { /*! f */ g : h } /* i */", "b{c:d}e{g:h}\n/*! a */\n/*! f */"),
        ("/*! a\n */ b { c : d } /*! a\n */", "/*! a\n */\nb{c:d}\n/*! a\n */"),
    ],
)
def test_comments_of_licences_stay(text: str, expected: str) -> None:
    assert minified(text) == Compiled(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@charset "utf-8";\na { content : "é" }', '@charset "utf-8";a{content:"é"}'),
        ('@charset "utf-8";\na { content : "\\e9" }', '@charset "utf-8";a{content:"é"}'),
        ('@charset "utf-8";\na { b : c }', "a{b:c}"),
        ('a { content : "é" }', 'a{content:"é"}'),
    ],
)
def test_encoding_is_declared_where_it_was_and_matters(text: str, expected: str) -> None:
    assert minified(text) == Compiled(expected)


def test_source_map_is_made_by_our_own_engine_with_the_same_warning_for_all_sheets() -> None:
    reported = set()
    for name in ("a.css", "b.css"):
        result = engine().run(EngineInput("a { b : c }", f"/site/{name}", name, wants_source_map=True))
        assert result.source_map is not None
        reported.add(only(result))
    assert [found.code for found in reported] == ["css/no-source-map"]


@pytest.mark.parametrize("browser", ["chrome 9999", "safari 16.99", "safari 16.4.9", "firefox 115.3.1", "ios 99.1"])
def test_version_that_lightningcss_does_not_know_counts_as_the_one_before(browser: str) -> None:
    assert minified("a { b : c }", browser) == Compiled("a{b:c}")


def test_version_before_all_that_lightningcss_knows_is_an_error() -> None:
    with pytest.raises(BuildError) as caught:
        engine("chrome 109", "edge 5")
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("css/unavailable", "lightningcss knows no `edge 5`")


def test_browsers_that_are_taken_where_none_are_named_are_all_known() -> None:
    assert engine()._browsers == list(DEFAULT_BROWSERS)


def test_engine_is_in_the_list_of_engines() -> None:
    started = start_engine("lightningcss", EngineOptions("/site", str))
    version = importlib.metadata.version("lightningcss")
    assert (started.name, started.version) == ("lightningcss", f"lightningcss {version}")
    started.close()
    assert started.run(EngineInput("a { b : c }", "/site/a.css", "a.css")).text == "a{b:c}"
