"""Puts blanks in place of comments and the like, in linear time: a text of a project may be hostile. Pure."""

import re
from collections.abc import Iterator


class Blanks:
    """Spans, each given by the patterns of its beginning and of its end. Letters of both cases are the same."""

    def __init__(self, *spans: tuple[str, str]) -> None:
        self._beginning = re.compile("|".join(f"({beginning})" for beginning, _ in spans), re.IGNORECASE)
        self._ends = tuple(re.compile(end, re.IGNORECASE) for _, end in spans)

    def in_place(self, text: str) -> str:
        """`text` with blanks in place of all spans; a beginning without an end stays."""
        pieces: list[str] = []
        kept = 0
        for start, end in self.spans(text):
            pieces += text[kept:start], " " * (end - start)
            kept = end
        return "".join((*pieces, text[kept:]))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """The places of the spans in `text`, in order."""
        unclosed: set[int] = set()  # the kinds of spans that have no end any more, which is looked for once
        position = 0
        while match := self._beginning.search(text, position):
            kind = (match.lastindex or 1) - 1
            end = None if kind in unclosed else self._ends[kind].search(text, match.end())
            if end is None:
                unclosed.add(kind)
                position = match.start() + 1
            else:
                yield match.start(), end.end()
                position = max(end.end(), match.start() + 1)
