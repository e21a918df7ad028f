import pytest

from buildassets.compiler.engines.tailwind.rules import AtRule, foreign_rule, quoted, rules, uses_tailwind


@pytest.mark.parametrize(
    "text",
    [
        '@import "tailwindcss";',
        "@import 'tailwindcss/utilities' layer(utilities);",
        '/* a */ @IMPORT"tailwindcss" prefix(tw);',
        "@layer a; @tailwind utilities;",
        '@reference "./app.css";',
        "@media print { @tailwind utilities; }",
    ],
)
def test_a_sheet_needs_tailwind(text: str) -> None:
    assert uses_tailwind(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '/* @import "tailwindcss"; */',
        ".a::after { content: '@import \"tailwindcss\";' }",
        '@import "tailwindcss-animate.css";',
        '@import "./tailwindcss";',
        "@import url(tailwindcss);",
        ".tailwind { color: red }",
        "@tailwinds x;",
    ],
)
def test_a_sheet_needs_no_tailwind(text: str) -> None:
    assert not uses_tailwind(text)


def test_a_rule_has_its_place_and_parts() -> None:
    text = 'a {}\n@source not /* x */ "../a\\62 " ; b {}'
    (rule,) = rules(text)
    assert text[rule.start : rule.end] == '@source not /* x */ "../a\\62 " ;'
    assert text[rule.value_start : rule.value_end] == '"../a\\62 "'
    assert (rule.name, rule.words, rule.value, rule.rest) == ("@source", ("not",), "../ab", "")


def test_string_in_parentheses_is_not_a_value() -> None:
    first, second = rules('@source inline("p-4; {a}"); @plugin "x" { a: "b" }')
    assert (first.value, first.words[0]) == (None, "inline(")
    assert (second.value, second.end) == ("x", second.value_end + 1)


def test_text_after_the_value_is_kept() -> None:
    text = '@import "a.css" layer(x) supports(display: grid) screen and (width > 1px);'
    assert [rule.rest for rule in rules(text)] == ["layer(x) supports(display: grid) screen and (width > 1px)"]


def test_a_rule_without_an_end_ends_with_the_text() -> None:
    text = '@import "a.css"'
    assert list(rules(text)) == [AtRule("@import", 0, len(text), (), "a.css", 8, len(text), "")]


def test_a_string_of_css_means_what_it_was_made_of() -> None:
    meant = '\\a"b\nc'
    (rule,) = rules(f"@plugin {quoted(meant)};")
    assert rule.value == meant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".b { @apply px-3; }", "@apply"),
        ("@theme { --a: 1px }", "@theme"),
        (".b { @apply/**/ --mixin; } .c { @APPLY px-3 }", None),
        ('/* @apply a; */ .b { content: "@apply px-3" }', None),
        ("@media print { a { b: c } }", None),
        (".b { @apply --mixin; @apply px-3 }", "@apply"),
    ],
)
def test_first_rule_that_only_tailwind_understands_is_found(text: str, expected: str | None) -> None:
    found = foreign_rule(text)
    assert (found and text[found.start : found.end]) == expected
