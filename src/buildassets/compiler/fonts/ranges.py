"""Ranges of characters as CSS writes them. Pure.

The form is `<urange>` (CSS Syntax 3, section 7): `U+0-FF`, `U+131`, `U+4??`.
"""

from collections.abc import Iterable
from typing import Final

from buildassets.compiler.fonts.subset import Ranges
from buildassets.foundation.lazy_pattern import lazy_pattern

LARGEST: Final = 0x10FFFF
_RANGE: Final = lazy_pattern(r"[Uu]\+(?:[0-9a-fA-F]{1,6}(?:-[0-9a-fA-F]{1,6})?|(?=.{1,6}\Z)[0-9a-fA-F]*\?+)")


def parsed_range(text: str) -> tuple[int, int] | None:
    """The first and the last code point of a range as CSS writes it; None if it is none."""
    if _RANGE.fullmatch(text) is None:
        return None
    first, _, last = text[2:].partition("-")
    start, end = int(first.replace("?", "0"), 16), int((last or first).replace("?", "f"), 16)
    return (start, end) if start <= end <= LARGEST else None


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The same characters in ranges that are ascending and apart."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def of_text(characters: Iterable[str]) -> Ranges:
    """The ranges of `characters`."""
    return merged((ord(one), ord(one)) for one in characters)


def common(one: Ranges, other: Ranges) -> Ranges:
    """The characters that are in both."""
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other)
    return merged((start, end) for start, end in pairs if start <= end)
