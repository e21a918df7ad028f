"""The difference of two releases as JSON values. Pure."""

from dataclasses import asdict
from typing import Any

from buildassets.release.diff.causes import AssetChange, Difference, sizes_of
from buildassets.release.diff.text import cause_text


def difference_document(difference: Difference) -> dict[str, Any]:
    """All changes by path, and the sizes of all assets together, before and after."""
    total = {"before": asdict(difference.before), "after": asdict(difference.after)}
    return {"changes": {change.path: change_document(change) for change in difference.changes}, "total": total}


def change_document(change: AssetChange) -> dict[str, Any]:
    """A change as a JSON value."""
    sides = {"before": change.before, "after": change.after}
    return {
        "change": change.kind,
        **{side: {"file": entry.file, **asdict(sizes_of(entry))} if entry else None for side, entry in sides.items()},
        "chain": list(change.chain),
        "causes": [{"kind": cause.kind, "text": cause_text(cause)} for cause in change.causes],
    }
