"""The table that a build shows on a terminal: for each kind of asset the number, the sizes, and what changed."""

from collections.abc import Iterable, Mapping

from buildassets.cli.show.table import Column, table_lines
from buildassets.foundation.measures import size_text
from buildassets.manifest.model import Entry
from buildassets.release.report.kinds import KINDS, Total, kind_of, total_of, totals

_COLUMNS = (
    Column("kind", to_right=False, least=12),
    Column("assets"),
    Column("size"),
    Column("gzip", left_out=2),
    Column("brotli", left_out=1),
)
_CHANGES = Column("changes", to_right=False, left_out=3)


def build_table(
    assets: Mapping[str, Entry], before: Mapping[str, Entry] | None, *, is_compressed: bool, width: int | None
) -> list[str]:
    """The lines of the table. Without an earlier release, `before`, there is no column of changes."""
    columns: tuple[Column, ...] = (*_COLUMNS, _CHANGES) if is_compressed else (*_COLUMNS[:3], _CHANGES)
    of_kinds = totals(assets)
    changes = _changes(assets, before)
    rows = [_row(kind, of_kinds.get(kind), changes.get(kind, "")) for kind in KINDS if kind in {*of_kinds, *changes}]
    if len(rows) > 1:
        rows.append(_row("all", total_of(assets.values()), ""))
    if not is_compressed:
        rows = [(*row[:3], row[-1]) for row in rows]
    if not changes:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return table_lines(columns, rows, width)


def _row(kind: str, total: Total | None, changes: str) -> tuple[str, ...]:
    if total is None:
        return kind, "0", "", "", "", changes
    sizes = (size_text(size) for size in (total.sizes.raw, total.sizes.gzip, total.sizes.br))
    return kind, f"{total.assets:,}", *sizes, changes


def _changes(assets: Mapping[str, Entry], before: Mapping[str, Entry] | None) -> dict[str, str]:
    """The changes of each kind, as `2 new, 1 changed, 1 gone`; kinds without changes are left out."""
    if before is None:
        return {}
    changed = [path for path in assets.keys() & before.keys() if assets[path].file != before[path].file]
    sides = {
        "new": _counts(assets[path] for path in assets.keys() - before.keys()),
        "changed": _counts(assets[path] for path in changed),
        "gone": _counts(before[path] for path in before.keys() - assets.keys()),
    }
    found = {
        kind: ", ".join(f"{counts[kind]:,} {word}" for word, counts in sides.items() if counts.get(kind))
        for kind in KINDS
    }
    return {kind: text for kind, text in found.items() if text}


def _counts(entries: Iterable[Entry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        kind = kind_of(entry)
        counts[kind] = counts.get(kind, 0) + 1
    return counts
