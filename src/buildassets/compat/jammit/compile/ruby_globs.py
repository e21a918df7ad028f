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
        self._entries_of: dict[str, list[os.DirEntry[str]]] = {}

    def files(self, pattern: str, folders: tuple[str, ...]) -> list[str]:
        """The absolute paths of all files that `pattern` matches, seen from each of `folders`; sorted as Ruby sorts."""
        starts = ("",) if os.path.isabs(pattern) else folders
        found = {
            path
            for start in starts
            for one in expanded(pattern)
            for path in self._matched(start or os.sep, [*map(_Segment, one.strip("/").split("/"))])
        }
        return sorted(found, key=os.fsencode)

    def _matched(self, folder: str, segments: list["_Segment"]) -> Iterator[str]:
        """The files below `folder` that `segments` match. A path is looked at once for each of the segments."""
        waiting = [(folder, 0)]
        seen = {*waiting}
        while waiting:
            path, index = waiting.pop()
            if index == len(segments):
                if os.path.isfile(path):
                    yield path
            elif index == 0 or os.path.isdir(path):
                is_last = index == len(segments) - 1
                steps = {(one, index + step) for one, step in self._steps(path, segments[index], is_last=is_last)}
                waiting += sorted(steps - seen)
                seen |= steps

    def _steps(self, folder: str, segment: "_Segment", *, is_last: bool) -> Iterator[tuple[str, int]]:
        """The paths that follow `folder`, each with the number of segments that are done by it."""
        if segment.text in ("", "."):
            yield folder, 1
        elif segment.text == "**" and not is_last:
            yield folder, 1
            for entry in self._entries(folder):
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    yield entry.path, 0
        elif segment.matches is not None:
            for entry in self._entries(folder):
                if (segment.text.startswith(".") or not entry.name.startswith(".")) and segment.matches(entry.name):
                    yield entry.path, 1
        else:
            self.folders[folder] = None
            yield os.path.normpath(os.path.join(folder, segment.text)), 1

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        self.folders[folder] = None
        if folder not in self._entries_of:
            try:
                with os.scandir(folder) as entries:
                    self._entries_of[folder] = sorted(entries, key=lambda entry: entry.name)
            except OSError:
                self._entries_of[folder] = []
        return self._entries_of[folder]


class _Segment:
    """A segment of a pattern; `matches` is None where it is a name."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.matches = re.compile(_expression(text), re.DOTALL).fullmatch if _MAGIC.search(text) else None


def expanded(pattern: str) -> list[str]:
    """The patterns without braces that `pattern` stands for: `{a,b}.js` is `a.js` and `b.js`."""
    waiting, done = [pattern], list[str]()
    while waiting and len(done) + len(waiting) < _ALTERNATIVES_AT_MOST:
        one = waiting.pop(0)
        braces = _BRACES.search(one)
        if braces is None:
            done.append(one)
        else:
            parts = braces[1].split(",", _ALTERNATIVES_AT_MOST)[:_ALTERNATIVES_AT_MOST]
            waiting += [one[: braces.start()] + part + one[braces.end() :] for part in parts]
    return done


def _expression(segment: str) -> str:
    """The regular expression of a segment; `**` in it is `*`.

    What is between two stars is matched at the first place without backtracking: any later place would do no better.
    """
    first, *rest = _parts(segment)
    if not rest:
        return first
    *inner, last = rest
    return first + "".join(f"(?>[^/]*?{part})" for part in inner if part) + "[^/]*" + last


def _parts(segment: str) -> list[str]:
    """The regular expressions of what is before, between and after the stars of a segment."""
    parts, position = [""], 0
    last_closing = segment.rfind("]")
    while position < len(segment):
        sign = segment[position]
        negated = segment[position + 1 : position + 2] in ("!", "^")
        end = segment.find("]", position + 1 + negated) if sign == "[" and position < last_closing else -1
        if sign == "*":
            parts.append("")
        elif sign == "?":
            parts[-1] += "[^/]"
        elif end > 0:
            parts[-1] += _set(segment[position + 1 + negated : end], negated=negated)
            position = end
        elif sign == "\\" and position + 1 < len(segment):
            position += 1
            parts[-1] += re.escape(segment[position])
        else:
            parts[-1] += re.escape(sign)
        position += 1
    return parts


def _set(members: str, *, negated: bool) -> str:
    """The expression of a set; of a range such as `z-a` Ruby knows both ends, and no letter is in `[]`."""
    if not members:
        return "[^/]" if negated else "(?!)"
    return f"[{'^' if negated else ''}{_MEMBER.sub(_member, members)}]"


def _member(found: re.Match[str]) -> str:
    first, last = found[1], found[2] or ""
    return re.escape(first) + ("-" if first < last else "") + re.escape(last)
