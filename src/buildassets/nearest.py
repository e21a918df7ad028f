"""Which asset a name that leads nowhere was most likely meant to be. Pure.

A build can have thousands of such names, and thousands of assets: each name is compared with some hundreds at most.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from heapq import merge
from itertools import groupby, islice
from posixpath import split
from typing import Final

from buildassets.diagnostics import nearest

_MOST_COMPARED: Final = 500
_BEGINNING: Final = 3  # characters in which names have to agree at least, at this end or the other, if there are more
_ENDING: Final = 8


class Known:
    """Names of assets; they are put in order when the first one is looked for."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names

    def nearest_asset(self, target: str) -> str | None:
        """The asset that `target` was most likely meant to be: the same name elsewhere, else the nearest in its folder,
        else the nearest of all."""
        folder, name = split(target)
        if namesakes := self._first(("name", name)):
            return nearest(target, namesakes, 0.0)
        siblings = self._in_order.get(("folder", folder), [])
        if len(siblings) > _MOST_COMPARED:
            siblings = self._like(name, folder)
        return nearest(target, siblings) or nearest(target, self._like(name), 0.75)

    def nearest(self, target: str) -> str | None:
        """The nearest of all that there are."""
        everything = self._in_order.get(("any",), [])
        return nearest(target, self._like(split(target)[1]) if len(everything) > _MOST_COMPARED else everything)

    def _like(self, name: str, *folder: str) -> list[str]:
        """Those whose names begin or end alike."""
        return self._first(("beginning", name[:_BEGINNING], *folder), ("ending", name[-_ENDING:], *folder))

    def _first(self, *keys: tuple[str, ...]) -> list[str]:
        """The first of those under any of `keys`."""
        ordered = merge(*(self._in_order.get(key, []) for key in keys))
        return list(islice((name for name, _ in groupby(ordered)), _MOST_COMPARED))

    @cached_property
    def _in_order(self) -> dict[tuple[str, ...], list[str]]:
        """The names by what is alike in them, sorted."""
        found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for path in sorted(set(self._names)):
            folder, name = split(path)
            beginning, ending = ("beginning", name[:_BEGINNING]), ("ending", name[-_ENDING:])
            keys = ("any",), ("name", name), ("folder", folder)
            for key in (*keys, beginning, ending, (*beginning, folder), (*ending, folder)):
                found[key].append(path)
        return dict(found)
