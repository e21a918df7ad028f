"""JSON without white space: numbers, texts, keys and their order are the same as written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildassets.compiler.languages.json.lexer import minified


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{ "a" : [ 1 , 2 ] }\n', '{"a":[1,2]}'),
        ('"a  b"', '"a  b"'),
        (r'{"a": "\" \\ :  , \u00e9"}', r'{"a":"\" \\ :  , \u00e9"}'),
        ("[1.0, 1e400, -0, 12345678901234567890123]", "[1.0,1e400,-0,12345678901234567890123]"),
        ('{"b": 1, "a": 2, "b": 3}', '{"b":1,"a":2,"b":3}'),
        ("[true , null]", "[true,null]"),
    ],
)
def test_only_white_space_between_tokens_goes(text: str, expected: str) -> None:
    assert minified(text) == expected


@pytest.mark.parametrize("text", ["", "{", "[1,]", "// a\n{}", "[NaN]", "{'a': 1}", "[" * 100_000, "1 2"])
def test_invalid_json_is_left_alone(text: str) -> None:
    assert minified(text) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(VALUES, st.booleans())
def test_the_value_is_the_same(value: object, ascii_only: bool) -> None:
    result = minified(json.dumps(value, indent=3, ensure_ascii=ascii_only))
    assert result is not None
    assert json.loads(result) == value
    assert result == json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only)
