"""Lines and columns as Dart counts them: columns in UTF-16 code units. Pure."""

import re
from typing import Final

from buildassets.compiler.languages.source_map.lines import Lines

_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[str]:
    """The lines of `text`, as editors and Dart count them."""
    return _LINE_END.split(text)


def characters(line: str, units: int) -> int:
    """The number of characters in the first `units` code units of `line`."""
    return Lines(line).offset(0, units) or 0
