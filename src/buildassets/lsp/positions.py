"""Places in a text: offsets in characters, and the protocol's lines and UTF-16 units. Pure; lines end at LF."""

from typing import NamedTuple


class Place(NamedTuple):
    """A line from 0, and the UTF-16 units before a character in it (LSP 3.17, "Position")."""

    line: int
    character: int


def offset_at(text: str, place: Place) -> int:
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


def place_at(text: str, offset: int) -> Place:
    """The place of `offset`."""
    before = text[:offset]
    start = before.rfind("\n") + 1
    return Place(before.count("\n"), sum(map(_units, before[start:])))


def _units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1
