"""A part of a font, as it is asked for, and what was measured in it. Pure: values without behaviour."""

from typing import Literal, TypeAlias

from buildassets.foundation.frozen import frozen

FontFormat: TypeAlias = Literal["woff2", "woff"]
Fallback: TypeAlias = Literal["auto", "Arial", "Times New Roman", "Courier New", "none"]
LikeFont: TypeAlias = Literal["Arial", "Times New Roman", "Courier New"]
Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Code points: first and last of each range, ascending and apart."""


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
