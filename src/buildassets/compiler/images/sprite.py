"""Joins icons into one SVG document, in which each is a symbol that pages show by `<use>`. Pure."""

from collections.abc import Iterable

from buildassets.compiler.images.symbol import Symbol
from buildassets.foundation.frozen import frozen


@frozen
class Icon:
    """One icon: its name in templates, the absolute path of its file, and that path as the user would write it."""

    name: str
    path: str
    shown: str


@frozen
class Sprite:
    """The icons of a sprite, sorted by name."""

    icons: tuple[Icon, ...]


def sprite_text(symbols: Iterable[Symbol]) -> str:
    """The document of `symbols`: one a line, after the licences of all, each once."""
    listed = list(symbols)
    licences = dict.fromkeys(licence for one in listed for licence in one.licences)
    lines = (*(f"<!--{licence}-->" for licence in licences), *(one.text for one in listed))
    return "\n".join(('<svg xmlns="http://www.w3.org/2000/svg">', *lines, "</svg>"))
