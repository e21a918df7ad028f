"""Writes the counts of the last run on Windows into the documentation: `python -m tests.windows.counts`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.windows.marks import FILE, MOST_MARKED, RAN

_PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "systems.md"
_PART: Final = ("<!-- counted -->\n", "<!-- /counted -->")


def table(run: Mapping[str, Any]) -> str:
    """Return the counts of a run as a table of Markdown. Raises ValueError where too many tests are marked."""
    kinds = {kind: reasons for kind, reasons in run.items() if isinstance(reasons, dict)}
    total = sum(run[name] for name in RAN) + sum(sum(reasons.values()) for reasons in kinds.values())
    if (marked := sum(kinds["marked"].values())) > total * MOST_MARKED:
        raise ValueError(f"{marked} of {total} tests are marked, which are more than {MOST_MARKED:.0%}")
    rows = [("passed", "", run["passed"])]
    rows += [(kind, reason, number) for kind, reasons in kinds.items() for reason, number in _by_number(reasons)]
    lines = [f"| {result} | {reason} | {number:,} |" for result, reason, number in rows]
    head = f"{total:,} tests in {run['seconds']:,} seconds:\n\n| result | reason | tests |\n|---|---|--:|\n"
    return head + "\n".join(lines) + "\n"


def _by_number(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda row: (-row[1], row[0]))


def with_counts(page: str, run: Mapping[str, Any]) -> str:
    """Return `page` with the counts of `run` in their part."""
    before, rest = page.split(_PART[0])
    return f"{before}{_PART[0]}\n{table(run)}\n{_PART[1]}{rest.split(_PART[1])[1]}"


if __name__ == "__main__":
    counted = with_counts(_PAGE.read_text(encoding="utf-8"), json.loads(FILE.read_text(encoding="utf-8")))
    _PAGE.write_text(counted, encoding="utf-8")
