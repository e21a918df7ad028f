"""Brings a system font to the measures of a web font, so that pages do not move when it arrives. Pure.

By `size-adjust` its letters become as wide, and by the other three descriptors its lines as high (CSS Fonts 5, section
"Font metrics override descriptors"). All of these are relative to the size after `size-adjust`.
"""

from typing import Final

from buildassets.compiler.fonts.subset import Fallback, FontMetrics, LikeFont
from buildassets.foundation.frozen import frozen

_BOLD_FROM: Final = 600  # below this, browsers take the regular face of a family


@frozen
class SystemFont:
    """One face: the names by which systems know it and fonts of the same measures, and the average width of a letter.

    The width is in hundred-thousandths of an em, as in FontMetrics.
    """

    names: tuple[str, ...]
    width: int


# Measured in Arimo, Tinos and Cousine, whose letters are as wide as those of these fonts (`engines.fonttools`).
_ARIAL, _TIMES, _COURIER = (44142, 47727, 44142, 47727), (40000, 42556, 40153, 41124), (60010,) * 4
_FACES: Final = (("", "Regular"), ("Bold", "Bold"), ("Italic", "Italic"), ("Bold Italic", "Bold Italic"))
_ALIKE: Final[dict[LikeFont, tuple[str, str, tuple[str, ...], tuple[int, ...]]]] = {
    "Arial": ("Arial", "Arial%sMT", ("Liberation Sans", "Arimo"), _ARIAL),
    "Times New Roman": ("Times New Roman", "TimesNewRomanPS%sMT", ("Liberation Serif", "Tinos"), _TIMES),
    "Courier New": ("Courier New", "CourierNewPS%sMT", ("Liberation Mono", "Cousine"), _COURIER),
}
# Many fonts record no kind, as those of Google; then they count as Arial.
_OF_GENERIC: Final[dict[str, LikeFont]] = {
    **dict.fromkeys(("serif", "ui-serif"), "Times New Roman"),
    **dict.fromkeys(("monospace", "ui-monospace"), "Courier New"),
}


def system_font(family: LikeFont, *, is_bold: bool, is_italic: bool) -> SystemFont:
    """The face of the system font `family` of that weight and style."""
    number = is_bold + 2 * is_italic
    name, postscript, alike, widths = _ALIKE[family]
    face, full = _FACES[number]
    joined = face.replace(" ", "")
    names = [f"{name} {face}".strip(), postscript % (f"-{joined}" if joined else "")]
    return SystemFont((*names, *(f"{one} {full}" if face else one for one in alike)), widths[number])


def fallback_descriptors(
    metrics: FontMetrics, wanted: Fallback, weight: int, *, is_italic: bool, generic: str | None = None
) -> str:
    """The descriptors of a face of a system font with the measures of `metrics`; empty if none is `wanted`.

    `generic` is the family that sheets name in the end, for a font that records no kind of its own.
    """
    if wanted == "none":
        return ""
    is_bold = weight >= _BOLD_FROM
    like = _OF_GENERIC.get(generic or "", metrics.like) if metrics.like == "Arial" else metrics.like
    font = system_font(like if wanted == "auto" else wanted, is_bold=is_bold, is_italic=is_italic)
    width = metrics.bold_width if is_bold and metrics.bold_width else metrics.width
    size = width / font.width
    lines = (("ascent", metrics.ascent), ("descent", metrics.descent), ("line-gap", metrics.line_gap))
    overrides = "".join(f";{name}-override:{_percent(value / size / 100_000)}" for name, value in lines)
    names = ",".join(f'local("{name}")' for name in font.names)
    return f"src:{names};size-adjust:{_percent(size)}{overrides}"


def _percent(value: float) -> str:
    return f"{value * 100:.2f}".rstrip("0").rstrip(".") + "%"


def weight_parts(weight: str) -> tuple[tuple[str, int], ...]:
    """The descriptors of `font-weight` for a face with that of `weight`, each with the weight that it is measured at.

    There are two for a range that reaches from regular to bold weights.
    """
    words = weight.lower().split()
    numbers = [{"normal": 400, "bold": 700}.get(word) or _number(word) for word in words]
    first, last = min(numbers, default=400), max(numbers, default=400)
    if first < _BOLD_FROM <= last:
        return (f"{first} {_BOLD_FROM - 1}", 400), (f"{_BOLD_FROM} {last}", 700)
    return ((weight, first),)


def _number(word: str) -> int:
    try:
        return round(float(word))
    except ValueError:
        return 400
