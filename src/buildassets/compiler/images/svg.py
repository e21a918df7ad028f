"""The size of an SVG image (SVG 2, sections 8.11 and 8.12; CSS Images 4, section 3). Pure.

Only attributes of the root element count: browsers ignore its `style` for the size of an image.
"""

from collections.abc import Mapping
from math import floor, isfinite
from typing import Final

from buildassets.compiler.languages.markup.lexer import MarkupKind, MarkupToken, read_tag, xml_tokens
from buildassets.compiler.languages.markup.svg import unescaped
from buildassets.foundation.lazy_pattern import lazy_pattern

# CSS pixels of a unit (CSS Values 4, section 6.2); the font size of an image's root is 16 pixels.
_UNITS: Final[Mapping[str, float]] = {
    "": 1,
    "px": 1,
    "in": 96,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    "pt": 96 / 72,
    "pc": 16,
    "em": 16,
    "rem": 16,
}
# These depend on fonts or on the page, and functions are not computed here.
_UNKNOWN: Final = lazy_pattern(r"(?i).*(?:[(&]|\d(?:ex|ch|cap|ic|r?lh|[sld]?v(?:[wihb]|min|max))\s*\Z)")
_LENGTH: Final = lazy_pattern(r"(?i)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]*)\s*")
_NUMBER: Final = lazy_pattern(r"(?i)[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
_SEPARATOR: Final = lazy_pattern(r"\s*,\s*|\s+")


def size(text: str) -> tuple[int, int] | None:
    """Width and height, rounded; a missing one is computed from the `viewBox`. None if there is no such size."""
    root = _root(text)
    given = {name: _attribute(text, root, name) for name in ("width", "height")} if root else {}
    if root is None or any(value and _UNKNOWN.match(value) for value in given.values()):
        return None
    width, height = (_pixels(value) for value in given.values())
    if width is not None and height is not None:
        return _rounded(width), _rounded(height)
    box = _box(text, root)
    if box is None:
        return None
    if width is not None:
        return _rounded(width), _rounded(width * box[1] / box[0])
    if height is not None:
        return _rounded(height * box[0] / box[1]), _rounded(height)
    return _rounded(box[0]), _rounded(box[1])


def lengths(text: str) -> tuple[float | None, float | None]:
    """The width and height that the root element has as lengths, in CSS pixels."""
    root = _root(text)
    if root is None:
        return None, None
    return _pixels(_attribute(text, root, "width")), _pixels(_attribute(text, root, "height"))


def _root(text: str) -> MarkupToken | None:
    """The start tag of the root element, if that is an `svg`."""
    for token in xml_tokens(text):
        if token.kind in (MarkupKind.TAG, MarkupKind.EMPTY_TAG):
            return token if read_tag(text, token).name.rpartition(":")[2] == "svg" else None
    return None


def _attribute(text: str, root: MarkupToken, name: str) -> str | None:
    """The value of the attribute `name`, whose case counts."""
    span = read_tag(text, root).attributes.get(name.lower())
    if span is None:
        return None
    before = text[root.start : span[0]].rstrip("\"'").rstrip().removesuffix("=").rstrip()
    return unescaped(text[slice(*span)]) if before.endswith(name) else None


def _pixels(value: str | None) -> float | None:
    """A length in CSS pixels, at least 0; None for a percentage, `auto` and everything that is not a length."""
    match = _LENGTH.fullmatch(value) if value else None
    if match is None or match[2].lower() not in _UNITS:
        return None
    pixels = float(match[1]) * _UNITS[match[2].lower()]
    return max(0.0, pixels) if isfinite(pixels) else None


def _box(text: str, root: MarkupToken) -> tuple[float, float] | None:
    """Width and height of the `viewBox`; None if it is invalid, or does not keep the ratio of the image."""
    ratio = _attribute(text, root, "preserveAspectRatio")
    numbers = _SEPARATOR.split((_attribute(text, root, "viewBox") or "").strip())
    if (ratio and ratio.strip() == "none") or len(numbers) != 4 or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    width, height = float(numbers[2]), float(numbers[3])
    return (width, height) if 0 < width < 1e9 and 0 < height < 1e9 else None


def _rounded(pixels: float) -> int:
    """The nearest integer; a half is rounded up, as browsers do."""
    return floor(min(pixels, 1e9) + 0.5)
