"""Writes the difference of two releases: for a terminal, in Markdown for a pull request, and as JSON values. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from buildassets.foundation.diagnostics import printable
from buildassets.foundation.measures import size_text
from buildassets.release.diff.causes import CODINGS, AssetChange, Cause, Difference, Kind, Sizes, sizes_of

_MOST_ROWS: Final = 50
_MOST_CHARACTERS: Final = 60_000  # a comment on GitHub may have 65,536
_MOST_NAME_CHARACTERS: Final = 120
_KINDS: Final[tuple[Kind, ...]] = ("changed", "added", "removed")
_MARKS: Final = re.compile(r"[|`<&\\*_~@#\[\]]")  # characters with a meaning in Markdown or on GitHub
_LABELS: Final = {"raw": "size", "gzip": "gzip", "br": "br"}


def lines_of(difference: Difference) -> list[str]:
    """The whole report, line by line. Names in it may hold control characters: escape them for a terminal."""
    lines = [line for change in difference.changes for line in change_lines(change)]
    return [*lines, _summary(difference)]


def change_lines(change: AssetChange) -> Iterator[str]:
    """The lines on one asset: how it changed, and why."""
    if change.before is None or change.after is None:
        sizes = sizes_of(change.after or change.before)
        yield f"{change.path} {change.kind}: {', '.join(_sizes_text(sizes))}"
        return
    before, after = sizes_of(change.before), sizes_of(change.after)
    yield f"{change.path} changed: {', '.join(_exchanged(before, after))}"
    yield f"  {change.before.file} → {change.after.file}"
    if len(change.chain) > 1:
        yield f"  refers to {' → '.join(change.chain[1:])}"
    for cause in change.causes:
        yield f"  {cause_text(cause)}"


def cause_text(cause: Cause) -> str:
    """A cause as a sentence."""
    return _sentence(cause, _plain, str)


def markdown_of(difference: Difference) -> str:
    """A table for a pull request: what grew or shrank most comes first, as many rows as GitHub's limit allows."""
    head = f"### Assets\n\n{_summary(difference)}\n"
    if not difference.changes:
        return head
    ordered = sorted(difference.changes, key=lambda change: (-_moved_bytes(change), change.path))
    rows = ["", "| asset | | gzip | br | why |", "|---|---|--:|--:|---|"]
    left = _MOST_CHARACTERS
    for change in ordered[:_MOST_ROWS]:
        row = _row(change)
        left -= len(row) + 1
        if left < 0:
            break
        rows.append(row)
    shown = len(rows) - 3
    more = [f"\nand {len(ordered) - shown} more"] if shown < len(ordered) else []
    return "\n".join([head.rstrip("\n"), *rows, *more, ""])


def _summary(difference: Difference) -> str:
    """One line with the number of changes of each kind and the sizes of all assets."""
    kinds = [change.kind for change in difference.changes]
    counts = {kind: kinds.count(kind) for kind in _KINDS}
    counted = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "nothing changed"
    return f"{counted}; all assets: {', '.join(_exchanged(difference.before, difference.after))}"


def _row(change: AssetChange) -> str:
    before, after = sizes_of(change.before), sizes_of(change.after)
    cells = [code(change.path), change.kind, *(_moved(before, after, coding) for coding in CODINGS), _why(change)]
    return f"| {' | '.join(cells)} |"


def _why(change: AssetChange) -> str:
    causes = "; ".join(_sentence(cause, code, words) for cause in change.causes)
    if len(change.chain) == 1:
        return causes
    return f"refers to {' → '.join(map(code, change.chain[1:]))}: {causes}"


def _sentence(cause: Cause, named: Callable[[str], str], worded: Callable[[str], str]) -> str:
    return "".join((named if index % 2 else worded)(part) for index, part in enumerate(cause.parts))


def _plain(name: str) -> str:
    return f"`{name}`"


def words(text: str) -> str:
    """`text` for a cell, with Markdown escaped: engines and settings come from manifests, and may hold anything."""
    return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", printable(text))


def code(name: str) -> str:
    """`name` as code in a cell of a table in GitHub's Markdown, whatever characters it holds."""
    shown = printable(name)
    if len(shown) > _MOST_NAME_CHARACTERS:
        shown = f"{shown[: _MOST_NAME_CHARACTERS // 2]}…{shown[-_MOST_NAME_CHARACTERS // 2 :]}"
    fence = "`" * (_longest_run(shown, "`") + 1)
    padding = " " if "`" in shown else ""
    return f"{fence}{padding}{shown.replace('|', chr(92) + '|')}{padding}{fence}"


def _longest_run(text: str, character: str) -> int:
    longest = run = 0
    for current in text:
        run = run + 1 if current == character else 0
        longest = max(longest, run)
    return longest


def _moved_bytes(change: AssetChange) -> int:
    return abs(sizes_of(change.after).gzip - sizes_of(change.before).gzip)


def _moved(before: Sizes, after: Sizes, coding: str) -> str:
    """A size and its change, as `4.2 kB (+0.1 kB)`."""
    was, now = getattr(before, coding), getattr(after, coding)
    return f"{size_text(now)} ({_signed(now - was)})" if now != was else size_text(now)


def _signed(size_bytes: int) -> str:
    return f"{'+' if size_bytes > 0 else '-'}{size_text(abs(size_bytes))}"


def _exchanged(before: Sizes, after: Sizes) -> Sequence[str]:
    """Each size before and after, as `18.2 kB → 18.4 kB (+0.2 kB)`, `gzip …`."""
    return [f"{_labelled(name)}{_arrow(getattr(before, name), getattr(after, name))}" for name in _LABELS]


def _arrow(was: int, now: int) -> str:
    if was == now:
        return size_text(now)
    return f"{size_text(was)} → {size_text(now)} ({_signed(now - was)})"


def _sizes_text(sizes: Sizes) -> Sequence[str]:
    return [f"{_labelled(name)}{size_text(getattr(sizes, name))}" for name in _LABELS]


def _labelled(name: str) -> str:
    return "" if name == "raw" else f"{name} "


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
