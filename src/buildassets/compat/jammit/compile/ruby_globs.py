"""Globs as Ruby's `Dir.glob` reads them: braces, `*`, `?`, sets, `**/`; case counts, and hidden files need their dot.

Takes patterns and folders, gives files, and the folders whose names decided which. Reads folders.
"""

import os
import re
from collections.abc import Iterator
from typing import Final

_MAGIC: Final = re.compile(r"[*?\[\\]")
_BRACES: Final = re.compile(r"(?<!\\)\{([^{}]*)\}")
_MEMBER: Final = re.compile(r"(.)(?:-(.))?", re.DOTALL)  # of a set: a letter, or a range
_ALTERNATIVES_AT_MOST: Final = 1000


def is_magic(pattern: str) -> bool:
    """Whether `pattern` may match several files."""
    return _MAGIC.search(pattern) is not None or _BRACES.search(pattern) is not None


class Listing:
    """The files that globs match; `folders` are those that were read for it, or looked for."""

    def __init__(self) -> None:
        self.folders: dict[str, None] = {}

    def files(self, pattern: str, folders: tuple[str, ...]) -> list[str]:
        """The absolute paths of all files that `pattern` matches, seen from each of `folders`; sorted as Ruby sorts."""
        starts = ("",) if os.path.isabs(pattern) else folders
        found = {
            path
            for start in starts
            for one in expanded(pattern)
            for path in self._below(start or os.sep, one.strip("/").split("/"))
        }
        return sorted(found, key=os.fsencode)

    def _below(self, folder: str, segments: list[str]) -> Iterator[str]:
        """The files below `folder` that the `segments` of a pattern match."""
        first, rest = segments[0], segments[1:]
        if first in ("", "."):
            yield from self._below(folder, rest) if rest else ()
        elif first == "**" and rest:
            yield from self._below(folder, rest)
            for entry in self._entries(folder):
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    yield from self._below(entry.path, segments)
        elif _MAGIC.search(first):
            matches = re.compile(_expression(first), re.DOTALL).fullmatch
            for entry in self._entries(folder):
                if (first.startswith(".") or not entry.name.startswith(".")) and matches(entry.name):
                    yield from self._at(entry.path, rest)
        else:
            self.folders[folder] = None
            yield from self._at(os.path.normpath(os.path.join(folder, first)), rest)

    def _at(self, path: str, rest: list[str]) -> Iterator[str]:
        if rest:
            yield from self._below(path, rest) if os.path.isdir(path) else ()
        elif os.path.isfile(path):
            yield path

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        self.folders[folder] = None
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return []


def expanded(pattern: str) -> list[str]:
    """The patterns without braces that `pattern` stands for: `{a,b}.js` is `a.js` and `b.js`."""
    waiting, done = [pattern], list[str]()
    while waiting and len(done) + len(waiting) < _ALTERNATIVES_AT_MOST:
        one = waiting.pop(0)
        braces = _BRACES.search(one)
        if braces is None:
            done.append(one)
        else:
            waiting += [one[: braces.start()] + part + one[braces.end() :] for part in braces[1].split(",")]
    return done


def _expression(segment: str) -> str:
    """The regular expression of a segment; `**` in it is `*`."""
    expression, position = "", 0
    while position < len(segment):
        sign = segment[position]
        negated = segment[position + 1 : position + 2] in ("!", "^")
        end = segment.find("]", position + 1 + negated) if sign == "[" else -1
        if sign == "*":
            expression += "" if expression.endswith("[^/]*") else "[^/]*"
        elif sign == "?":
            expression += "[^/]"
        elif end > 0:
            expression += _set(segment[position + 1 + negated : end], negated=negated)
            position = end
        elif sign == "\\" and position + 1 < len(segment):
            position += 1
            expression += re.escape(segment[position])
        else:
            expression += re.escape(sign)
        position += 1
    return expression


def _set(members: str, *, negated: bool) -> str:
    """The expression of a set; of a range such as `z-a` Ruby knows both ends, and no letter is in `[]`."""
    if not members:
        return "[^/]" if negated else "(?!)"
    return f"[{'^' if negated else ''}{_MEMBER.sub(_member, members)}]"


def _member(found: re.Match[str]) -> str:
    first, last = found[1], found[2] or ""
    return re.escape(first) + ("-" if first < last else "") + re.escape(last)
