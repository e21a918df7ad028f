"""Places in a text: offsets in characters, and the protocol's lines and UTF-16 units. Pure; lines end at LF."""

import re
from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

_TWO_UNITS: Final = re.compile("[\U00010000-\U0010ffff]")


class TextPlace(NamedTuple):
    """A line from 0, and the UTF-16 units before a character in it (LSP 3.17, "Position")."""

    line: int
    character: int


def offset_at(text: str, place: TextPlace) -> int:
    """The offset of `place`; the nearest one if the line is shorter, or there is no such line."""
    lines = text.split("\n")
    if place.line >= len(lines):
        return len(text)
    start = sum(len(line) + 1 for line in lines[: place.line])
    units = 0
    for index, character in enumerate(lines[place.line]):
        if units >= place.character:
            return start + index
        units += _units(character)
    return start + len(lines[place.line])


class Places:
    """The places of a text. Its lines and surrogate pairs are found once, as one long line may have all diagnostics."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._starts.pop()
        self._pairs = () if text.isascii() else tuple(match.start() for match in _TWO_UNITS.finditer(text))

    def at(self, offset: int) -> TextPlace:
        """The place of `offset`; the end of the text for one behind it."""
        end = min(offset, len(self._text))
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        return TextPlace(line, end - start + bisect_left(self._pairs, end) - bisect_left(self._pairs, start))

    def start_of(self, line: int) -> int:
        """The offset of the line that is counted from 0; the end of the text if there is none."""
        return self._starts[line] if line < len(self._starts) else len(self._text)


def place_at(text: str, offset: int) -> TextPlace:
    """The place of `offset`."""
    return Places(text).at(offset)


def _units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1
