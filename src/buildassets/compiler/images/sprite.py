"""The icons of a sprite: one SVG document, in which each is a symbol that pages show by `<use>`. Pure: values."""

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
