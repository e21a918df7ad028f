"""Why a text is no JSON."""

import pytest

from buildassets.compiler.languages.json.fault import json_fault


@pytest.mark.parametrize(
    ("text", "message", "start"),
    [
        ("", "is not JSON: expected a value", 0),
        ("{'a': 1}", "is not JSON: expected a key in double quotes", 1),
        ('\ufeff{"a" 1}', "is not JSON: expected `:`", 6),
        ('{"a": 1 "b": 2}', "is not JSON: expected `,`", 8),
        ("[1] 2", "is not JSON: expected the end", 4),
        ('["a', "is not JSON: unclosed string", 1),
        ('{"a":1', "is not JSON: unclosed `{`", 0),
        ('{"a}": [{"b": 1}, "[",\n', "is not JSON: unclosed `[`", 7),
        ('{"a": {"b": 1}\n', "is not JSON: unclosed `{`", 0),
        ('["\\q"]', "is not JSON: no such escape", 2),
        ("[1, NaN]", "is not JSON: it has no `NaN`", 4),
    ],
)
def test_invalid_json_is_reported_with_its_place(text: str, message: str, start: int) -> None:
    found = json_fault(text)
    assert found is not None
    assert (found.message, found.start) == (message, start)


@pytest.mark.parametrize("text", ["1", ' {"a": [null, true, 1e400, "\\ud800"]}\n', "\ufeff[]", "[" * 100_000])
def test_json_is_left_in_peace(text: str) -> None:
    assert json_fault(text) is None
