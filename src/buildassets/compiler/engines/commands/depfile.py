"""Reads the rules that a compiler writes to list what it read, in the form of Make (POSIX, "make", Target Rules). Pure.

Blanks and `#` in a name follow a backslash, a dollar is doubled, and a line goes on after a backslash, as GCC and Clang
write it.
"""

import re
from typing import Final

_CONTINUED: Final = re.compile(r"\\\r?\n")
_ELEMENT: Final = re.compile(r"(?P<slashes>\\+)(?P<mark>[ \t#:]?)|\$\$|(?P<blank>[ \t]+)|[^\\$ \t]+|\$")
_ORDER_ONLY: Final = "|"


def prerequisites(text: str) -> tuple[str, ...]:
    """The names behind the targets of all rules in `text`, each once; raises ValueError if a line is not a rule."""
    found: dict[str, None] = {}
    for line in _CONTINUED.sub(" ", text).splitlines():
        if line.strip() and not line.startswith("#"):
            found |= dict.fromkeys(_prerequisites(line))
    return tuple(found)


def _prerequisites(line: str) -> list[str]:
    names, is_behind = [""], False
    for element in _ELEMENT.finditer(line):
        text, slashes, mark = element[0], element["slashes"], element["mark"]
        if slashes:
            is_escape = len(slashes) % 2 == 1 and mark
            names[-1] += f"{slashes[: len(slashes) // 2]}{mark}" if is_escape else f"{slashes}{mark.strip()}"
            if mark and mark in " \t" and not is_escape:
                names.append("")
        elif element["blank"]:
            names.append("")
        elif text == "$$":
            names[-1] += "$"
        elif not is_behind and (colon := _colon(line, element.start(), element.end(), names[-1])) >= 0:
            is_behind = True
            names = [line[colon + 1 : element.end()].lstrip(":")]
        else:
            names[-1] += text
    if not is_behind:
        raise ValueError(line)
    return [name for name in names if name and name != _ORDER_ONLY]


def _colon(line: str, start: int, end: int, before: str) -> int:
    """The place of the colon behind the targets in `line[start:end]`, -1 if there is none; no drive of Windows."""
    colon = line.find(":", start, end)
    is_drive = len(before + line[start:colon]) == 1 and line[colon + 1 : colon + 2] in ("\\", "/")
    return line.find(":", colon + 1, end) if colon >= 0 and is_drive else colon
