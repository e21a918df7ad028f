"""Lists the files of the sets that a command may read, and the folders that were listed for that.

Takes a folder and globs, gives absolute paths. Lists folders.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from buildassets.compiler.sources.globs import BUILT_IN_EXCLUDES, HIDDEN, compile_globs
from buildassets.disk.folders import walk
from buildassets.foundation.frozen import frozen

_WILDCARDS: Final = "*?["
_OF_EDITORS: Final = (name for name in BUILT_IN_EXCLUDES if name != HIDDEN)
_PASSED_OVER: Final = (".*", *_OF_EDITORS, "node_modules", "__pycache__")  # unless a glob has their names


@frozen
class InputSet:
    """The files of one or more globs, sorted, and what was looked at: folders, and files that are not there."""

    files: tuple[str, ...] = ()
    looked_at: tuple[str, ...] = ()


def input_set(folder: str, globs: Iterable[str], besides: Collection[str]) -> InputSet:
    """The files that `globs`, relative to `folder`, match; a folder stands for all in it.

    Left out are the folders `besides`, hidden files, `node_modules` and what editors write, unless a glob names them.
    """
    files: set[str] = set()
    looked_at: set[str] = set()
    for glob in globs:
        top, rest = _parted(folder, glob)
        if not rest and os.path.isfile(top):
            files.add(top)
        elif not os.path.isdir(top):
            looked_at.add(top)
        else:
            files.update(_matching(top, rest or "**", besides, looked_at))
    return InputSet(tuple(sorted(files)), tuple(sorted(looked_at)))


def matches_any(folder: str, glob: str, besides: Collection[str]) -> bool:
    """Whether `glob` matches a file."""
    top, rest = _parted(folder, glob)
    if not rest and os.path.isfile(top):
        return True
    return os.path.isdir(top) and any(_matching(top, rest or "**", besides, set()))


def _parted(folder: str, glob: str) -> tuple[str, str]:
    """The folder, or file, that a glob begins with, and the rest, which has wildcards."""
    segments = glob.split("/")
    count = next((at for at, segment in enumerate(segments) if any(mark in segment for mark in _WILDCARDS)), None)
    if count is None:
        return os.path.normpath(os.path.join(folder, glob)), ""
    top = "/".join(segments[:count]) or ("/" if glob.startswith("/") else "")
    return os.path.normpath(os.path.join(folder, top)), "/".join(segments[count:])


def _matching(top: str, rest: str, besides: Collection[str], looked_at: set[str]) -> Iterator[str]:
    segments = rest.split("/")
    depth = None if "**" in segments else len(segments)
    matches = compile_globs([f"./{rest}"])
    is_left_out = compile_globs(name for name in _PASSED_OVER if not _names(segments, name))
    for inner, folders, files in walk(top):
        looked_at.add(inner)
        below = "" if inner == top else os.path.relpath(inner, top).replace(os.sep, "/") + "/"
        kept = [name for name in folders if not is_left_out(name) and os.path.join(inner, name) not in besides]
        folders[:] = kept if depth is None or below.count("/") + 1 < depth else []
        for name in files:
            if not is_left_out(name) and matches(f"{below}{name}"):
                yield os.path.join(inner, name)


def _names(segments: Iterable[str], left_out: str) -> bool:
    """Whether a glob with these `segments` names what would be left out: `.cache/**` names hidden files."""
    begin = left_out.rstrip("*")
    return any(segment.startswith(begin) for segment in segments) if begin else False
