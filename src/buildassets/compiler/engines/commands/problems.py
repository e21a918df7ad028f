"""Finds the problems that a program reports, line by line, by a regular expression with named groups. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from buildassets.frozen import frozen

GROUPS: Final = ("file", "line", "column", "message")
# Colours and the like (ECMA-48, CSI and OSC), and other control characters.
_CONTROL: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]")
_MOST_CHARACTERS: Final = 2000  # of a line: longer ones are data, and a pattern may take quadratic time
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
    """The problems in what a program printed: one for each line in which `pattern` is found."""
    search = re.compile(pattern).search
    for line in lines_of(output):
        if match := search(line[:_MOST_CHARACTERS]):
            groups = match.groupdict()
            message = (groups.get("message") or "").strip()
            file = (groups.get("file") or "").strip()
            yield Problem(message, file, _number(groups.get("line")), _number(groups.get("column")))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
