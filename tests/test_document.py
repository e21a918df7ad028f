import pytest

from buildassets.diagnostics import Location
from buildassets.document import SCHEMA, read_document
from buildassets.errors import ManifestError


def test_a_manifest_is_given_as_it_is_written() -> None:
    text = f'{{"schema": {SCHEMA}, "assets": {{"a.css": {{"file": "a.0.css"}}}}, "later": [1]}}'
    assert read_document(text, "m.json") == {"schema": 1, "assets": {"a.css": {"file": "a.0.css"}}, "later": [1]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "manifest/invalid"),
        ("[" * 100_000, "manifest/invalid"),
        ('\ufeff{"schema": 1, "assets": {}}', "manifest/invalid"),
        ("1", "manifest/invalid"),
        ('{"schema": 1}', "manifest/invalid"),
        ('{"assets": {}}', "manifest/schema"),
        ('{"schema": 99, "assets": {}}', "manifest/schema"),
    ],
)
def test_what_is_no_manifest_is_a_diagnostic_with_place_and_hint(text: str, code: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read_document(text, "build/m.json")
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.location) == (code, Location("build/m.json"))
    assert diagnostic.hint is not None


def test_traceback_says_what_to_do() -> None:
    with pytest.raises(
        ManifestError, match="use the same version of buildassets for the build and for the web process"
    ):
        read_document('{"schema": 99, "assets": {}}', "m.json")
