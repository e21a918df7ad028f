"""The `mappings` of a source map as text and as numbers (ECMA-426, sections 7 and 9). Pure.

Every number is written as its difference from the one before, in base 64 digits of five bits each, the lowest first;
the sign is the lowest bit of the first digit.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

Segment: TypeAlias = tuple[int, int, int, int, int, int]
"""Generated line and column, number of the source, line and column there, number of the name.

All count from 0; -1 is no source or no name. Without a source its line and column mean nothing.
"""

NONE: Final = -1
_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_VALUES: Final = {digit: value for value, digit in enumerate(_DIGITS)}
_CONTINUES: Final = 32
_BEYOND_32_BITS: Final = 1 << 32


def decoded_mappings(mappings: str) -> list[Segment]:
    """The segments in `mappings`, sorted by their generated places; ValueError where it is damaged."""
    found: list[Segment] = []
    source = source_line = source_column = name = 0
    known: dict[str, tuple[int, ...]] = {}  # most segments of a map are alike
    for line, group in enumerate(mappings.split(";")):
        column = 0
        for text in group.split(",") if group else ():
            fields = known.get(text) or known.setdefault(text, _numbers(text))
            column += fields[0]
            if column < 0:
                raise ValueError("a negative column")
            if len(fields) == 1:
                found.append((line, column, NONE, 0, 0, NONE))
                continue
            source += fields[1]
            source_line += fields[2]
            source_column += fields[3]
            if len(fields) == 5:
                name += fields[4]
            if min(source, source_line, source_column, name) < 0:
                raise ValueError("a negative number")
            found.append((line, column, source, source_line, source_column, name if len(fields) == 5 else NONE))
    found.sort(key=_generated)
    return found


def _generated(segment: Segment) -> tuple[int, int]:
    return segment[:2]


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of a segment: any count of digits, of which those beyond 32 bits are zeros (section 7)."""
    numbers: list[int] = []
    value = shift = 0
    ends = False
    for character in text:
        digit = _VALUES.get(character)
        if digit is None:
            raise ValueError(f"`{character}` is not a digit")
        if bits := digit & 31:
            if shift > 30:
                raise ValueError("a number of more than 32 bits")
            value |= bits << shift
        shift += 5
        ends = digit < _CONTINUES
        if ends:
            numbers.append(_signed(value))
            value = shift = 0
    if not ends or len(numbers) not in (1, 4, 5):
        raise ValueError("no segment")
    return tuple(numbers)


def _signed(value: int) -> int:
    if value >= _BEYOND_32_BITS:
        raise ValueError("a number of more than 32 bits")
    if value == 1:
        return -(1 << 31)  # ECMA-426 gives this meaning to what would be another zero
    return -(value >> 1) if value & 1 else value >> 1


def encoded_mappings(segments: Iterable[Segment]) -> str:
    """The `mappings` of `segments`, which are sorted by their generated places."""
    written: list[str] = []
    line = column = source = source_line = source_column = name = 0
    digits = _Digits()
    separator = ""
    for to_line, to_column, to_source, to_source_line, to_source_column, to_name in segments:
        if to_line > line:
            separator = ";" * (to_line - line)
            line, column = to_line, 0
        written += separator, digits[to_column - column]
        separator, column = ",", to_column
        if to_source == NONE:
            continue
        written += digits[to_source - source], digits[to_source_line - source_line]
        written.append(digits[to_source_column - source_column])
        source, source_line, source_column = to_source, to_source_line, to_source_column
        if to_name != NONE:
            written.append(digits[to_name - name])
            name = to_name
    return "".join(written)


class _Digits(dict[int, str]):
    """Numbers as written, each made once."""

    def __missing__(self, number: int) -> str:
        value = abs(number) << 1 | (number < 0)
        written = ""
        while value >= _CONTINUES:
            written += _DIGITS[value & 31 | _CONTINUES]
            value >>= 5
        self[number] = written = written + _DIGITS[value]
        return written
