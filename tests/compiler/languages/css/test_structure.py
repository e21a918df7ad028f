"""The rules of a sheet, and those that another sheet lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.css.structure import MOST_SELECTORS, TooManyError, first_lost, rules


def known(text: str) -> list[tuple[list[str], tuple[str, ...], str]]:
    """The rules, their selectors as texts."""
    return [
        (sorted(" ".join(sorted(names)) for names in rule.selectors), rule.conditions, rule.at_rule)
        for rule in rules(text)
    ]


@pytest.mark.parametrize(
    ("text", "selectors"),
    [
        (".a{b:c}", [".a"]),
        ("a#b.c[d=e]:f::g{h:i}", ["#b .c [d a"]),
        (".a,.b{c:d}", [".a", ".b"]),
        (".a,.b{.c,.d{e:f}}", [".a .c", ".a .d", ".b .c", ".b .d"]),
        (":is(.a,.b) .c{d:e}", [".a .c", ".b .c"]),
        (".a{:is(&,.b){c:d}}", [".a", ".b"]),
        (".a{.b &{c:d}}", [".a .b"]),
        (".a{.b & .c,.d{e:f}}", [".a .b .c", ".a .d"]),
        (".a:not(.b,#c,d){e:f}", ["#c .a .b"]),
        (".a:nth-child(2n + 1 of .b){c:d}", [".a .b"]),
        (".\\31 a, .b\\,c{d:e}", [".1a", ".b,c"]),
        ("/* .x, */.a/* .y */ , .b{c:d}", [".a", ".b"]),
        ("*{a:b}", [""]),
    ],
)
def test_rule_is_known_by_the_names_around_it(text: str, selectors: list[str]) -> None:
    assert known(text)[-1][0] == selectors


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".a{}.b{;}.c{.d{}}", []),
        (".a{b:c;d:e}", [([".a"], (), "")]),
        (".a{b:c;.d{e:f}g:h}", [([".a"], (), ""), ([".a .d"], (), "")]),
        (".a{--b:{c:d};}", [([".a"], (), "")]),
        ("@media print{@layer b.c{.a{d:e}}}", [([".a"], ("@media", "@layer b c"), "")]),
        (".a{@scope (.b) to (.c){d:e}}", [([".a"], ("@scope b to c",), "")]),
        ("@media all{.a{b:c}}", [([".a"], (), "")]),
        ("@-webkit-keyframes x{from{a:b}}", [([""], (), "@keyframes x")]),
        ('@keyframes "x"{from{a:b}}', [([""], (), "@keyframes x")]),
        (".a{@unknown b{c{d:e}}}", [([".a"], (), "@unknown")]),
        (".a{@import 'b';}", [([".a"], (), "@import")]),
        ('@charset "utf-8";@layer a,b;', []),
        (
            "@property --x{syntax:'*'}",
            [([""], (), "@property --x"), ([""], (), "@property --x syntax")],
        ),
        ("@page{margin:0;@top-left{a:b}}", [([""], (), "@page")]),
        (".a{b:'}';/*}*/c:url(})}", [([".a"], (), "")]),
    ],
)
def test_rules_are_listed_with_their_conditions(
    text: str, expected: list[tuple[list[str], tuple[str, ...], str]]
) -> None:
    assert known(text) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (".a{b:c}.d{b:c}", ".a,.d{b:c}"),
        (".a,.d{b:c}", ".a{b:c}.d{b:c}"),
        (".a{&:hover{b:c}}", ".a:hover{b:c}"),
        (".a,.b{.c &{d:e}}", ".c :is(.a,.b){d:e}"),
        (".a{@media print{b:c}}", "@media print{.a{b:c}}"),
        (".a{--b:c}", ".a{--b:d}@supports (e:f){.a{--b:g}}"),
        ("", "a{b:c}"),
    ],
)
def test_merged_split_and_unnested_rules_are_not_lost(before: str, after: str) -> None:
    assert first_lost(before, after) is None


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (".x{a:b} .foo { @scope (.bar) { img { c:d } } }", ".x{a:b}@scope(.bar){:scope img{c:d}}", "img"),
        (".foo{@unknown{a{b:c}}}", "@unknown{a{b:c}}", "@unknown"),
        (".foo{@import 'a';b:c}", "@import 'a';.foo{b:c}", "@import 'a'"),
        ("@media print{a{b:c}}", "a{b:c}", "a"),
        ("@layer a{b{c:d}}", "@layer e{b{c:d}}", "b"),
        ("a,b{c:d}", "a{c:d}", "a,b"),
        ("@font-face{a:b;c:d}", "@font-face{a:b}", "@font-face"),
    ],
)
def test_rule_that_left_what_is_around_it_is_lost(before: str, after: str, lost: str) -> None:
    found = first_lost(before, after)
    assert found is not None
    assert before[found.start : found.end].strip() == lost


def test_lists_that_multiply_end_the_comparison() -> None:
    nested = ".a1,.a2,.a3,.a4{.b1,.b2,.b3,.b4{"
    with pytest.raises(TooManyError):
        list(rules("".join(nested.replace("a", f"a{level}").replace("b", f"b{level}") for level in range(8))))
    assert MOST_SELECTORS < 4**16


@given(st.text(st.sampled_from(".a#b{}(),;:@&[]\"'\\/* -"), max_size=30))
def test_any_text_is_read(text: str) -> None:
    assert first_lost(text, text) is None
