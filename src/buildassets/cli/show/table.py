"""Lays out rows of text in columns, for a terminal of any width."""

from collections.abc import Sequence

from buildassets.cli.show.output import shortened
from buildassets.foundation.diagnostics import cells, printable
from buildassets.foundation.frozen import frozen

_GAP = 2


@frozen
class Column:
    """A column: its title, and what becomes of it where there is no room.

    Its texts are cut at their begin down to `least` cells; with 0 they never are. Then it is left out, those with the
    smallest `left_out` first; with 0 it never is.
    """

    title: str
    to_right: bool = True
    left_out: int = 0
    least: int = 0


def table_lines(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """The lines of a table, the titles first. The texts may hold anything; they are made printable.

    In `width` cells of a terminal, texts are cut and columns left out; with None all is shown.
    """
    shown = [[printable(cell) for cell in row] for row in rows]
    kept = list(range(len(columns)))
    widths = [
        max(cells(text) for text in (column.title, *(row[number] for row in shown)))
        for number, column in enumerate(columns)
    ]
    if width is not None:
        kept, widths = _fitted(columns, widths, width)
    lines = [[column.title for column in columns], *shown]
    return [_line(columns, kept, widths, line) for line in lines]


def _fitted(columns: Sequence[Column], widths: Sequence[int], width: int) -> tuple[list[int], list[int]]:
    """The columns that fit into `width`, by number, and the widths of all. The last ones are cut first."""
    kept, narrowed = list(range(len(columns))), list(widths)

    def excess() -> int:
        return sum(narrowed[number] + _GAP for number in kept) - _GAP - width

    while excess() > 0:
        for number in reversed(kept):
            if columns[number].least:
                narrowed[number] -= max(0, min(excess(), narrowed[number] - columns[number].least))
        least = [number for number in kept if columns[number].left_out]
        if excess() <= 0 or not least:
            break
        kept.remove(min(least, key=lambda number: columns[number].left_out))
        narrowed = list(widths)
    narrowed[kept[0]] = max(1, narrowed[kept[0]] - max(0, excess()))
    return kept, narrowed


def _line(columns: Sequence[Column], kept: Sequence[int], widths: Sequence[int], row: Sequence[str]) -> str:
    parts = []
    for number in kept:
        text = shortened(row[number], widths[number])
        blank = " " * (widths[number] - cells(text))
        parts.append(blank + text if columns[number].to_right else text + blank)
    return (" " * _GAP).join(parts).rstrip()
