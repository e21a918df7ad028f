"""Places against `tomllib`: what stands at a value's place must parse to that value."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.config.toml_positions import KeyPath, find_places, find_repeated
from tests.conftest import watchdog

EXAMPLES = {
    "bare": "a = 1\nb-c_1 = true\n",
    "quoted": '"a.b" = 1\n\'c"d\' = 2\n"tab\\t\\u00e9" = 3\n"" = 4\n',
    "dotted": "a.b.c = 1\na . 'd' = 2\n3.14 = 5\n",
    "tables": "[a]\nx = 1\n[ a . b ]  # comment\nx = 2\n['c]']\nx = 3\n",
    "arrays of tables": "[[a]]\nx = 1\n[[a]]\n[a.b]\nx = 2\n[[a.c]]\nx = 3\n[[a.c]]\nx = 4\n",
    "inline": "a = { b = 1, c = { d.e = [2, { f = 3 }] }, g = {} }\n",
    "array": "a = [\n  1, # one ] }\n  [ 2, 3 ],\n  'x]',\n]\nb = 1\n",
    "numbers": "a = 1.5e-3\nb = +1_000\nc = 0xff\nd = 1979-05-27 07:32:00.5\ne = [1.5, 2.5]\n",
    "strings": 'a = "\\" # ]"\nb = """\nx = "1" \\""" """""\nc = \'\'\'\n[a]\n\'\'\'\'\'\nd = "" # "\n',
    "no last line end": "[a]\nb = 'c'",
    "comments": "# a = 1\n\n  # [b]\n\tc = 2 # d = 3",
}


def _leaves(value: Any, path: KeyPath = ()) -> list[tuple[KeyPath, Any]]:
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    below = [leaf for key, child in children for leaf in _leaves(child, (*path, key))]
    return below or [(path, value)]


def _check(text: str) -> None:
    places = find_places(text)
    for path, value in _leaves(tomllib.loads(text)):
        if value != {} or path in places.values:
            start, end = places.values[path]
            assert tomllib.loads(f"k = {text[start:end]}") == {"k": value}


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_value_has_its_place(text: str) -> None:
    _check(text)


@pytest.mark.parametrize(
    ("text", "path", "key"),
    [
        ("a.b = 1", ("a", "b"), "b"),
        ("a.b = 1", ("a",), "a"),
        ("[a.b]\nc = 1", ("a", "b"), "b"),
        ("[a.b]\nc = 1", ("a", "b", "c"), "c"),
        ('x = [{ "p" = 1 }, { q = 2 }]', ("x", 1, "q"), "q"),
        ('x = [{ "p" = 1 }, { q = 2 }]', ("x", 0, "p"), '"p"'),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1, "b"), "b"),
    ],
)
def test_key_has_its_place(text: str, path: KeyPath, key: str) -> None:
    span = find_places(text).of_key(path)
    assert span is not None
    assert text[slice(*span)] == key


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("a", "x", "gone"), "1"),
        (("a", "gone"), "a"),
        (("a", "list", 7), "[2, 3]"),
        (("a", "list", 1), "3"),
    ],
)
def test_unknown_path_has_the_place_of_what_encloses_it(path: KeyPath, place: str) -> None:
    text = "# comment\n[a]\nx = 1\nlist = [2, 3]\n"
    span = find_places(text).of_value(path)
    assert span is not None
    assert text[slice(*span)] == place


def test_nothing_encloses_the_top() -> None:
    assert find_places("a = 1").of_key(("b",)) is None
    assert find_places("").of_value(()) is None


_keys = st.text("ab .\"'\\é#=[\n", max_size=4)
_values = st.recursive(
    st.one_of(
        st.booleans(), st.integers(-99, 99), st.floats(allow_nan=False, allow_infinity=False), st.text("a\"'#]},=\\\n")
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_keys, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(_keys, _values, max_size=3), st.booleans())
def test_values_of_any_document_stand_at_their_places(document: dict[str, Any], has_tables: bool) -> None:
    lines = []
    for key, value in document.items():
        if has_tables and isinstance(value, dict):
            lines += [f"[{_quoted(key)}]", *(f"{_quoted(name)} = {_toml(inner)}" for name, inner in value.items())]
        elif not (has_tables and any(line.startswith("[") for line in lines)):
            lines.append(f"{_quoted(key)} = {_toml(value)}")
    _check("\n".join(lines))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[ " + ",\n ".join(_toml(inner) for inner in value) + " ]"
    if isinstance(value, str):
        return _quoted(value)
    return str(value).lower() if isinstance(value, bool) else repr(value)


@given(st.text("ab=[]{},.\"'\\#\n 1", max_size=30))
def test_invalid_toml_raises_nothing(text: str) -> None:
    find_places(text).of_value(("a", 0, "b"))


@pytest.mark.parametrize(
    ("text", "name", "first", "again", "is_table"),
    [
        ("a = 1\na = 2", "a", "a", 6, False),
        ('[t]\n"x/y" = 1\nb = 1\n"x/y" = 2', 't."x/y"', '"x/y"', 20, False),
        ("[t]\n[u]\n[t]\n", "t", "t", 9, True),
        ("a = 1\n[a]\n", "a", "a", 7, True),
        ("a = [{ b = 1, b = 2 }]", "a[0].b", "b", 14, False),
    ],
)
def test_repeated_keys_are_found_with_both_places(text: str, name: str, first: str, again: int, is_table: bool) -> None:
    found = find_repeated(text)
    assert found is not None
    assert (found.name, found.is_table, found.span[0]) == (name, is_table, again)
    assert text[slice(*found.first)] == first


def test_valid_toml_has_nothing_twice() -> None:
    text = "[[a]]\nx = 1\n[a.b]\nx = 1\n[[a]]\nx = 2\n[a.b]\nx = 1\n[c]\nd.e = 1\nd.f = 2\ng = [{x = 1}, {x = 2}]\n"
    assert tomllib.loads(text)
    assert find_repeated(text) is None


@pytest.mark.parametrize("rest", ["b = " + "[" * 100_000, "b = " + "[{ c = 1," * 50_000, '"\\' * 200_000])
def test_text_after_a_repeated_key_takes_no_time(rest: str) -> None:
    with watchdog(5):
        found = find_repeated(f"a = 1\na = 2\n{rest}")
    assert found is not None
    assert found.span == (6, 7)


def test_quoted_keys_take_no_more_time_than_bare_ones() -> None:
    text = "".join(f'"css/{number}.css" = ["a.css"]\n' for number in range(30_000))
    with watchdog(5):
        found = find_repeated(f'{text}"css/5.css" = []\n')
    assert found is not None
    assert found.name == '"css/5.css"'
