"""Statements read by patterns mean the same as their tokens."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.css.minify import _plain_statement, _read_statement, _Statement
from tests.compiler.languages.css.test_minify import DIFFERENT, SAME, SHEETS

PLAIN = [
    "color: red;",
    " margin : 0 auto -.5px +1e2px !important }",
    "a:b;",
    "a: 1.5em/2 f( x , 1px+2px ) , #fff }",
    "width: calc( 100% - var( --a , 2px ) * 3 );",
    "width: calc(1px - -2px);",
    "--a: { b } ;",
    "--a: b c , d( e ) ! important;",
    "--a:;",
    "--a: ;",
    "grid-area: 1 / 2;",
    "a: 1 /* b */ 2;",
    "a: b/**/c;",
    "a: 1e3 1e-3 1px-2 1-2;",
    "a: url( b ) style( c );",
    "a: f(b;",
    "a: f(b));",
    "a: b !important c;",
    "initial-value : { a } ;",
    ".a > .b + #c ~ * , d:hover::before .e{",
    "\n.a\n.b{",
    "50% , 60.5%{",
    "> a{",
    "a > > b{",
    ".5a{",
    "a:not( .b ){",
    "a , {",
    "a: b{",
    "a+3.5%{",
    "a + .5{",
    "result:a{",
    "Initial-Value :a{",
    "*zoom : 1;",
    "unicode-range: u+0025-00ff;",
    "a: - 1;",
    "a: + b;",
    "a: ( b );",
    "  }",
    ";",
]
WORDS = "a -b --c #d 1 2px 3.5% .5 + - * / , ( ) f( var( g( !important ! e3 e-3 % : . ' /**/ \\ é ; { } url( style("
VALUES = st.lists(st.sampled_from([" ", " ", "\n", *WORDS.split()]), max_size=14).map("".join)


def fields_of(statement: _Statement) -> tuple[Any, ...]:
    return (
        statement.entries(),
        statement.terminator,
        statement.lead,
        statement.nested,
        statement.is_empty,
        statement.is_declaration,
    )


def agree(text: str, *, nested: bool) -> None:
    """Compare both readings of every statement of `text`."""
    position = 0
    while True:
        by_tokens, end = _read_statement(text, position, nested)
        if plain := _plain_statement(text, position, nested):
            assert (fields_of(plain[0]), plain[1]) == (fields_of(by_tokens), end)
        if not by_tokens.terminator:
            return
        position = end


@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("text", [*PLAIN, *(text for pair in (*SAME, *DIFFERENT) for text in pair)])
def test_patterns_agree_with_tokens(text: str, nested: bool) -> None:
    agree(text, nested=nested)


@given(SHEETS, st.booleans())
def test_patterns_agree_with_tokens_for_any_sheet(text: str, nested: bool) -> None:
    agree(text.removeprefix("\ufeff"), nested=nested)


@given(st.sampled_from(["a:", "b :", "--c:", "result:"]), VALUES, st.sampled_from([";", "}"]))
def test_patterns_agree_with_tokens_for_any_value(name: str, value: str, end: str) -> None:
    agree(name + value + end, nested=True)


@given(VALUES, st.booleans())
def test_patterns_agree_with_tokens_for_any_selector(prelude: str, nested: bool) -> None:
    agree(prelude + "{", nested=nested)


@pytest.mark.parametrize("text", ["color: red;", " a > .b , c {", "--a: b( c );", "}", ";"])
def test_plain_statements_are_known_as_such(text: str) -> None:
    assert _plain_statement(text, 0, True) is not None
