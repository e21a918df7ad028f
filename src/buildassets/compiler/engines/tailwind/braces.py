"""Braces in the globs of `@source`: `{html,js}` and `{1..3}`. Pure."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_RANGE: Final = re.compile(r"(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?")
_MOST: Final = 1000  # of what one glob stands for


def expanded(glob: str) -> list[str]:
    """The globs without braces that `glob` stands for, in order; braces without a comma or a range stay."""
    return list(dict.fromkeys(islice(_expanded(glob), _MOST)))


def _expanded(glob: str) -> Iterator[str]:
    for braces in _BRACES.finditer(glob):
        choices = _choices(braces[1])
        if choices:
            for choice in choices:
                yield from _expanded(f"{glob[: braces.start()]}{choice}{glob[braces.end() :]}")
            return
    yield glob


def _choices(inside: str) -> list[str]:
    if "," in inside:
        return inside.split(",")
    if found := _RANGE.fullmatch(inside):
        first, last, step = int(found[1]), int(found[2]), abs(int(found[3] or 1)) or 1
        numbers = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
        return [str(number) for number in numbers[:_MOST]]
    return []
