"""The declarations of a sheet, and those whose value another sheet lacks."""

import pytest

from buildassets.compiler.languages.css.kept_values import Minifier, changed_values, declarations, kept_declarations


def values(text: str) -> list[tuple[str, str]]:
    """Return the properties and values of the declarations, which are where they are said to be."""
    for declaration in declarations(text):
        assert text[declaration.start : declaration.end] == declaration.value
    return [(declaration.name, declaration.value) for declaration in declarations(text)]


def changed(before: str, after: str) -> list[str]:
    """Return the properties with another value, for a minifier that knows `width` and the colour `red`."""
    reds = ("red", "#f00")
    minifier = Minifier(lambda name: name == "width", lambda text: "red" if text in reds else text)
    kept = kept_declarations(f"a{{{before}}}", minifier)
    return [declaration.name for declaration in changed_values(kept, f"a{{{after}}}", minifier)]


def test_values_of_one_property_are_compared_in_linear_time() -> None:
    numbers = range(0x4E00, 0x8E00)
    before = "".join(f"--icon:'\\{number:x}';" for number in numbers)
    after = "".join(f'--icon:"{chr(number)}";' for number in reversed(numbers))
    assert changed(before, after) == []  # 16,384 values: comparing each with each would take minutes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a{b:c;d: e }", [("b", "c"), ("d", " e ")]),
        ("a{b:c;&:hover{d:e}}", [("b", "c"), ("d", "e")]),
        ("a{--b:{c:d;e:f};g:h}", [("--b", "{c:d;e:f}"), ("g", "h")]),
        ("a{/* x:y; */b/**/:c}", [("b", "c")]),
        ("a{b:url(c;d:e);f:';g:h'}", [("b", "url(c;d:e)"), ("f", "';g:h'")]),
        ("@media (a:b){c{d:e}}", [("d", "e")]),
        ("@container style(--a: +02) and (width>1px){b{c:d}}", [("--a", " +02"), ("c", "d")]),
        ("a{b:c", []),
    ],
)
def test_declarations_are_listed(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "descriptors"),
    [
        ("@font-face{src:a}b{c:d}", ["src"]),
        ("/*! x */@font-face{src:a}", ["src"]),
        ("@media print{a{b:c}}@keyframes d{from{e:f}}", []),
        ("@layer a{@font-face{src:b}}", ["src"]),
    ],
)
def test_descriptors_are_those_in_at_rules_that_are_no_conditions(text: str, descriptors: list[str]) -> None:
    assert [one.name for one in declarations(text) if one.is_descriptor] == descriptors


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("--a: 0.50", "--a:.5"),
        ("--a:f( 1 , 2 )", "--a:f(1,2)"),
        ("--a:b  c", "--a:b c"),
        ("--a:red", "--a:#f00"),
        ("--a:url( 'b' )", "--a:url(b)"),
        ("--a:'b'", '--a:"b"'),
        ("width:+02", "width:2"),
        ("--a:1;--a:1", "--a:1"),
    ],
)
def test_value_is_the_same_in_another_form(before: str, after: str) -> None:
    assert changed(before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("--a:+1", "--a:1"),
        ("--a:02", "--a:2"),
        ("--a:1.0", "--a:1"),
        ("--a:100ms", "--a:.1s"),
        ("--a:16+9", "--a:169"),
        ("--a:b c", "--a:bc"),
        ("--a:1 + 2", "--a:1 +2"),
        ("--a:red", "--a:blue"),
        ("--a:f(1)", "--a:f(2)"),
        ("--a:1", ""),
        ("foo:+02", "foo:2"),
        ("width:var(--b) 16+9", "width:var(--b) 169"),
    ],
)
def test_value_with_another_token_is_changed(before: str, after: str) -> None:
    assert changed(before, after) == [before.partition(":")[0]]
