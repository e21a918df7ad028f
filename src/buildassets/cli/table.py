"""Lays out rows of text in columns, for a terminal of any width."""

from collections.abc import Sequence

from buildassets.cli.output import shortened
from buildassets.diagnostics import cells, printable
from buildassets.frozen import frozen

_GAP = 2
_NARROWEST_NAME = 12


@frozen
class Column:
    """A column: its title, and how soon it is left out where there is no room, from 1; with 0 it never is."""

    title: str
    to_right: bool = True
    left_out: int = 0


def table_lines(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """The lines of a table, the titles first. The texts may hold anything; they are made printable.

    In `width` cells of a terminal, columns are left out and the first one is cut at its begin; with None all is shown.
    """
    shown = [[printable(cell) for cell in row] for row in rows]
    kept = list(range(len(columns)))
    widths = [
        max(cells(text) for text in (column.title, *(row[number] for row in shown)))
        for number, column in enumerate(columns)
    ]
    if width is not None:
        kept, widths[0] = _fitted(columns, widths, width)
    lines = [[column.title for column in columns], *shown]
    return [_line(columns, kept, widths, line) for line in lines]


def _fitted(columns: Sequence[Column], widths: Sequence[int], width: int) -> tuple[list[int], int]:
    """The columns that fit into `width`, by number, and the width of the first."""
    kept = list(range(len(columns)))

    def room() -> int:
        return width - sum(widths[number] + _GAP for number in kept[1:])

    while room() < min(widths[0], _NARROWEST_NAME) and any(columns[number].left_out for number in kept):
        kept.remove(min((number for number in kept if columns[number].left_out), key=lambda one: columns[one].left_out))
    return kept, max(1, min(widths[0], room()))


def _line(columns: Sequence[Column], kept: Sequence[int], widths: Sequence[int], row: Sequence[str]) -> str:
    parts = []
    for number in kept:
        text = shortened(row[number], widths[number])
        blank = " " * (widths[number] - cells(text))
        parts.append(blank + text if columns[number].to_right else text + blank)
    return (" " * _GAP).join(parts).rstrip()
