"""Sheets that lightningcss must not be given."""

import pytest

from buildassets.compiler.engines.lightningcss_refusals import MOST_BRACKETS, find_unfit


def found(text: str) -> list[str]:
    """The parts of `text` that are unfit."""
    return [text[unfit.start : unfit.end] for unfit in find_unfit(text)]


@pytest.mark.parametrize(
    "prelude",
    [
        "a, b:-moz-c",
        "_:-ms-fullscreen, :root a",
        "_::-moz-range-track, a:hover",
        "a:-moz-b, c:-ms-b",
        "a:-webkit-autofill, b",
        "a, b:not(:-moz-c)",
        "a, b:not(c, :-moz-d)",
        "a, b:-mo\\z-c",
        "a, b/* , */:-MOZ-C",
        "_:future, a",
        "_:lang(x)::-internal-a, b",
        "#a:has(b), c",
        "a::picker(select), b:hover",
        "a:not(:unknown), b",
    ],
)
def test_list_that_some_browsers_drop_is_unfit(prelude: str) -> None:
    assert found(f"x{{y:z}} {prelude}{{c:d}}") == [prelude]
    assert found(f"@media print {{ {prelude} {{c:d}} }}") == [prelude + " "]


@pytest.mark.parametrize(
    "text",
    [
        "a:-moz-b, c:-moz-b{d:e}",
        "a::-webkit-scrollbar, b{c:d}",
        "a:-moz-b{c:d}",
        "a:not(:-moz-b, c){d:e}",
        "a{b:-moz-calc(1px), c; d:e}",
        "a[b=':-moz-c,d']{e:f}",
        "a/*:-moz-b,*/, c{d:e}",
        "@supports selector(a:-moz-b), c{d{e:f}}",
        "a, b:hover{c:d}",
        "a, b::FILE-SELECTOR-BUTTON, c:is(d):not(e){f:g}",
        "a:has(b), c:has(d){e:f}",
        ".a::selection, .a b::selection{c:d}",
        "",
    ],
)
def test_other_lists_are_fit(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(("opener", "closer"), [("a{", "}"), ("(", ")"), (":is(", ")"), ("[", "]"), ("calc(", ")")])
def test_brackets_that_are_too_deep_are_unfit(opener: str, closer: str) -> None:
    within = opener * MOST_BRACKETS + closer * MOST_BRACKETS
    assert found(within * 3) == []
    (unfit,) = find_unfit(opener * (MOST_BRACKETS + 1) + closer * (MOST_BRACKETS + 1))
    assert unfit.end == len(opener) * (MOST_BRACKETS + 1)


def test_brackets_in_strings_and_comments_are_none() -> None:
    assert found("a{b:'" + "(" * 100 + "'/*" + "{" * 100 + "*/}") == []
