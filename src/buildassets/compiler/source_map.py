"""Where a place in a compiled text came from, by its source map (ECMA-426, version 3). Pure."""

import json
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

_VALUES: Final = {
    digit: value for value, digit in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_VALUE_BITS: Final = 5
_CONTINUES: Final = 1 << _VALUE_BITS

_Mapping = tuple[int, int, int, int]  # column, source index, source line, source column


def original_position(map_json: str, line: int, column: int) -> tuple[str, int, int] | None:
    """The (source, line, column) that wrote the text at `line` and `column`; all of them count from 0, as in the map.

    That is the last mapping of the line at or before the column, or else the first one. None where the map has none
    there, or is no source map. Columns are what the map's author counted: UTF-16 code units by the standard,
    characters from libsass; they differ only behind a character beyond U+FFFF on the same line.
    """
    return original_positions(map_json, [(line, column)])[0]


def original_positions(map_json: str, places: Sequence[tuple[int, int]]) -> list[tuple[str, int, int] | None]:
    """`original_position` of each of `places`, (line, column), by reading the map once."""
    try:
        document: Any = json.loads(map_json)
        lines = _mappings_of_lines(document["mappings"], {line for line, _ in places})
        sources = [(document.get("sourceRoot") or "") + source for source in document["sources"]]
        return [_original(lines.get(line), sources, column) for line, column in places]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return [None] * len(places)


def _original(mappings: list[_Mapping] | None, sources: Sequence[str], column: int) -> tuple[str, int, int] | None:
    if not mappings:
        return None
    found = max(0, bisect_right(mappings, column, key=lambda mapping: mapping[0]) - 1)
    _, source, source_line, source_column = mappings[found]
    return sources[source], source_line, source_column


def _mappings_of_lines(mappings: str, wanted: Collection[int]) -> dict[int, list[_Mapping]]:
    """The mappings of generated lines, sorted by column. Numbers are relative to those before, on every line."""
    source = source_line = source_column = 0
    lines: dict[int, list[_Mapping]] = {}
    for number, line in enumerate(mappings.split(";")):
        column = 0
        found = []
        for segment in filter(None, line.split(",")):
            fields = list(_numbers(segment))
            column += fields[0]
            if len(fields) >= 4:
                source += fields[1]
                source_line += fields[2]
                source_column += fields[3]
                found.append((column, source, source_line, source_column))
        if number in wanted:
            lines[number] = sorted(found)
    return lines


def _numbers(segment: str) -> Iterator[int]:
    """The variable-length quantities in `segment`: five bits a digit, lowest first, the sign in the lowest bit."""
    value = shift = 0
    for character in segment:
        digit = _VALUES[character]
        value |= (digit & ~_CONTINUES) << shift
        shift += _VALUE_BITS
        if not digit & _CONTINUES:
            yield -(value >> 1) if value & 1 else value >> 1
            value = shift = 0
