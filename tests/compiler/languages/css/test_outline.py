"""Patterns agree with the tokens of a sheet, or report that they do not know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.css.join import is_closed
from buildassets.compiler.languages.css.outline import Rule, outline
from buildassets.compiler.languages.edits import Joints, Member
from buildassets.compiler.languages.scan import join
from buildassets.foundation.media import Syntax
from tests.compiler.languages.css.test_join import HAZARDS

UNPATTERNED = "<!---->"  # is passed over between rules, and keeps a sheet from being read with patterns
WORDS = (
    *("a", "b:c", ";", "{", "}", "(", ")", "[", "]", " ", "\n", ",", "@", "#", "/", "*", "+", "1", "%", ".", "-"),
    *("'s'", '"s"', "'}'", "'\\'}'", "'\\\n'", "'\\a\n'", "'", '"', "/* } */", "/**/", "/*/", "/*", "//", "\\", "\x00"),
    *("@import 'a';", "@namespace b url(c);", "@layer d;", "@layer e{", "@media f{", "@charset 'g';", "@url(h);"),
    *("url(", "url(a}b)", "url(a;b)", "url( a )", "url('a)')", "url(a b)", "url(a'b)", "URL(a{)", "url(", "url(a\\)b)"),
    *(
        "x-url(a)",
        "\\url(a{)",
        "\\:url(a{)",
        "\\a url(a{)",
        "\\75 rl(a{)",
        "\\55RL(a{)",
        "u\\52l(a{)",
        "u\\l(a{)",
        "\\}",
    ),
    *("\\{", "\\a", "\\00006C (", "ur\\6c(a{)", "#url(a{)", "@url(a{)", "1url(a{)", "%url(a{)", "1e3url(a{)"),
    *("calc((1) + 2)", "format('a')", "é", "\xa0", "\ufeff", "a:not(.b)", "[c='}']", "a{b:c}", "{}", "<!-", "--", ">"),
    *("/*# sourceMappingURL=a */", "/*# sourceMappingURL", "/*@\nsourceMappingURL=", "--a:{b:c}", "@media x{y{z:1}}"),
)
sheets = st.lists(st.sampled_from((*WORDS, *HAZARDS)), max_size=12).map("".join)


def joints(text: str) -> Joints:
    return join(Syntax.CSS, [Member("a.css", "@layer a;@import 'b';"), Member("b.css", text), Member("c.css", "d{}")])


def shifted(found: Joints) -> object:
    """The second member's joints as if UNPATTERNED stood before it."""
    length = len(UNPATTERNED)
    edits = [(start + length, end + length, text) for start, end, text in found.edits[1]]
    return edits, [(one.start + length, one.end + length, one.code) for one in found.faults if one.member == 1]


def plain(found: Joints) -> object:
    return [tuple(edit) for edit in found.edits[1]], [
        (one.start, one.end, one.code) for one in found.faults if one.member == 1
    ]


@given(sheets)
def test_patterns_and_tokens_find_the_same(text: str) -> None:
    if text.startswith(("\ufeff", "@charset")):
        return  # these count at the very start only
    assert shifted(joints(text)) == plain(joints(UNPATTERNED + text))
    assert is_closed(text) == is_closed(UNPATTERNED + text)


@pytest.mark.parametrize("before", ["a{b:c}", "@media x{", "a{b:", ""])
@pytest.mark.parametrize("word", [*WORDS, *HAZARDS])
def test_every_word_counts_as_in_tokens(before: str, word: str) -> None:
    for after in ("", ";d{e:f}", "}g", ")}@h i"):
        text = before + word + after
        if not text.startswith(("\ufeff", "@charset")):
            assert shifted(joints(text)) == plain(joints(UNPATTERNED + text))


@pytest.mark.parametrize(
    "text",
    [
        "a{b:c}",
        "@media x{a{b:c}}a,d{e:url(f{)}",
        "@import 'a';@layer b;a:not([c='}']){d:url( 'e' ) format(')')}",
        '.a\\:b:hover{c:"\\f101"}/* } */.\\31 0{d:e}',
        "@x y;a{b:calc(1px*(2 + (3 - 4)))}@media z{@supports(a:b){c{d{e:f}}}}",
        "@font-face{src:url(data:font/woff;base64,AAA=)}",
    ],
)
def test_common_sheets_are_read_with_patterns(text: str) -> None:
    found = outline(text, 0, len(text))
    assert found
    assert (found.last, found.brackets) == (None, ())


def test_rules_are_listed_up_to_the_end_of_the_head() -> None:
    text = "/* a */@LAYER b;@import 'c';@namespace d 'e';f{g:h}@import 'i';j{k"
    found = outline(text, 0, len(text))
    assert found
    assert [(rule.keyword, rule.has_block) for rule in found.rules] == [
        *(("@layer", False), ("@import", False), ("@namespace", False), ("", True)),
    ]
    assert found.last == Rule("", text.index("j"), text.index("j") + 1)
    assert found.brackets == ("{",)
