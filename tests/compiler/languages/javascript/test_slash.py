"""The code before a slash agrees with the lexer, or leaves the decision open."""

import pytest

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.slash import Doubt, divides, is_head
from tests.compiler.languages.javascript.test_lexer import DIVISIONS, REGEXPS

BEHIND_PARENTHESES = (
    ("async x => await (y) / z / 1", True),
    ("async x => await await (y) / z / 1", True),
    ("async x => { for await (y of z) /r/.test(y) }", False),
    ("async x => { for\nawait (y of z) /r/.test(y) }", False),
    ("x.for = y; await (z) / 1", True),
    ("x = y // if\n(z) / 1", True),
    ("x = y // (z)\n(z) / 1", True),
    ("if // x\n(z) /r/.test(y)", False),
    ("if // x\n  // y\n\n(z) /r/.test(y)", False),
    ("x /* if */ (z) / 1", True),
    ("if /* x */ (z) /r/.test(y)", False),
    ("x = 'y\\\n// if'\n(z) / 1", True),
    ("x = 'y\\\r\n// if'\n(z) / 1", True),
    ("x = `\n// if`\n(z) / 1", True),
    ("x = `if\n// ${\n(z) / 1}`", True),
    ("x /* if\n// y */\n(z) / 1", True),
    ("x.if (z) / 1", True),
    ("x.if\n// y\n(z) / 1", True),
)


def slashes(text: str) -> list[tuple[int, bool]]:
    """Where operators and regular expressions begin with a slash, and whether it divides."""
    kinds = Kind.PUNCTUATOR, Kind.REGEXP
    found = [token for token in tokens(text) if token.kind in kinds and text[token.start] == "/"]
    return [(token.start, token.kind is Kind.PUNCTUATOR) for token in found]


@pytest.mark.parametrize("text", [*REGEXPS, *DIVISIONS, *(text for text, _ in BEHIND_PARENTHESES)])
def test_a_slash_agrees_with_the_lexer(text: str) -> None:
    for place, expected in slashes(text):
        try:
            found = divides(text, place)
        except Doubt:
            continue
        assert found == expected


@pytest.mark.parametrize(("text", "expected"), BEHIND_PARENTHESES)
def test_a_parenthesis_is_a_head_only_behind_its_keyword(text: str, expected: bool) -> None:
    place, really_divides = next((place, kind) for place, kind in slashes(text) if ")" in text[:place])
    assert really_divides == expected
    try:
        found = is_head(text, text.rindex("(", 0, place))
    except Doubt:
        return
    assert found != expected


@pytest.mark.parametrize("before", ["await", "for await", "x.if", "x = y\n  // that is (for now) if\n  // z\n  ", "f"])
def test_most_parentheses_leave_no_doubt(before: str) -> None:
    assert is_head(f"x\n{before}(z) / 1", len(before) + 2) == (before == "for await")
