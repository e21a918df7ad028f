"""Joined style sheets have the rules of their members, in order; an independent parser confirms it."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.css.join import is_closed
from buildassets.compiler.languages.edits import Joints, Member, edited
from buildassets.compiler.languages.scan import join
from buildassets.foundation.media import Syntax
from tests import building
from tests.css_trees import tinycss2

pytestmark = pytest.mark.usefixtures("each_lexer")

HAZARDS = (
    "a{b:c}",
    "a{b:c",
    "a{b:'c",
    'a{b:"c\\"',
    "a{b:url(c",
    "a{b:url(c\\)",
    "a{b:url(c d",
    "a{b:url( c ",
    "a{b:[(c",
    "a{b:calc(1px + (2px",
    "@media x{a{b:c}",
    "@media x{a{b:c",
    "@layer a, b",
    "@media x",
    "}",
    "a{b:c}}",
    "a, b",
    "a;b",
    "a{b:c}/* d",
    "a{b:c}/* d *",
    "/*! e */a{b:c}",
    "\ufeffa{b:'\xe4'}",
    '@charset "utf-8";a{b:c}',
    '@charset "utf-8"; @layer x;',
    "a{b:c}/*# sourceMappingURL=a.css.map */",
    "a{b:c}/*# sourceMappingURL=a.css.map",
    "<!-- a{b:c} -->",
    "<!--",
    "",
    " \n",
    "@font-face{src:url('x') format('y')}",
    "a{--x:{y:z}",
    "a{b:'c\nd",
    "@import 'x",
    "@IMPORT url(x",
    "@namespace svg url(x);",
    "@layer a{b{c:d}}",
    "a{b:c\\",
    "@x (a{b}",
    "a[b='{",
)


def joints(texts: Sequence[str]) -> Joints:
    return join(Syntax.CSS, [Member(f"{number}.css", text) for number, text in enumerate(texts)])


def joined(texts: Sequence[str]) -> str:
    return building.joined(texts, joints(texts))


def codes(texts: Sequence[str]) -> list[str]:
    return [fault.code for fault in joints(texts).faults]


def rules(text: str) -> list[Any]:
    """The rules that a browser reads; what names the encoding is none."""
    found = tinycss2.parse_stylesheet(text.removeprefix("\ufeff"), skip_comments=True, skip_whitespace=True)
    read = [meaning(rule) for rule in found if rule.type != "error"]
    return [rule for rule in read if rule[:2] != ("at-rule", "charset")]


def meaning(node: Any) -> Any:
    """The type and content of `node`, however it is closed."""
    parts = [getattr(node, name, None) for name in ("lower_at_keyword", "name", "value", "unit", "prelude", "content")]
    parts += [getattr(node, "arguments", None), node.kind if node.type == "error" else None]
    return (node.type, *(meanings(part) if isinstance(part, list) else part for part in parts))


def meanings(nodes: Sequence[Any]) -> list[Any]:
    return [meaning(node) for node in nodes if not (node.type == "error" and node.kind.startswith("eof-"))]


def assert_same_rules(texts: Sequence[str]) -> None:
    if not codes(texts):
        assert rules(joined(texts)) == [rule for text in texts for rule in rules(text)]


@pytest.mark.parametrize("first", HAZARDS)
def test_pairs_have_the_rules_of_both(first: str) -> None:
    for second in HAZARDS:
        assert_same_rules((first, second, "z{y:x}"))


@given(
    st.lists(st.lists(st.sampled_from((*HAZARDS, "}", "{", ")", "'", "/*", "\\")), max_size=4).map("".join), max_size=4)
)
def test_any_sheets_have_the_rules_of_all(texts: list[str]) -> None:
    assert_same_rules(texts)


def test_the_encoding_is_named_once_and_first() -> None:
    text = '@charset "utf-8";'
    assert joined(["a{}", f"\ufeff{text}b{{}}", f"{text}c{{}}"]) == '@charset "UTF-8";a{}\nb{}\nc{}\n'


def test_no_encoding_is_named_where_none_was() -> None:
    assert joined(["a{}", "b{}\n"]) == "a{}\nb{}\n"


def test_comments_that_name_a_source_map_go_and_others_stay() -> None:
    texts = ["/*! a */a{}/*# sourceMappingURL=a.map */", "b{}\n/*@ sourceMappingURL=b.map */\n/* b */\n"]
    assert joined(texts) == "/*! a */a{}\nb{}\n\n/* b */\n"


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["@import 'a';", "@import 'b';c{}"], []),
        (["@layer x;", "@import 'b';"], []),
        (["/* x */", "@import 'b';"], []),
        (["a{}", "@import 'b';"], ["bundle/import"]),
        (["@import 'a';@layer x;", "@import 'b';"], ["bundle/import"]),
        (["@import 'a';", "@layer x; @import 'b';"], ["bundle/import"]),
        (["@layer x{}", "@import 'b'; @import 'c';"], ["bundle/import"] * 2),
        (["@font-face{}", "@Im\\70ort 'b';"], ["bundle/import"]),
        (["a{}", "b{} @import 'c';"], []),  # it counts nowhere
        (["@import 'a'; @namespace s 'x';"], []),
        (["@namespace 'x'; a{}", "b{}"], ["bundle/namespace"]),
        (["b{}", "@namespace s 'x'; a{}"], ["bundle/namespace"]),
        (["@namespace s 'x'; a{}", "/* nothing */"], []),
        (["a{b:c}\\\\", "d{}"], []),
        (["a{b:c}\\", "d{}"], ["bundle/unclosed"]),
    ],
)
def test_rules_for_the_head_of_a_sheet_are_refused_elsewhere(texts: list[str], found: list[str]) -> None:
    assert codes(texts) == found


def test_a_fault_has_its_place() -> None:
    (fault,) = joints(["a{}", "/**/ @import 'b';"]).faults
    assert (fault.member, fault.start, fault.end) == (1, 5, 12)


def test_plain_concatenation_breaks_many_pairs() -> None:
    pairs = [pair for pair in product(HAZARDS, HAZARDS) if not codes(pair)]
    broken = [pair for pair in pairs if rules("".join(pair)) != [rule for text in pair for rule in rules(text)]]
    assert len(broken) > 100


@pytest.mark.parametrize("text", ["", "a{}", "a{b:c}\n", "@import 'a';", "a{} /* b */", '@charset "UTF-8";a{}'])
def test_sheet_that_ends_between_rules_is_closed(text: str) -> None:
    assert is_closed(text)


@pytest.mark.parametrize(
    "text", ["a", "a{", "a{b:'c", "a{--b:c", "@import 'a'", "a{} /* b", "a{} /*", "a{b:url(c", "a{b:c\\", "a{}\\"]
)
def test_sheet_that_is_cut_short_is_not_closed(text: str) -> None:
    assert not is_closed(text)


FAR = "@import url(https://a.example/f.css)"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a{}", f"{FAR};b{{}}"], f"{FAR};a{{}}\nb{{}}\n"),
        (["@import 'x';a{}", f"{FAR};b{{}}"], f"@import 'x';{FAR};a{{}}\nb{{}}\n"),
        (["@import 'x';", f"{FAR};b{{}}", "@import '//c/d';"], f"@import 'x';\n{FAR};@import '//c/d';b{{}}\n\n"),
        (["@layer l;a{}", f"{FAR};"], f"@layer l;{FAR};a{{}}\n\n"),
        (
            ["a{}", f"@layer l, m; {FAR} layer(m);{FAR};b{{}}"],
            f"@layer l, m;{FAR} layer(m);{FAR};a{{}}\n@layer l, m; b{{}}\n",
        ),
        (
            ["a{}", f"{FAR} layer(l) supports(display: grid) screen and (width > 1px);"],
            f"{FAR} layer(l) supports(display: grid) screen and (width > 1px);a{{}}\n\n",
        ),
        (['@charset "UTF-8";a{}', f"{FAR};"], f'@charset "UTF-8";{FAR};a{{}}\n\n'),
        (["a{}", f'@charset "UTF-8";{FAR};'], f'@charset "UTF-8";{FAR};a{{}}\n\n'),
        (["@namespace s 'x';", f"{FAR};"], f"{FAR};@namespace s 'x';\n\n"),
        (["a{}", "/* b */@IMPORT 'HTTP://c' /* ; */ print;d{}"], "@IMPORT 'HTTP://c' /* ; */ print;a{}\n/* b */d{}\n"),
    ],
)
def test_a_late_import_from_another_host_is_moved_to_the_head(texts: Sequence[str], expected: str) -> None:
    found = joints(texts)
    assert [fault for fault in found.faults if fault.code == "bundle/import"] == []
    assert {change.code for change in found.changes} == {"bundle/import"}
    assert "".join(edited(text, edits) for text, edits in zip(texts, found.edits, strict=True)) == expected


@pytest.mark.parametrize(
    "texts",
    [
        ["@import 'x';a{}", f"@layer l;{FAR};"],  # the layer can stand neither before `x` nor between the two
        ["a{}", f"{FAR};", f"@layer l;{FAR};"],
        ["a{}", "@import '/b.css';"],
        ["a{}", "@import 'https.css';"],
    ],
)
def test_rules_that_cannot_be_moved_are_refused(texts: Sequence[str]) -> None:
    assert [fault.code for fault in joints(texts).faults] == ["bundle/import"]


def only_changes(texts: Sequence[str]) -> str:
    found = joints(texts)
    assert (found.faults, {change.code for change in found.changes}) == ((), {"bundle/import"})
    return joined(texts)


def without_changes(texts: Sequence[str]) -> str:
    found = joints(texts)
    assert (found.faults, found.changes) == ((), ())
    return joined(texts)


@pytest.mark.parametrize(
    "second",
    [
        f"{FAR} screen{{}};.z{{y:x}}",
        f"{FAR} screen{{}}.z{{y:x}}",
        f"{FAR} {{.z{{y:x}}}} .k{{l:m}};",
        f"{FAR} {{.z{{y:x}}",
        "@import 'b'{}",
    ],
)
@pytest.mark.parametrize("first", [".a{b:c}", "<!---->.a{b:c}"])
def test_an_import_that_meets_a_block_is_invalid_and_stays_where_it_is(first: str, second: str) -> None:
    assert without_changes([first, second]).startswith(f"{first}\n{second.rstrip(';')}")


def test_an_invalid_import_leaves_the_head_open_as_in_browsers() -> None:
    assert without_changes([f"{FAR}{{}}", "@import 'b';"]) == f"{FAR}{{}}\n@import 'b';\n"
    assert codes(["a{}", f"{FAR}{{}}@import 'b';"]) == ["bundle/import"]
    assert only_changes([f"{FAR}{{}}a{{}}", f"{FAR};"]) == f"{FAR};{FAR}{{}}a{{}}\n\n"


@pytest.mark.parametrize(
    ("end", "closed"),
    [
        ("", ";"),
        (" screen", " screen;"),
        (" /* open", " /* open*/;"),
        (" layer(x", " layer(x);"),
        (" supports((a:b", " supports((a:b));"),
        (" /*# sourceMappingURL=a */", " ;"),
        (" /*# sourceMappingURL=a", " ;"),
        ("\n", "\n;"),
    ],
)
def test_a_late_import_that_ends_with_its_sheet_is_moved_closed(end: str, closed: str) -> None:
    assert only_changes(["a{}", f"/* b */{FAR}{end}", "c{}"]) == f"{FAR}{closed}a{{}}\n/* b */\nc{{}}\n"


@pytest.mark.parametrize("url", ["'https://c", '"//c/d', "url(https://c", "url('//c"])
def test_a_late_import_whose_url_ends_with_its_sheet_is_moved_closed(url: str) -> None:
    moved = only_changes(["a{}", f"@import {url}"])
    assert rules(moved) == [*rules(f"@import {url}"), *rules("a{}")]


@pytest.mark.parametrize("end", ["", " /* open", " layer(x", " screen", "\n"])
def test_a_late_local_import_that_ends_with_its_sheet_is_refused(end: str) -> None:
    assert codes(["a{}", f"@import 'b.css'{end}"]) == ["bundle/import"]


def test_an_import_behind_one_that_ends_with_its_sheet_follows_it() -> None:
    assert only_changes(["@import 'x'", "a{}", f"{FAR};"]) == f"@import 'x';\n{FAR};a{{}}\n\n"
    assert codes(["@import 'x'", "@layer l;@import 'y';"]) == ["bundle/import"]


@pytest.mark.parametrize("first", [".a{b:c", "@media x{a{b:c", ".a{b:'c", "@font-face{b:url(c", "@x", "a{}/* b"])
def test_blocks_closed_by_the_end_of_an_earlier_sheet_count_as_closed(first: str) -> None:
    moved = only_changes([first, f"{FAR};b{{}}"])
    assert moved.startswith(f"{FAR};{first}")
    assert codes([first, "@import 'b';"]) == ["bundle/import"]


def test_a_selector_that_is_left_out_does_not_end_the_head() -> None:
    assert without_changes(["a, b", f"{FAR};"]) == f"{FAR};\n"


def test_a_namespace_counts_for_sheets_whose_last_block_is_open() -> None:
    assert codes(["@namespace 'x';", "b{c:d"]) == ["bundle/namespace"]
    assert codes(["@namespace 'x'", "b{c:d}"]) == ["bundle/namespace"]
    assert codes(["@namespace 'x'{}", "b{c:d}"]) == []
