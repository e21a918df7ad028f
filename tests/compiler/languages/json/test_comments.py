"""JSON with comments and trailing commas."""

import json

import pytest

from buildassets.compiler.languages.json.comments import without_comments


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, /* b */ "c": [1, 2,], // d\n}', {"a": 1, "c": [1, 2]}),
        ('{"a": "// no /* comment */,}"}', {"a": "// no /* comment */,}"}),
        ('{"a": "\\\\", /* "b": 1 */ }', {"a": "\\"}),
        ("[1, // a\n // b\n]", [1]),
        ('{"paths": {"@/*": ["./*"]}}', {"paths": {"@/*": ["./*"]}}),
    ],
)
def test_comments_and_trailing_commas_are_left_out(text: str, value: object) -> None:
    plain = without_comments(text)
    assert json.loads(plain) == value
    assert len(plain) == len(text)
    assert plain.count("\n") == text.count("\n")


def test_other_faults_stay() -> None:
    assert without_comments('{"a" 1 /* b') == '{"a" 1     '
