"""`@import` and `@charset` where browsers ignore them."""

import pytest

from buildassets.compiler.languages.css.late_rules import late_rules


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ('a { color: red } @import "b.css";', ["@import"]),
        ("@font-face { src: url(a) } @IMPORT url(b.css);", ["@IMPORT"]),
        ('@media print { @import "b.css"; }', ["@import"]),
        ('@import "a"; @layer x; @import "b";', ["@import"]),
        ('@namespace url(x); @import "b";', ["@import"]),
        ('a{} @import "b"; @import "c";', ["@import", "@import"]),
        ('a{} @charset "utf-8";', ["@charset"]),
        (' @charset "utf-8";', ["@charset"]),
        ('/**/@charset "utf-8"; @import "b";', ["@charset"]),
    ],
)
def test_rules_that_browsers_ignore_for_their_place_are_found(text: str, spans: list[str]) -> None:
    assert [text[one.start : one.end] for one in late_rules(text)] == spans


@pytest.mark.parametrize(
    "text",
    [
        '@charset "utf-8"; @import "a"; @import url(b); a { color: red }',
        '\ufeff@charset "utf-8"; @layer a, b; @import "a" layer(a) supports(display: grid) print;',
        'a { content: "@import" } /* @import "b"; */ b { color: red }',
        '@tailwind base; @import "a";',
        '@unknown { a { b: c } } @import "a";',
        '<!-- @import "a"; --> a {}',
        "a { b: url(@import) }",
    ],
)
def test_effective_rules_and_other_text_are_left_alone(text: str) -> None:
    assert not list(late_rules(text))
