"""Suggests the name that an unknown name was most likely meant to be. Pure.

A build can have thousands of unknown names, and thousands of assets, so each name is compared with 500 at most. Readers
trust a suggestion, so a name that is similar only in its folder and suffix is not suggested.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from heapq import merge
from itertools import groupby, islice
from posixpath import split
from typing import Final

_MOST_COMPARED: Final = 500
_BEGINNING: Final = 3  # among many names, those that share so many first characters are compared,
_ENDING: Final = 8  # or so many last ones
_LIKE: Final = 0.6  # of 1: the ratio that `difflib` considers a good match
_ALIKE: Final = 0.7  # the same for stems of files, so that `app` is not similar to `map`
_IN_MANY_FOLDERS: Final = "index"  # a stem so common that an equal name in another folder is no good match


def nearest(
    name: str, known: Iterable[str], cutoff: float = _LIKE, is_fit: Callable[[str], bool] = lambda _: True
) -> str | None:
    """The name in `known` that is most similar to `name`; None where no similarity reaches `cutoff` (0 to 1).

    The result is that of `difflib.get_close_matches`; of equally similar names, the last in order. An upper bound of
    the similarity takes a tenth of the time, so names with the highest bounds are compared first. Names for which
    `is_fit` is false are skipped.
    """
    candidates = set(known)
    if not candidates:
        return None
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(b=name)
    hopeful: list[tuple[float, str]] = []
    for candidate in candidates:
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() >= cutoff and (most := matcher.quick_ratio()) >= cutoff:
            hopeful.append((most, candidate))
    best: list[tuple[float, str]] = []
    for most, candidate in sorted(hopeful, reverse=True):
        if best and most < best[0][0]:
            break
        matcher.set_seq1(candidate)
        if (ratio := matcher.ratio()) >= cutoff and is_fit(candidate):
            best = [max([(ratio, candidate), *best])]
    return best[0][1] if best else None


def nearest_path(target: str, paths: Iterable[str], cutoff: float = _LIKE) -> str | None:
    """Like `nearest`, for paths: the stems must be similar too, so that folder and suffix alone do not suffice."""
    return nearest(target, paths, cutoff, lambda path: _are_alike(_stem(target), _stem(path)))


def nearest_paths(target: str, paths: Iterable[str], most: int) -> tuple[str, ...]:
    """Up to `most` paths that `nearest_path` would accept, the most similar first."""
    from difflib import get_close_matches

    stem = _stem(target)
    return tuple(get_close_matches(target, [path for path in paths if _are_alike(stem, _stem(path))], n=most))


def _are_alike(stem: str, other: str) -> bool:
    """Whether two stems are similar, have the same letters in another order, or differ by one extra letter."""
    if sorted(stem) == sorted(other) or nearest(stem, [other], _ALIKE) is not None:
        return True
    short, long = sorted((stem, other), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _stem(path: str) -> str:
    """The stem of a path, in lower case: `app` of `css/App.min.css`."""
    name = split(path.rstrip("/"))[1].casefold().lstrip("_")
    return name.partition(".")[0] or name


class Known:
    """The names of all assets, indexed at the first search."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names

    def nearest_asset(self, target: str, but: str = "") -> str | None:
        """The asset that `target` was most likely meant to be, but not `but`, the asset that refers to it.

        Prefers an equal name in another folder, then the nearest in the same folder, then the nearest of all.
        """
        folder, name = split(target)
        if namesakes := [path for path in self._first(("name", name.casefold())) if path != but]:
            return nearest(target, namesakes, _LIKE if _stem(name) == _IN_MANY_FOLDERS else 0.0)
        siblings = self._in_order.get(("folder", folder), [])
        if len(siblings) > _MOST_COMPARED:
            siblings = self._like(name, folder)
        nearby = (path for path in siblings if path != but)
        elsewhere = (path for path in self._like(name) if path != but)
        return nearest_path(target, nearby) or nearest_path(target, elsewhere, 0.75)

    def nearest(self, target: str, but: str = "") -> str | None:
        """The nearest of all names, but not `but`."""
        everything = self._in_order.get(("any",), [])
        compared = self._like(split(target)[1]) if len(everything) > _MOST_COMPARED else everything
        return nearest_path(target, (path for path in compared if path != but))

    def _like(self, name: str, *folder: str) -> list[str]:
        """Names that share the beginning or the ending with `name`, in `folder` only if that is given."""
        return self._first(("beginning", name[:_BEGINNING], *folder), ("ending", name[-_ENDING:], *folder))

    def _first(self, *keys: tuple[str, ...]) -> list[str]:
        """The first names under any of `keys`, in order, each once."""
        ordered = merge(*(self._in_order.get(key, []) for key in keys))
        return list(islice((name for name, _ in groupby(ordered)), _MOST_COMPARED))

    @cached_property
    def _in_order(self) -> dict[tuple[str, ...], list[str]]:
        """The names, sorted, by name, folder, beginning and ending."""
        index: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for path in sorted(set(self._names)):
            folder, name = split(path)
            beginning, ending = ("beginning", name[:_BEGINNING]), ("ending", name[-_ENDING:])
            keys = ("any",), ("name", name.casefold()), ("folder", folder)
            for key in (*keys, beginning, ending, (*beginning, folder), (*ending, folder)):
                index[key].append(path)
        return dict(index)
