"""The manifest as the JSON object that it is, for readers that need speed more than types.

Takes and gives text; no I/O. Apart from `manifest`, because a web process needs this much and no more: what is needed
to refuse a manifest is imported when one is refused, and no dataclass is made (together two thirds of an import).
"""

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from buildassets.errors import ManifestError

SCHEMA: Final = 1


def read_document(text: str, file: str) -> dict[str, Any]:
    """The JSON object in `text`, once it is sure to be a manifest of a schema known here.

    Raises ManifestError, naming `file`, where it is not. Entries are not looked at: a web process has thousands of
    them and uses a few.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as fault:
        complaint = str(fault)
        message = f"`{file}` is not JSON: {complaint[:1].lower()}{complaint[1:]}"
        raise refusal("manifest/invalid", message, file) from None
    if not isinstance(document, dict) or not isinstance(document.get("assets"), dict):
        raise no_manifest(file)
    if document.get("schema") != SCHEMA:
        found = document.get("schema")
        raise refusal("manifest/schema", f"`{file}` has schema {found!r}, this version reads {SCHEMA}", file)
    return document


def no_manifest(file: str) -> "ManifestError":
    """The error for a JSON document `file` that lacks what every manifest has."""
    return refusal("manifest/invalid", f"`{file}` is not a buildassets manifest", file)


def refusal(code: str, message: str, file: str) -> "ManifestError":
    """The error for a manifest `file` that cannot be used; `code` also chooses the hint."""
    from buildassets.diagnostics import Location, error
    from buildassets.errors import ManifestError

    hints = {
        "manifest/missing": "run `buildassets build`, or name another manifest",
        "manifest/invalid": "run `buildassets build` again, or name another manifest",
        "manifest/schema": "use the same version of buildassets for the build and for the web process",
        "manifest/file": "run `buildassets build` again, or deploy the whole release directory",
    }
    return ManifestError([error(code, message, Location(file), hint=hints[code])])
