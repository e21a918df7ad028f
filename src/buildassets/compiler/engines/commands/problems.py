"""Finds the problems that a program reports, line by line, by a regular expression with named groups. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from buildassets.foundation.frozen import frozen

# Colours and the like (ECMA-48, CSI and OSC), and other control characters.
_CONTROL: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]")
# Longer lines are data, and a pattern may take quadratic time: then these 500 lines take some ten seconds.
_MOST_CHARACTERS: Final = 1000  # of a line
_MOST_SEARCHED: Final = 500_000  # of all lines together
_MOST_LINES: Final = 20_000


@frozen
class Problem:
    """One reported problem. `file` is as the program wrote it; `line` and `column` are from 1.

    What is unknown is empty, or 0.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0


def lines_of(output: bytes) -> list[str]:
    """The lines of what a program printed, without colours, control characters, blank ends and blank lines."""
    text = _CONTROL.sub("", output.decode("utf-8", "replace"))
    return [line.rstrip() for line in text.split("\n")[:_MOST_LINES] if line.strip()]


def problems(pattern: str, output: bytes) -> Iterator[Problem]:
    """The problems in what a program printed: one for each line in which `pattern` is found.

    Of long lines only their beginnings are searched, and of a long output only its beginning.
    """
    search = re.compile(pattern).search
    left = _MOST_SEARCHED
    for line in lines_of(output):
        text = line[:_MOST_CHARACTERS]
        left -= len(text)
        if left < 0:
            return
        if match := search(text):
            groups = match.groupdict()
            message = (groups.get("message") or "").strip()
            file = (groups.get("file") or "").strip()
            yield Problem(message, file, _number(groups.get("line")), _number(groups.get("column")))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
