"""Print what a release directory holds, as a table: each file with its size, plain and precompressed.

show_release.py example_project/build
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from buildassets.manifest import Entry, loads

CODINGS = ("gzip", "br")
HEAD = ("file", "bytes", *CODINGS)


def row(entry: Entry) -> tuple[str, ...]:
    """The cells of one file; a dash where there is no precompressed copy."""
    return entry.file, f"{entry.size:,}", *(_size(entry.encodings.get(coding)) for coding in CODINGS)


def total(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The cells of the last line: all files, each with the smallest that a browser can get."""
    codings = (sum(entry.encodings.get(coding, entry.size) for entry in entries) for coding in CODINGS)
    return f"{len(entries)} files", f"{sum(entry.size for entry in entries):,}", *(f"{size:,}" for size in codings)


def _size(size_bytes: int | None) -> str:
    return "-" if size_bytes is None else f"{size_bytes:,}"


def lines(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """`rows` as text in columns: the first to the left, the numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *numbers in rows:
        cells = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
        yield "  ".join((name.ljust(widths[0]), *cells))


def main(release: str) -> None:
    """Print the table of the release directory `release`."""
    manifest = loads(Path(release, "manifest.json").read_text(encoding="utf-8"))
    entries = list(manifest.assets.values())
    table = list(lines([HEAD, *map(row, entries), total(entries)]))
    rule = "-" * len(table[0])
    sys.stdout.write("\n".join([table[0], rule, *table[1:-1], rule, table[-1], ""]))


if __name__ == "__main__":
    main(*sys.argv[1:])
