"""A sheet for one scope: names get the scope's, and selectors without a name begin in it, at the same weight."""

import pytest

from buildassets.compiler.languages.css.scoped import ClassScope, UnscopedError, scoped

SCOPE = ClassScope("s", lambda name: f"s-{name}")


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".a { fill: red; }", ".s-a{fill: red;}"),
        ("#a, .b:hover{x:y}", "#s-a,.s-b:hover{x:y}"),
        ("path{x:y}", ":where(.s) path{x:y}"),
        ("*{x:y}", ":where(.s) *{x:y}"),
        ("svg{x:y}", ":where(.s){x:y}"),
        (":root > .a{x:y}", ":where(.s) > .s-a{x:y}"),
        ("svg.a path{x:y}", ":where(.s).s-a path{x:y}"),
        ("g .a , .b g{x:y}", ":where(.s) g .s-a,.s-b g{x:y}"),
        (":not(.a, .b) g{x:y}", ":where(.s) :not(.s-a, .s-b) g{x:y}"),
        (".a\\:b{x:y}", ".s-a\\3a b{x:y}"),
        ("/* .x{} */ .a{x:'}' /* ; */}", ".s-a{x:'}'}"),
        ("@media (prefers-color-scheme: dark){path{x:y}}", "@media (prefers-color-scheme: dark){:where(.s) path{x:y}}"),
        (".a{animation: spin 1s}@keyframes spin{to{x:y}}", ".s-a{animation: s-spin 1s}@keyframes s-spin{to{x:y}}"),
        (
            ".a{animation-name:none}@keyframes spin{0%,50%{x:y}}",
            ".s-a{animation-name:none}@keyframes s-spin{0%,50%{x:y}}",
        ),
        (".a{fill:#fff}.b{}", ".s-a{fill:#fff}.s-b{}"),
        (".a{x:y", ".s-a{x:y}"),
        ("", ""),
    ],
)
def test_names_and_selectors_are_those_of_the_scope(css: str, expected: str) -> None:
    assert scoped(css, SCOPE) == expected


@pytest.mark.parametrize(
    "css",
    ["@import 'a.css';", "@font-face{font-family:x}", "[class^=a]{x:y}", "a{b{x:y}}", "a}b{x:y}", "a:b;", "a{x:'\n}"],
)
def test_selectors_that_cannot_be_scoped_are_refused(css: str) -> None:
    with pytest.raises(UnscopedError):
        scoped(css, SCOPE)
