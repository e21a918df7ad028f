"""The strings of JSON documents and the way to them."""

import pytest

from buildassets.compiler.languages.json.lexer import DEEPEST, strings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"a"', [((), "a")]),
        ('["a", 1, "b"]', [((0,), "a"), ((2,), "b")]),
        ('{"a": "b", "c": {"d": ["e"]}, "f": "g"}', [(("a",), "b"), (("c", "d", 0), "e"), (("f",), "g")]),
        ('{"": "a", "\\u0062": "\\ud83d\\ude00"}', [(("",), "a"), (("b",), "\U0001f600")]),
        ('{"a": "{\\"b\\": [,"}', [(("a",), '{"b": [,')]),
        ("[[], {}, true, -1.5e3]", []),
    ],
)
def test_strings_are_found_with_their_paths(text: str, found: list[tuple[tuple[str | int, ...], str]]) -> None:
    assert [(string.path, string.value) for string in strings(text)] == found


def test_a_place_is_the_text_between_the_quotes() -> None:
    text = '\ufeff{"a": "b\\nc"}'
    (string,) = strings(text)
    assert text[string.start : string.end] == "b\\nc"


@pytest.mark.parametrize("text", ["", "'a'", '["a"', '["a",]', '["a", NaN]', '"a\nb"', '{"a"}', "[" * 100_000])
def test_invalid_json_has_no_strings(text: str) -> None:
    assert list(strings(text)) == []


def test_very_deep_values_are_not_read() -> None:
    assert len(list(strings("[" * DEEPEST + '"a"' + "]" * DEEPEST))) == 1
    assert list(strings("[" * (DEEPEST + 1) + '"a"' + "]" * (DEEPEST + 1))) == []
