"""A part of a font, as it is asked for, what was measured in it, and ranges of characters. Pure.

A range is written as `<urange>` (CSS Syntax 3, section 7): `U+0-FF`, `U+131`, `U+4??`.
"""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

FontFormat: TypeAlias = Literal["woff2", "woff"]
Fallback: TypeAlias = Literal["auto", "Arial", "Times New Roman", "Courier New", "none"]
LikeFont: TypeAlias = Literal["Arial", "Times New Roman", "Courier New"]
Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Code points: first and last of each range, ascending and apart."""
LARGEST: Final = 0x10FFFF
_RANGE: Final = lazy_pattern(r"[Uu]\+(?:[0-9a-fA-F]{1,6}(?:-[0-9a-fA-F]{1,6})?|(?=.{1,6}\Z)[0-9a-fA-F]*\?+)")


@frozen
class Subset:
    """The part of the font at the absolute path `of` that has the characters `ranges`; None: all of it.

    It is made even if the font forbids that, if it `is_allowed` or its family is among the names `allow`. `siblings`
    are the logical paths of the same font in all formats, its own included, the best first. `fallback` is the system
    font that stands in while it loads; with `preloads` pages preload it. These three do not decide its bytes.
    """

    of: str
    ranges: Ranges | None
    kind: FontFormat
    is_allowed: bool = False
    allow: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    fallback: Fallback = "auto"
    preloads: bool = True


@frozen
class FontMetrics:
    """The measures of a font, in hundred-thousandths of an em.

    `like` is the system font that resembles it. `ascent`, `descent` and `line_gap` are those of a line. `width` is the
    average of a letter in English text, `bold_width` the same at weight 700 of a font with an axis for the weight, else
    0.
    """

    like: LikeFont
    ascent: int
    descent: int
    line_gap: int
    width: int
    bold_width: int = 0


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
