"""Patterns agree with the tokens of a script, or report that they do not know."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.minify import pieces, same_meaning
from buildassets.compiler.languages.javascript.reduction import Reduction, is_reduced_to, reduction
from buildassets.compiler.languages.javascript.slash import Doubt
from tests.compiler.languages.javascript.js_programs import MODULES, SCRIPTS
from tests.compiler.languages.javascript.test_minify import GAPS, OTHER_PROGRAMS, SAME_PROGRAMS, WORDS, texts


def reduction_of(text: str) -> Reduction | None:
    try:
        return reduction(text)
    except Doubt:
        return None


@given(texts)
def test_reduced_text_means_the_same(text: str) -> None:
    found = reduction_of(text)
    assume(found)
    assert found
    assert same_meaning(pieces(text), pieces(found.text()))
    assert is_reduced_to(found.text(), found)


@given(texts)
def test_text_with_a_bad_token_has_no_reduction(text: str) -> None:
    if any(token.kind is Kind.BAD for token in tokens(text)):
        assert reduction_of(text) is None


@given(st.lists(st.tuples(st.sampled_from(WORDS), *[st.sampled_from(("", *GAPS))] * 2), max_size=12))
def test_texts_of_one_reduction_mean_the_same(words: list[tuple[str, str, str]]) -> None:
    one, other = ("".join(word[0] + word[place] for word in words) for place in (1, 2))
    found = reduction_of(one)
    if found and found == reduction_of(other):
        assert same_meaning(pieces(one), pieces(other))


@pytest.mark.parametrize(("before", "after"), OTHER_PROGRAMS)
def test_other_programs_have_other_reductions(before: str, after: str) -> None:
    found = reduction_of(before)
    assert found is None or found != reduction_of(after)


@pytest.mark.parametrize(("before", "after"), [pair for pair in SAME_PROGRAMS if "".join(pair).isascii()])
def test_the_same_program_has_the_same_reduction(before: str, after: str) -> None:
    assert reduction(before) == reduction(after)


@pytest.mark.parametrize("text", [*SCRIPTS.values(), *MODULES.values()])
def test_programs_that_minifiers_break_are_reduced_or_left_to_the_tokens(text: str) -> None:
    found = reduction_of(text)
    assert found is None or same_meaning(pieces(text), pieces(found.text()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b / c ; d = /e  f/g . test ( g )", "a=b/c;d=/e  f/g.test(g)"),
        ("if (a) /b  c/.test(d)\nelse e / f", "if(a)/b  c/.test(d)\nelse e/f"),
        ("}\n/a  b/.c()", None),
        ("import a from 'b'\n/c  d/.e()", "import a from'b'\n/c  d/.e()"),
        ("`a ${ { b : `c ${ d }  e` } }  f` + g", "`a ${{b:`c ${d}  e`}}  f`+g"),
        ("a\n  .b()\n  . c", "a.b().c"),
        ("1 .a + 2. + 3 + a1 .b", "1 .a+2.+3+a1.b"),
        ("a = .5\nreturn .5", "a=.5\nreturn .5"),
        ("a ++ === b + ++ c - -d", "a++===b+ ++c- -d"),
        ("//! a\nb\n/*! c */\nd /*! e\n*/ f / /*! g */ h", "//! a\nb/*! c */\nd/*! e\n*/f/ /*! g */h"),
        ("a /* b\n */ c // d", "a\nc"),
        ("a\r\nb\r\n\r\n{ }", "a\nb\n{}"),
        ("class A { #a = 1\n#b }", "class A{#a=1\n#b}"),
        ("a = 'b\\\n  c'", "a='b\\\n  c'"),
        ("'a' in /b  c/", "'a'in/b  c/"),
        ("'a'in/b  c/", "'a'in/b  c/"),
        ("`a`in/b  c/", "`a`in/b  c/"),
        ("+ = ", "+ ="),
        (". 1", ". 1"),
    ],
)
def test_only_space_that_cannot_matter_goes(text: str, expected: str | None) -> None:
    assert reduction(text).text() == (expected if expected is not None else "}\n/a  b/.c()")


@pytest.mark.parametrize(
    "text",
    [
        "a<!--b",
        "a\n-->b",
        "a = '",
        "`${",
        "`${a",
        "/*",
        "/a\n",
        "3px",
        "@a",
        "#",
        "class C { # x = 1 }",
        "class C { #\nx }",
        "this.# /* c */ x",
        "#/*! c */x",
        "a\\u0062",
        "é",
        "'\x01'",
        "#!a",
        "a<! --b",
    ],
)
def test_ambiguous_slashes_are_left_to_the_tokens(text: str) -> None:
    with pytest.raises(Doubt):
        reduction(text)


@pytest.mark.parametrize("piece", ["a / b;", "x = [/a/, /b/g];", "'c' / 1;", "if (a) /b/.test(c);", "`d${e / f}` / 2;"])
@pytest.mark.parametrize("count", [40, 150, 1000])
def test_text_far_before_a_slash_changes_nothing(piece: str, count: int) -> None:
    text = piece * count
    found = reduction_of(text)
    assert found
    assert found.text() == reduction(piece).text() * count
    assert same_meaning(pieces(text), pieces(found.text()))
