"""Lines and columns of a text as source maps count them, and the offsets of its characters. Pure.

Lines and columns count from 0, columns in UTF-16 code units (ECMA-426). A byte order mark has no column, as whoever
decodes the file takes it away.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import Syntax

_ASTRAL: Final = lazy_pattern("[\U00010000-\U0010ffff]")  # one character, two code units
_LINE_END: Final = lazy_pattern(r"\r\n|[\n\r]")
_SCRIPT_LINE_END: Final = lazy_pattern(r"\r\n|[\n\r\u2028\u2029]")  # ECMA-262, section 12.3


class Lines:
    """Where the lines of a text begin. `syntax` is that of the text, if that decides what ends a line."""

    __slots__ = ("_astral", "_ends", "_seconds", "_starts", "_units")

    def __init__(self, text: str, syntax: Syntax | None = None) -> None:
        ends = _SCRIPT_LINE_END if syntax is Syntax.JAVASCRIPT else _LINE_END
        self._starts = [int(text.startswith("\ufeff")), *(match.end() for match in ends.finditer(text))]
        self._ends = [*(start - 1 for start in self._starts[1:]), len(text)]
        self._astral = [] if text.isascii() else [match.start() for match in _ASTRAL.finditer(text)]
        # Where the second code unit of each stands, in code units from the text's start.
        self._seconds = [offset + before + 1 for before, offset in enumerate(self._astral)]
        self._units = [self._in_units(start) for start in self._starts] if self._astral else self._starts

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of the character at `offset`."""
        line = max(0, bisect_right(self._starts, offset) - 1)
        units = self._in_units(offset) if self._astral else offset
        return line, max(0, units - self._units[line])

    def places(self, offsets: Iterable[int]) -> Iterator[tuple[int, int]]:
        """The line and column of each; fast where they follow one another."""
        line = start = 0
        end = -1
        for offset in offsets:
            if not start <= offset <= end:
                line = max(0, bisect_right(self._starts, offset) - 1)
                start, end = self._starts[line], self._ends[line]
            yield self.place(offset) if self._astral or offset < start else (line, offset - start)

    def offset(self, line: int, column: int) -> int | None:
        """The offset of what stands there, at most that of the line's end; None where there is no such line."""
        if not 0 <= line < len(self._ends):
            return None
        offset, end = self._units[line] + column, self._ends[line]
        if self._astral:
            offset -= bisect_left(self._seconds, offset)
        return offset if offset < end else end

    def start_of(self, line: int) -> int:
        """The offset at which that line begins."""
        return self._starts[line]

    def end_of(self, line: int) -> int:
        """The offset of the last character of what ends that line, or the text's end."""
        return self._ends[line]

    def units(self, line: int, characters: int) -> int:
        """The column that comes after so many characters of that line."""
        start = self._starts[line]
        return self._in_units(start + characters) - self._units[line] if self._astral else characters

    def _in_units(self, offset: int) -> int:
        """How many code units the first `offset` characters are."""
        return offset + bisect_left(self._astral, offset)
