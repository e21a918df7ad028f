"""YAML whose values are endless, too many or of the wrong type is an error with its place, and is found soon."""

import pytest

from buildassets.compat.yaml_text import places_of, read_yaml
from buildassets.errors import ConfigError
from tests.conftest import watchdog


def fault(text: str) -> tuple[str, int | None]:
    """The message and the line of the error in `text`."""
    with watchdog(), pytest.raises(ConfigError) as failure:
        read_yaml(text, "a.yml", "jammit/syntax")
    (found,) = failure.value.diagnostics
    return found.message, found.location.line if found.location else None


def repeated(first: str, line: str, count: int) -> str:
    """YAML of `count` lines after the `first`, each of which names the one before in place of `#`."""
    lines = (f"a{number}: &a{number} {line.replace('#', f'*a{number - 1}')}\n" for number in range(1, count))
    return f"a0: &a0 {first}\n{''.join(lines)}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x: &x [" + "1," * 300 + "]\ny: &y [" + "*x ," * 300 + "]\nz: [" + "*y ," * 300 + "]\n", 3),
        (repeated("{b: 1}", "[#, #]", 40), 16),
        (repeated("{b: 1}", "{contents: [#, #]}", 40), 16),
        (repeated("{b: 1}", "{<<: [#, #]}", 40), 16),
        ("x: &x {" + "".join(f"k{number}: 1," for number in range(2000)) + "}\ny:\n" + "- {<<: *x}\n" * 2000, 3),
    ],
    ids=[
        "lists in three levels",
        "lists in 40 levels",
        "bundles in 40 levels",
        "merge keys in 40 levels",
        "merge keys",
    ],
)
def test_aliases_that_repeat_too_many_values_are_an_error(text: str, line: int) -> None:
    assert fault(text) == ("aliases repeat more than 100,000 values in `a.yml`", line)


@pytest.mark.parametrize("text", ["x: &x [*x]", "x: &x {contents: [*x]}", "x: &x {<<: *x}", "x: &x {y: [{z: *x}]}"])
def test_value_that_contains_itself_is_an_error(text: str) -> None:
    assert fault(f"a: 1\n{text}") == ("a value contains itself in `a.yml`", 2)


@pytest.mark.parametrize("text", [repeated("1", "[#]", 300), "[" * 300 + "]" * 300, "[" * 90_000, "- " * 90_000])
def test_deeply_nested_values_are_an_error(text: str) -> None:
    assert fault(text)[0].startswith("values are nested too deeply")


@pytest.mark.parametrize("value", ["1" + ":1" * 200_000, "1" + ":1" * 200_000 + ".5", "1" * 5000])
def test_long_number_is_an_error(value: str) -> None:
    assert fault(f"a: 1\nb: {value}") == ("a number has more than 1,000 characters in `a.yml`", 2)


@pytest.mark.parametrize("value", ["!!int ''", "!!float ''", "!!bool a", "!!timestamp a", "1" + ":1" * 300 + ".5"])
def test_value_that_does_not_fit_its_type_is_an_error(value: str) -> None:
    assert fault(f"a: {value}")[0] == "`a.yml` is not YAML: a value does not fit its type"


def test_control_character_is_an_error() -> None:
    assert fault("a: \x01")[0].startswith("`a.yml` is not YAML: unacceptable character")


def test_value_of_an_alias_has_the_place_where_it_is_written() -> None:
    text = "x: &x [1, {y: 2}]\nz: {a: *x, b: *x}\n"
    node, value = read_yaml(text, "a.yml", "jammit/syntax")
    assert value["z"]["b"] == [1, {"y": 2}]
    places = {keys: text[start:end] for keys, (start, end) in places_of(node)}
    assert (places["z", "b", 1, "y"], places["z", "a", 0], places["x", 0]) == ("2", "1", "1")
