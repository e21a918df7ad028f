"""Where a place in a compiled text came from, by its source map (ECMA-426, version 3). Pure."""

import json
from bisect import bisect_right
from collections.abc import Iterator
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
    try:
        document: Any = json.loads(map_json)
        sources = document["sources"]
        mappings = _mappings_of_line(document["mappings"], line)
        if not mappings:
            return None
        found = max(0, bisect_right(mappings, column, key=lambda mapping: mapping[0]) - 1)
        _, source, source_line, source_column = mappings[found]
        return (document.get("sourceRoot") or "") + sources[source], source_line, source_column
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return None


def _mappings_of_line(mappings: str, wanted: int) -> list[_Mapping]:
    """The mappings of one generated line, sorted by column. Numbers are relative to those before, on every line."""
    source = source_line = source_column = 0
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
        if number == wanted:
            return sorted(found)
    return []


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
