"""Where patterns report that a bracket is closed, the lexer closes it, or else they say that they do not know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.javascript.brackets import DoubtAt, closing_place
from buildassets.compiler.languages.javascript.lexer import Kind, LeapingTokens, tokens
from tests.compiler.languages.javascript.js_programs import SCRIPTS
from tests.compiler.languages.javascript.test_lexer import DIVISIONS, REGEXPS

OPENERS = {")": "(", "]": "[", "}": "{"}
BODIES = (
    "a = '}' + \"}\" + `}` + '\\'}' // }\n/* } */",
    "a = `${`${{}}`}}`; b",
    "a = `}${b}}${[c(`)`)]}{`",
    "a = [1, .5, 1., 0xF, 5n, 1..b, 1e3]; #c in d; e.#f",
    "if (a(b)[c]) /[}\"]/.test(d); e = (f) / 2 + '/'",
    "for (;;) /}/g.exec(a)[0] / 2",
    "a = b\n(c) / 2 / d // '",
    "été = { é: 1 }; 日本\xa0+\u2003\ufeff1\u2028;",
    "a = b--> c; d",
    "a <!-- }\n",
    "a\n--> }\nb",
    "a = b <! --c",
    "\\u{61} = 1",
    "a = 'b\\\n}'",
    "() => ({}) / 2",
    "class A { if(a) { /}/ } static {} #b = /}/ }",
    "} /}/.test(a) {",
    "x = {} / 2; '}'",
    "a(]",
    "a = 3in b",
    "@a",
    "'a",
    "`a",
    "`${a",
    "`${a]}`",
    "a = /b\n",
    "/* a",
    "a\n/* '",
    "// a }",
    "#",
    "a = 1 /",
)


def closed_by_tokens(text: str, start: int) -> int | None:
    """Where the lexer closes the bracket at `start`; None where what it holds is bad or not in balance."""
    opened: list[str] = []
    for kind, place, end in tokens(text):
        word = text[place:end]
        if place < start:
            continue
        if kind is Kind.BAD:
            return None
        if kind is Kind.TEMPLATE:
            if word[0] == "}" and opened.pop() != "`":
                return None
            opened += ["`"] * (word[-1] == "{")
        elif kind is Kind.PUNCTUATOR and word in "([{":
            opened.append(word)
        elif kind is Kind.PUNCTUATOR and word in OPENERS:
            if opened.pop() != OPENERS[word]:
                return None
            if not opened:
                return place
    return None


def closed_by_pattern(text: str, start: int, *stops: int) -> int | None:
    try:
        return closing_place(text, start, [*stops, len(text)])
    except DoubtAt:
        return None


programs = st.lists(
    st.sampled_from([*BODIES, *SCRIPTS.values(), *(text for text in (*REGEXPS, *DIVISIONS) if "import" not in text)]),
    min_size=1,
    max_size=4,
).flatmap(lambda texts: st.sampled_from(("\n", ";", " ", "\n;\n")).map(lambda gap: gap.join(texts)))


@pytest.mark.parametrize("body", [*BODIES, *REGEXPS, *DIVISIONS, *SCRIPTS.values()])
def test_a_body_ends_where_the_lexer_ends_it(body: str) -> None:
    text = f"x = function () {{ {body}\n}}; y('}}')"
    found = closed_by_pattern(text, text.index("{"))
    assert found is None or found == closed_by_tokens(text, text.index("{"))


@given(programs)
def test_any_body_ends_where_the_lexer_ends_it(body: str) -> None:
    text = f"x = async function* () {{ {body}\n}}; y('}}')"
    found = closed_by_pattern(text, text.index("{"))
    assert found is None or found == closed_by_tokens(text, text.index("{"))


@pytest.mark.parametrize("body", [*BODIES[:8], "if (a) { /}/ } else for (;;) /}/\nb / c / d"])
def test_most_bodies_leave_no_doubt(body: str) -> None:
    text = f"{{{body}}}" if not body.endswith("// '") else f"{{{body}\n}}"
    assert closed_by_pattern(text, 0) == len(text) - 1


@pytest.mark.parametrize(
    "text", ["{(a}", "{(}", "{[)]}", "{", "{'", "{`", "{`${", "{`${}", "{/*", "{//}", "{a=/}", "{)}"]
)
def test_unbalanced_text_is_left_to_the_lexer(text: str) -> None:
    assert closed_by_pattern(text, 0) is None


@pytest.mark.parametrize("stop", ["/*s", "//s", "s.t"])
def test_a_stop_in_code_is_left_to_the_lexer(stop: str) -> None:
    text = "{a(s.t); /*s*/ {} //s\n}"
    assert closed_by_pattern(text, 0, text.index(stop)) is None


@pytest.mark.parametrize(
    "inside", ["'a s'", '"a s"', "/*a s*/", "// a s\n", "`a s`", "`a s${b} c`", "`${b} s`", "/a s/"]
)
def test_a_stop_in_a_string_or_the_like_is_passed_over(inside: str) -> None:
    text = f"{{a = {inside}; b = ' s'\n}}"
    assert closed_by_pattern(text, 0, text.index("s"), text.rindex("s")) == len(text) - 1


@given(programs, programs)
def test_tokens_go_on_behind_what_is_left_out(body: str, rest: str) -> None:
    text = f"(function () {{ {body}\n}});{rest}"
    place = closed_by_tokens(text, text.index("{"))
    if place is None:
        return
    leaping = LeapingTokens(text)
    while next(leaping).start < text.index("{"):
        pass
    leaping.leap(place)
    assert list(leaping) == [token for token in tokens(text) if token.start >= place]
