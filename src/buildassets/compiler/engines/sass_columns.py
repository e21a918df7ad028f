"""Columns in UTF-16 code units, as Dart and the source map standard count them, and in characters. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")  # one character, two code units
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def lines_of(text: str) -> list[str]:
    """The lines of `text`, as editors and Dart count them."""
    return _LINE_END.split(text)


def characters(line: str, units: int) -> int:
    """How many characters of `line` its first `units` code units are."""
    return _Line(line).characters(units)


class _Line:
    """A line of text, ready to be asked for many columns: a minified sheet is one line of megabytes."""

    def __init__(self, text: str) -> None:
        # Where the second code unit of each pair stands.
        self._seconds = [match.start() + before + 1 for before, match in enumerate(_ASTRAL.finditer(text))]

    def characters(self, units: int) -> int:
        """How many characters the first `units` code units are."""
        return units - bisect_left(self._seconds, units)


def mappings_in_characters(mappings: str, css: str, sources: Sequence[str]) -> str:
    """The `mappings` of a source map with columns in characters; `sources` are the texts that it speaks of."""
    if not any(map(_ASTRAL.search, (css, *sources))):
        return mappings
    css_lines, source_lines = _counted(css), [_counted(text) for text in sources]
    read, written = [0, 0, 0], [0, 0, 0]  # source, line and column so far: each segment tells the difference
    lines = []
    for css_line, line in zip(css_lines, mappings.split(";"), strict=False):
        read_column = written_column = 0
        segments = []
        for segment in filter(None, line.split(",")):
            delta, *deltas = _numbers(segment)
            read_column += delta
            steps = [css_line.characters(read_column) - written_column]
            written_column += steps[0]
            if deltas:
                read = [before + more for before, more in zip(read, deltas, strict=False)]
                place = [*read[:2], source_lines[read[0]][read[1]].characters(read[2])]
                steps += [after - before for after, before in zip(place, written, strict=True)]
                written = place
            segments.append(_digits(steps))
        lines.append(",".join(segments))
    return ";".join(lines)


def _counted(text: str) -> list[_Line]:
    return [_Line(line) for line in lines_of(text)]


def _numbers(segment: str) -> Iterator[int]:
    value = shift = 0
    for character in segment:
        digit = _DIGITS.index(character)
        value |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            yield -(value >> 1) if value & 1 else value >> 1
            value = shift = 0


def _digits(numbers: Iterable[int]) -> str:
    written = ""
    for number in numbers:
        value = abs(number) << 1 | (number < 0)
        while value > 31:
            written += _DIGITS[value & 31 | 32]
            value >>= 5
        written += _DIGITS[value]
    return written
