"""Reads the messages of libsass, in its error text and on stderr. Pure.

Their files have numbers for names: 0 is `stdin`, the sheet itself, and `7.scss` or `7.sass` is file 7.
"""

import re
from collections.abc import Iterator
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

DART_SASS: Final = 'set `scss = "dart-sass"` under `[tool.buildassets.engines]`'

Place = tuple[int, int, int]  # the file's number, line and column, both from 1; column 0 if unknown

_FILE: Final = r"(?:[^\n]*/)?(stdin|\d+\.s[ac]ss)"
_PLACE_LINE: Final = lazy_pattern(rf" +(?:on|from) line (\d+)(?::(\d+))? of {_FILE}(?:, in [^\n]*)?")
_WARNING: Final = lazy_pattern(
    rf"^(?:DEPRECATION )?WARNING(?: on line (\d+)(?:, column (\d+))? of {_FILE}:\n|(: ))"
    r"(.*?)(?=^(?:DEPRECATION )?WARNING|^\S*:\d+ DEBUG: |\Z)",
    re.MULTILINE | re.DOTALL,
)
_LEAD: Final = lazy_pattern(r"^(?:Internal )?Error: (?:error in C function [\w-]+: )?")


@frozen
class LibsassMessage:
    """An error or a warning: its lines, and its stack trace, the innermost place first.

    `by_user` is true for an `@warn`.
    """

    lines: tuple[str, ...]
    places: tuple[Place, ...]
    by_user: bool = False


def error_message(text: str) -> LibsassMessage:
    """The message in libsass's error text, without its excerpt of the source."""
    lines, places = _parted(_LEAD.sub("", text).split("\n"))
    return LibsassMessage(lines, places)


def warning_messages(text: str) -> Iterator[LibsassMessage]:
    """The warnings in libsass's output on stderr, each once. `@debug` is left out."""
    seen = set()
    for match in _WARNING.finditer(text):
        lines, places = _parted(match[5].split("\n"))
        if match[1]:
            places = (_place(match[1], match[2], match[3]), *places)
        message = LibsassMessage(lines, places, by_user=match[0].startswith("WARNING: ") and bool(places))
        if message not in seen:
            seen.add(message)
            yield message


def _parted(text_lines: list[str]) -> tuple[tuple[str, ...], tuple[Place, ...]]:
    """The lines before the first place, and the places that follow directly."""
    lines: list[str] = []
    places: list[Place] = []
    for line in text_lines:
        if match := _PLACE_LINE.fullmatch(line):
            places.append(_place(match[1], match[2], match[3]))
        elif places:
            break
        elif line.strip():
            lines.append(line.strip())
    return tuple(lines), tuple(places)


def _place(line: str, column: str | None, file: str) -> Place:
    return 0 if file == "stdin" else int(file.partition(".")[0]), int(line), int(column or 0)


# Errors that libsass reports for valid, modern CSS or Sass.
_BEYOND_LIBSASS: Final = lazy_pattern(
    r"""^Incompatible\ units
      | is\ not\ a\ number\ for\ `(?:min|max|clamp)'
      | ^(?:Function\ (?:rgb|hsl)a?\ is\ missing|overloaded\ function\ `(?:rgb|hsl)a?[`']\ given\ wrong)
      | ^wrong\ number\ of\ arguments\ .*\ for\ `(?:rgb|hsl|round|map-get)'
      | ^argument\ `\$\w+`\ of\ `(?:abs|invert|grayscale|saturate|round|ceil|floor)\(
      | ^unclosed\ parenthesis\ in\ media\ query
      | ^Custom\ property\ values\ may\ not\ be\ empty
      | expected\ @supports\ condition
      | after\ .*\b(?:layer|supports)["']:\ expected
      | was\ ["'](?:\.[\w-]+\(|or\ \(|using\b|<)
      | after\ .*\b(?:type|if)\([^"]*"?:\ expected""",
    re.VERBOSE,
)


def is_beyond_libsass(message: str) -> bool:
    """Whether `message`, in libsass's wording, is most likely about code that Dart Sass understands."""
    return _BEYOND_LIBSASS.search(message) is not None
