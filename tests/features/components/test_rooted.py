"""Which selectors of a scoped style get a mark, and where; `tests/browser/test_components.py` shows what that does."""

import pytest

from buildassets.features.components.rooted import MARK, rooted

# `^` is where a mark is expected.
STYLES = {
    "a class": ".card^ { a: b }",
    "the last of several parts": ".dark .card > h2^{a:b}",
    "a list": "a^, b^ ,c^{}",
    "a list in brackets": ":is(a, b) c:not(d, e f)^ {}",
    "a pseudo-class": "a:hover^ {}",
    "a pseudo-element": "a^::before, b^:AFTER, c:hover^::part(x):focus {}",
    "an attribute": '[title="a, b {} ::c"]^ {}',
    "comments": "/* x { */ a^ /* y */ { /* } */ } /* z */ b^ {}",
    "the root": ":scope > a {} :Scope:hover {} > a {} & > b {} a^ {}",
    "groups": "@media print { a^ {} @supports (a: b) { b^ {} } c^ {} } @layer x; @layer y { d^ {} }",
    "no groups": "@keyframes x { from { a: b } 50% {} } @font-face { a: b } @page { a: b } a^ {}",
    "rules in rules": "a^ { b { c: d } &:hover {} @media print { e { f: g } } } h^ {}",
    "declarations": "a: b; c^ { d: e; }",
    "Sass": "$x: (a: b, c: d); @mixin m { a^ { b: c } } .#{$x}-b c#{d, e}^ { f: g } @include m; %h^ { @extend a; } "
    "@each $i in a, b { .i-#{$i}^ { j: k } }",
    "an end that is missing": "a^ { b: c",
    "an end too many": "} a^ {}",
    "nothing": "",
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_selector_has_one_mark(style: str) -> None:
    plain = style.replace("^", "")
    assert rooted(plain, plain) == style.replace("^", MARK)


def test_comments_of_sass_hold_no_rules() -> None:
    style = "// b { }\na { }"
    assert rooted(style, " " * 8 + style[8:]) == f"// b {{ }}\na{MARK} {{ }}"
