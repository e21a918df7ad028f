"""The form in which the findings of one asset are kept between processes: JSON values.

Takes findings, gives values; takes values and the asset, gives findings, or raises ValueError where they are damaged.
"""

from collections.abc import Callable
from typing import Any, Final

from buildassets.compiler.cache import json_values
from buildassets.compiler.graph.checks.findings import Finding
from buildassets.compiler.model import Draft, Linked
from buildassets.foundation.diagnostics import Diagnostic, location_to_json, to_json
from buildassets.foundation.paths import LogicalPath

Stored = list[Any]
_DRAFT: Final = "draft"  # in place of the draft of the asset itself
_FIELDS: Final = 6  # of a Finding


def to_stored(findings: tuple[tuple[int, Any], ...]) -> Stored:
    """The values of `findings`."""
    return [[number, _stored(finding)] for number, finding in findings]


def from_stored(values: Stored, asset_of: Callable[[], Linked], count: int) -> tuple[tuple[int, Any], ...]:
    """The findings of an asset, by one of `count` checks each."""
    pairs = [json_values.array(pair, 2) for pair in values]
    if not all(0 <= json_values.number(number) < count for number, _ in pairs):
        raise ValueError("no such check")
    return tuple((number, _finding(value, asset_of)) for number, value in pairs)


def _stored(finding: object) -> object:
    if isinstance(finding, Draft):
        return _DRAFT
    if isinstance(finding, Diagnostic):
        return to_json(finding)
    if isinstance(finding, Finding):
        place = location_to_json(finding.place)
        return [_DRAFT, [place, finding.root, finding.about, finding.message, finding.hint, finding.notes]]
    assert isinstance(finding, tuple)
    about, diagnostic = finding
    return [about, to_json(diagnostic)]


def _finding(value: object, asset_of: Callable[[], Linked]) -> object:
    if value == _DRAFT:
        return asset_of().draft
    if isinstance(value, dict):
        return json_values.diagnostic(value)
    about, rest = json_values.array(value, 2)
    if about != _DRAFT:
        named = LogicalPath(about) if isinstance(about, str) else json_values.number(about)
        return named, json_values.diagnostic(rest)
    place, root, named, message, hint, notes = json_values.array(rest, _FIELDS)
    return Finding(
        json_values.location(place),
        json_values.number(root),
        about=json_values.text(named),
        message=json_values.text(message),
        hint=json_values.text_or_none(hint),
        notes=json_values.texts(notes),
    )
