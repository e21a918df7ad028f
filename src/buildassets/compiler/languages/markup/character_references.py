"""A text without its character references, and the way back to where each character was written. Pure."""

import re
from bisect import bisect_right
from collections.abc import Callable


class Decoded:
    """Pieces of a text, each with the place where it was written."""

    __slots__ = ("_length", "_offsets", "_pieces", "_places")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._offsets: list[int] = []
        self._places: list[int] = []
        self._length = 0

    @property
    def text(self) -> str:
        """All pieces in one."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def add(self, piece: str, place: int) -> None:
        """Append what is written, or meant, at `place` and from there on."""
        self._pieces.append(piece)
        self._offsets.append(self._length)
        self._places.append(place)
        self._length += len(piece)

    def add_decoded(
        self,
        text: str,
        start: int,
        end: int,
        character_reference: re.Pattern[str],
        meaning: Callable[[re.Match[str]], str | None],
    ) -> None:
        """Append what `text[start:end]` means. A match of the pattern that has no `meaning` stays as it is."""
        for match in character_reference.finditer(text, start, end):
            meant = meaning(match)
            if meant is not None:
                self.add(text[start : match.start()], start)
                self.add(meant, match.start())
                start = match.end()
        self.add(text[start:end], start)

    def place(self, offset: int) -> int:
        """Where the character at `offset` of `text` was written."""
        piece = bisect_right(self._offsets, offset) - 1
        return self._places[piece] + offset - self._offsets[piece]
