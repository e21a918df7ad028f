"""Where the places of a text came from. Frozen values."""

from typing import NamedTuple, TypeAlias

from buildassets.foundation.frozen import frozen


class Origin(NamedTuple):
    """A text that another was made from.

    `name` is its absolute path; or its URL as a foreign source map gives it, where `is_url`. `content` is the text
    itself where that map holds it.
    """

    name: str
    content: str | None = None
    is_url: bool = False

    def __setstate__(self, state: object) -> None:
        """Refuse: a pickle from another process must not change the class, which is everybody's."""
        raise TypeError("it has no state")


Mapped: TypeAlias = tuple[int, int, int, int, int]
"""Offset in the text, number of the origin, line and column there, number of the name; -1 is no origin, no name.

The offset counts characters; line and column count from 0, the column UTF-16 code units.
"""


@frozen
class SourceMap:
    """Where the places of a text came from. `mappings` are sorted."""

    mappings: tuple[Mapped, ...] = ()
    origins: tuple[Origin, ...] = ()
    names: tuple[str, ...] = ()
