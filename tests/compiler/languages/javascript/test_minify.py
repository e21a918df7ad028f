"""Programs that count as the same, and the shortest form of a program."""

from itertools import pairwise
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.minify import (
    KeptToken,
    alignment,
    pieces,
    reduced,
    same_meaning,
    token_starts,
)

WORDS: Final = [
    "a", "in", "of", "return", "throw", "break", "yield", "await", "async", "let", "var", "static", "get", "class",
    "function", "x=>", "async()", "if(a)", "for(;;)", "while(a)", "do", "else", "case", "1", "2.", ".5", "0x1",
    "1n", "'s'", "`t`", "`${", "}`", "}u${", "/r/", "/r/g", "/[/]/", "#p", "#", "(", ")", "[", "]", "{", "}", ";", ",",
    ".", "?.", "...", "?", ":", "=", "=>", "==", "<", ">", "<=", "<<", "+", "-", "++", "--", "*", "**", "/", "/=",
    "%", "!", "~", "&", "&&", "??", "??=", "<!--c\n", "-->c\n", "//!k\n", "/*!k*/", "/*!k\n*/", "\\u0061", "import",
    "export",
]  # fmt: skip
GAPS: Final = (" ", "\t", "\n", "\r\n", "\u2028", "\xa0", "/*c*/", "/*c\n*/", "//c\n", " \n /*c*/ \n")
texts: Final = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=12).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)

# The tokens above after or before which no semicolon can be meant: no statement or class field ends, or begins, so.
OPERATORS: Final = frozenset(
    [";", ",", ".", "?.", "?", ":", "=", "==", "<", ">", "<=", "<<", "%", "**", "&", "&&", "??", "??="]
)
NOTHING_ENDS_WITH: Final = OPERATORS | {"(", "[", "{", "...", "=>", "+", "-", "*", "/", "/=", "!", "~"}
NOTHING_BEGINS_WITH: Final = OPERATORS | {")", "]", "}", "..."}

OTHER_PROGRAMS: Final = [
    ("a < !--b", "a<!--b"),
    ("a / /2/", "a//2/"),
    ("return/*\n*/1", "return 1"),
    ("return 1", "return\n1"),
    ("class A{#a = 1\n#b = 2}", "class A{#a=1#b=2}"),
    ("class A{a\n*b(){}}", "class A{a*b(){}}"),
    ("a\n++b", "a++b"),
    ("a++\nb", "a\n++b"),
    ("a + +b", "a++b"),
    ("case /a  b/:", "case/a b/:"),
    ("`a  b`", "`a b`"),
    ("`${a}  b`", "`${a} b`"),
    ("`${`  `}`", "`${``}`"),
    ("'a  b'", "'a b'"),
    ("a\n-->b", "a-->b"),
    ("a-->b", "a\n-->b"),
    ("1 .a", "1.a"),
    ("var \\u0061b", "var\\u0061b"),
    ("a// b\u2028c", "a"),
    ("/*! a */b", "b"),
    ("b", "/*! a */b"),
    ("a;b", "a;b;"),
    ("a;b;", "a;b"),
    ("a}\n~b", "a}~b"),
    ("a}\n'b'", "a}'b'"),
]
SAME_PROGRAMS: Final = [
    ("a = 1 ;\n\n b = 2", "a=1;b=2"),
    ("f (\n a ,\n b\n)", "f(a,b)"),
    ("a\n  .b\n  ?.c", "a.b?.c"),
    ("a =>\n{\n return a\n}", "a=>{return a}"),
    ("a\n && b\n || c", "a&&b||c"),
    ("`${\n a\n }`", "`${a}`"),
    ("a;b", "a;\nb"),
    ("/* a */ b // c", "b"),
    ("a\r\nb\u2028c", "a\nb\nc"),
    ("\ufeff a", "a"),
]


def kept(text: str) -> tuple[KeptToken, ...]:
    """The pieces of a text without bad tokens."""
    found = tuple(pieces(text))
    assume(all(piece.kind is not Kind.BAD for piece in found))
    assume(same_meaning(pieces(text, module=True), pieces(text, module=False)))
    return found


@given(texts)
def test_reduced_text_means_the_same(text: str) -> None:
    source = kept(text)
    assert same_meaning(source, pieces(reduced(source)))


@given(texts)
def test_reduced_text_cannot_be_reduced_further(text: str) -> None:
    once = reduced(kept(text))
    assert reduced(pieces(once)) == once


def lines_of_code(text: str) -> list[tuple[str, bool]]:
    """Every token of code, and whether a line end stands anywhere between it and the one before."""
    code = [token for token in tokens(text) if token.kind > Kind.HASHBANG]
    gaps = [text[one.end : other.start] for one, other in pairwise(code)]
    return [
        (text[token.start : token.end], any(mark in gap for mark in "\n\r\u2028\u2029"))
        for token, gap in zip(code, ["", *gaps], strict=False)
    ]


@given(texts)
def test_reduced_text_gains_no_line_end(text: str) -> None:
    before, after = lines_of_code(text), lines_of_code(reduced(kept(text)))
    assert all(was_ended or not is_ended for (_, was_ended), (_, is_ended) in zip(before, after, strict=True))


@given(texts)
def test_reduced_text_loses_no_line_end_that_can_matter(text: str) -> None:
    before, after = lines_of_code(text), lines_of_code(reduced(kept(text)))
    for (last, _), (word, was_ended), (_, is_ended) in zip(before, before[1:], after[1:], strict=False):
        if was_ended and not is_ended:
            is_after_opening = last in NOTHING_ENDS_WITH or last.endswith("${")
            assert is_after_opening or word in NOTHING_BEGINS_WITH or word.startswith("}")


@pytest.mark.parametrize(("before", "after"), OTHER_PROGRAMS)
def test_different_programs_have_different_meanings(before: str, after: str) -> None:
    assert not same_meaning(pieces(before), pieces(after))


@pytest.mark.parametrize(("before", "after"), SAME_PROGRAMS)
def test_the_same_program_is_recognised(before: str, after: str) -> None:
    assert same_meaning(pieces(before), pieces(after))
    assert reduced(pieces(before)) == after.replace(";\n", ";")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/*! a */\n\nb", "/*! a */b"),
        ("a\n/*! b */\nc", "a/*! b */\nc"),
        ("a /*! b\n */ c", "a/*! b\n */c"),
        ("a\n/*! b */ ; c", "a/*! b */;c"),
        ("/** @license a */ b", "/** @license a */b"),
        ("/* x\n * @preserve */ b", "/* x\n * @preserve */b"),
        ("a //! b\nc", "a//! b\nc"),
        ("a; // @license b", "a;// @license b\n"),
        ("#!/bin/node  a\n\n b", "#!/bin/node  a\nb"),
        ("a <!-- b\nc", "a<!-- b\nc"),
        ("a;\n --> b\nc", "a;\n--> b\nc"),
        ("--> b", "--> b\n"),
        ("/* a */ // b", ""),
        ("a //# sourceMappingURL=a.js.map", "a"),
        ("a //# sourceURL=a.js", "a"),
        ("a /*# sourceMappingURL=a.css.map */", "a"),
    ],
)
def test_comment_stays_or_goes(text: str, expected: str) -> None:
    assert reduced(pieces(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "var a",
        "a in b",
        "1 in b",
        "a+ +b",
        "a- -b",
        "a+ ++b",
        "a/ /b/",
        "1 .a",
        "/a/ in b",
        "a< !b",
        "return a",
        "a\nb",
    ],
)
def test_space_that_keeps_tokens_apart_stays(text: str) -> None:
    assert reduced(pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("return 'a'", "return'a'"),
        ("case /a/ :", "case/a/:"),
        ("'a' in b", "'a'in b"),
        ("return `a`", "return`a`"),
        ("a = - b", "a=-b"),
        ("a && ! b", "a&&!b"),
        ("static #a", "static#a"),
        ("( ) => { } ", "()=>{}"),
        ("f ( ... a )", "f(...a)"),
        ("a = b / c ; d = /e  f/g . test ( g )", "a=b/c;d=/e  f/g.test(g)"),
        ("if (a) /b  c/.test(d)\nelse e / f", "if(a)/b  c/.test(d)\nelse e/f"),
        ("}\n/a  b/.c()", "}\n/a  b/.c()"),
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
def test_space_that_keeps_nothing_apart_goes(text: str, expected: str) -> None:
    assert reduced(pieces(text)) == expected


@given(texts)
def test_tokens_are_aligned_with_those_of_the_source(source: str) -> None:
    minified = reduced(pieces(source))
    assume(same_meaning(pieces(source), pieces(minified)))
    pairs = list(alignment(minified, source))
    assert [here for here, _ in pairs] == token_starts(minified)
    assert [there for _, there in pairs] == token_starts(source)
    assert all(minified[here] == source[there] for here, there in pairs)
