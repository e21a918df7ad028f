"""The report on a release in Markdown, for a pull request. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from buildassets.foundation.measures import size_text
from buildassets.release.diff.text import code, markdown_of, words
from buildassets.release.report.document import Facts, document
from buildassets.release.report.savings import savings, savings_text

_LARGEST: Final = 10
_MOST_NAMES: Final = 10
_HEAD: Final = ("size", "gzip", "br")


def report_markdown(facts: Facts) -> str:
    """The changes, if an earlier release is given; then all kinds, the largest assets, and possible savings."""
    found = document(facts)
    changes = markdown_of(facts.difference).rstrip("\n").split("\n") if facts.difference else ["### Assets"]
    parts = [
        changes,
        _table("kind", [*((row["kind"], row) for row in found["kinds"]), ("all", found["total"])]),
        list(_largest(found["assets"])),
        [*_left(found), *_advice(facts)],
        list(_time(found["seconds"])),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _table(title: str, rows: Sequence[tuple[str, Any]]) -> list[str]:
    lines = [f"| {title} | assets | size | gzip | br |", "|---|--:|--:|--:|--:|"]
    for name, row in rows:
        sizes = " | ".join(size_text(row[key]) for key in _HEAD)
        lines.append(f"| {name} | {row['assets']:,} | {sizes} |")
    return lines


def _largest(assets: Sequence[Any]) -> Iterator[str]:
    ordered = sorted(assets, key=lambda asset: (-asset["gzip"], asset["path"]))[:_LARGEST]
    if not ordered:
        return
    yield "| largest after gzip | size | gzip | br |"
    yield "|---|--:|--:|--:|"
    for asset in ordered:
        yield f"| {code(asset['path'])} | {' | '.join(size_text(asset[key]) for key in _HEAD)} |"


def _left(found: Any) -> Iterator[str]:
    """A line for each thing that could be left out."""
    for kind, groups in found["duplicates"].items():
        for group in groups[:_MOST_NAMES]:
            yield f"- {kind} more than once (+{size_text(group['extra_bytes'])}): {_listed(group)}"
    if found["unused"]:
        yield f"- not used by templates and assets: {_names(found['unused'])}"


def _advice(facts: Facts) -> Iterator[str]:
    if text := savings_text(savings(facts.manifest)):
        yield f"- {text}"


def _listed(group: Any) -> str:
    names = _names(group["places"])
    return names if group["name"] in group["places"] else f"{code(group['name'])} in {names}"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(map(code, names[:_MOST_NAMES])) + more


def _time(seconds: Any) -> Iterator[str]:
    if seconds:
        parts = ", ".join(f"{words(stage)} {taken:.2f} s" for stage, taken in seconds.items())
        yield f"Built in {sum(seconds.values()):.2f} s: {parts}"
