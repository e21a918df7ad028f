"""What a name that leads nowhere was most likely meant to be. Pure.

A build can have thousands of such names, and thousands of assets: each name is compared with some hundreds at most. Who
reads a suggestion trusts it, so what is like a name only in its folder and its suffix is none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from heapq import merge
from itertools import groupby, islice
from posixpath import split
from typing import Final

_MOST_COMPARED: Final = 500
_BEGINNING: Final = 3  # characters in which names have to agree at least, at this end or the other, if there are more
_ENDING: Final = 8
_LIKE: Final = 0.6  # of 1: what `difflib` takes for a good match
_ALIKE: Final = 0.7  # the same for names of files, in which `app` is not like `map`
_IN_MANY_FOLDERS: Final = "index"  # the stem of files of which one is no more likely than another


def nearest(
    name: str, known: Iterable[str], cutoff: float = _LIKE, is_fit: Callable[[str], bool] = lambda _: True
) -> str | None:
    """The one of `known` that `name` was most likely meant to be; None where none is `cutoff` (0 to 1) like it.

    It is the one that `difflib.get_close_matches` finds; of those that are equally like it, the last in order. How like
    two names can be at most is known in a tenth of the time, so the most promising ones are compared first. What
    `is_fit` does not hold of is passed over.
    """
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(b=name)
    hopeful: list[tuple[float, str]] = []
    for one in set(known):
        matcher.set_seq1(one)
        if matcher.real_quick_ratio() >= cutoff and (most := matcher.quick_ratio()) >= cutoff:
            hopeful.append((most, one))
    found: list[tuple[float, str]] = []
    for most, one in sorted(hopeful, reverse=True):
        if found and most < found[0][0]:
            break
        matcher.set_seq1(one)
        if (ratio := matcher.ratio()) >= cutoff and is_fit(one):
            found = [max([(ratio, one), *found])]
    return found[0][1] if found else None


def nearest_path(target: str, paths: Iterable[str], cutoff: float = _LIKE) -> str | None:
    """The same for paths: the names of their files are alike, too, whatever folder and suffix they share."""
    return nearest(target, paths, cutoff, lambda path: _are_alike(_stem(target), _stem(path)))


def nearest_paths(target: str, paths: Iterable[str], most: int) -> tuple[str, ...]:
    """As many as `most` of such paths, the most like first."""
    from difflib import get_close_matches

    stem = _stem(target)
    return tuple(get_close_matches(target, [path for path in paths if _are_alike(stem, _stem(path))], n=most))


def _are_alike(stem: str, other: str) -> bool:
    """Whether they are alike, have the same letters in another order, or differ by one letter too many."""
    if sorted(stem) == sorted(other) or nearest(stem, [other], _ALIKE) is not None:
        return True
    short, long = sorted((stem, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _stem(path: str) -> str:
    """`app` of `css/App.min.css`."""
    name = split(path.rstrip("/"))[1].casefold().lstrip("_")
    return name.partition(".")[0] or name


class Known:
    """Names of assets; they are put in order when the first one is looked for."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names

    def nearest_asset(self, target: str, but: str = "") -> str | None:
        """The asset that `target` was most likely meant to be: the same name elsewhere, else the nearest in its folder,
        else the nearest of all. It is not `but`, in which the name stands."""
        folder, name = split(target)
        if namesakes := [path for path in self._first(("name", name.casefold())) if path != but]:
            return nearest(target, namesakes, _LIKE if _stem(name) == _IN_MANY_FOLDERS else 0.0)
        siblings = self._in_order.get(("folder", folder), [])
        if len(siblings) > _MOST_COMPARED:
            siblings = self._like(name, folder)
        others = (path for path in siblings if path != but)
        like = (path for path in self._like(name) if path != but)
        return nearest_path(target, others) or nearest_path(target, like, 0.75)

    def nearest(self, target: str, but: str = "") -> str | None:
        """The nearest of all that there are, and not `but`."""
        everything = self._in_order.get(("any",), [])
        compared = self._like(split(target)[1]) if len(everything) > _MOST_COMPARED else everything
        return nearest_path(target, (path for path in compared if path != but))

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
            keys = ("any",), ("name", name.casefold()), ("folder", folder)
            for key in (*keys, beginning, ending, (*beginning, folder), (*ending, folder)):
                found[key].append(path)
        return dict(found)
