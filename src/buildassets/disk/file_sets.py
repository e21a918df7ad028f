"""Sets of files: which files a glob matches, as the file system has them now.

Takes a pattern, gives absolute paths, a digest of which there are, and the folders that were read for it. Reads
folders; imports the vocabulary only.

- `*`, `?` and `[…]` match within a name, `**` as a whole segment any number of folders, also none.
- A wildcard matches no name that is hidden, or that editors give to what they keep next to a file: `.a`, `a~`, `#a#`.
- `**` follows no links, and enters no folder of installed packages or of a virtual environment.
"""

import os
from collections.abc import Callable, Iterator
from fnmatch import translate
from functools import lru_cache
from re import compile as compiled_pattern
from typing import Final

from buildassets.disk.plain_files import leads_to_folder
from buildassets.foundation.frozen import frozen

_MARK: Final = "\0"  # between folder and glob: no path has it
_WILDCARDS: Final = frozenset("*?[")
_WILDCARD: Final = compiled_pattern(r"[*?\[]")
_PASSING: Final = (".", "#")  # as `snapshot` leaves them out when it compares the names in a folder
_PASSING_ENDS: Final = ("~", ".swp")
_OF_PACKAGES: Final = ("node_modules", "site-packages", "__pycache__")
_OF_ENVIRONMENT: Final = "pyvenv.cfg"


@frozen
class FileSet:
    """Which files there were: `digest` is that of their names below the absolute `folder`, as `glob` matched them.

    `folders` are the absolute paths of all folders that were read for it, and of those that were looked for.
    """

    folder: str
    glob: str
    digest: str = ""
    folders: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The set as one text, which is not a path; without what was found."""
        return f"{self.folder}{_MARK}{self.glob}"


def is_set_name(name: str) -> bool:
    """Whether `name` is that of a set, and no path."""
    return _MARK in name


def pattern_of(name: str) -> str:
    """The set of that name as a user would write it, as in `/site/templates/**/*.html`."""
    folder, _, glob = name.partition(_MARK)
    return os.path.join(folder, glob)


def renamed(name: str, changed: Callable[[str], str]) -> str:
    """The name of the same set below another folder: `changed` takes that of `name`."""
    folder, mark, glob = name.partition(_MARK)
    return f"{changed(folder)}{mark}{glob}"


def set_named(name: str) -> tuple[FileSet, tuple[str, ...]]:
    """The set of that name as it is now, and its files."""
    from buildassets.foundation.digest import digest  # 3 ms, which the process of libsass does not need

    folder, _, glob = name.partition(_MARK)
    names, folders = _found(folder, glob.split("/"))
    found = FileSet(folder, glob, digest("\0".join(names).encode("utf-8", "surrogatepass")), folders)
    return found, tuple(f"{_slashed(folder).rstrip('/')}/{name}" for name in names)


def may_be_entered(entry: "os.DirEntry[str]") -> bool:
    """Whether files of a set may be in the folder `entry`, or it is a link to such a folder."""
    return leads_to_folder(entry) and not _is_passing(entry.name) and entry.name not in _OF_PACKAGES


def escaped(path: str) -> str:
    """A glob that matches `path` alone."""
    return _WILDCARD.sub(r"[\g<0>]", path)


def file_set(folder: str, glob: str) -> tuple[FileSet, tuple[str, ...]]:
    """The set of the files that `glob`, absolute or relative to the absolute `folder`, matches; and these files.

    Their paths are absolute, with slashes, sorted.
    """
    is_folder = glob.endswith(("/", os.sep))
    glob = os.path.normpath(glob)
    if os.path.isabs(glob):
        folder = os.path.splitdrive(glob)[0] + os.sep
        glob = glob[len(folder) :]
    segments = [*_slashed(glob).split("/"), *(["**"] if is_folder else [])]
    # All but the last name that has no wildcard in it or before it is a folder by its own name, a link or not.
    while len(segments) > 1 and _WILDCARDS.isdisjoint(segments[0]):
        folder, segments = os.path.normpath(os.path.join(folder, segments[0])), segments[1:]
    return set_named(FileSet(folder, "/".join(segments)).name)


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _found(top: str, segments: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The names below `top` of the files that match, sorted, and the folders that were read."""
    wanted = (*segments, "*") if segments[-1] == "**" else tuple(segments)
    folders = _Folders(top)
    names: set[str] = set()
    waiting, seen = [("", wanted)], set[tuple[str, int]]()
    while waiting:
        below, rest = waiting.pop()
        if (below, len(rest)) in seen:
            continue
        seen.add((below, len(rest)))
        if rest[0] == "**":
            if below and folders.is_environment(below):
                continue
            waiting += ((below, rest[1:]), *((f"{below}{name}/", rest) for name in folders.to_enter(below)))
            continue
        matching = (entry for entry in folders.entries(below) if _matches(rest[0], entry.name))
        if len(rest) > 1:
            waiting += ((f"{below}{entry.name}/", rest[1:]) for entry in matching if leads_to_folder(entry))
        else:
            names.update(below + entry.name for entry in matching if _is_file(entry))
    return sorted(names), tuple(sorted(folders.read))


class _Folders:
    """The folders below `top`, each read once."""

    def __init__(self, top: str) -> None:
        self._top = top
        self._entries: dict[str, list[os.DirEntry[str]]] = {}

    @property
    def read(self) -> Iterator[str]:
        """The absolute paths of the folders that were read."""
        return (self._path(below) for below in self._entries)

    def entries(self, below: str) -> list["os.DirEntry[str]"]:
        """The entries of the folder; empty if it is not a folder or cannot be read."""
        if below not in self._entries:
            try:
                with os.scandir(self._path(below)) as entries:
                    self._entries[below] = list(entries)
            except (OSError, ValueError):
                self._entries[below] = []
        return self._entries[below]

    def to_enter(self, below: str) -> Iterator[str]:
        """The names of the folders in it that `**` enters."""
        for entry in self.entries(below):
            if may_be_entered(entry) and entry.is_dir(follow_symlinks=False):
                yield entry.name

    def is_environment(self, below: str) -> bool:
        """Whether the folder is a virtual environment."""
        return any(entry.name == _OF_ENVIRONMENT for entry in self.entries(below))

    def _path(self, below: str) -> str:
        return os.path.join(self._top, below[:-1].replace("/", os.sep)) if below else self._top


def _is_file(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a file, or a link that leads to one; a link that leads to itself is none."""
    try:
        return entry.is_file()
    except OSError:
        return False


def _matches(segment: str, name: str) -> bool:
    if _WILDCARDS.isdisjoint(segment):
        return name == segment
    return not _is_passing(name) and _matcher(segment)(name)


@lru_cache(maxsize=256)
def _matcher(segment: str) -> Callable[[str], bool]:
    matches = compiled_pattern(translate(segment)).match
    return lambda name: matches(name) is not None


def _is_passing(name: str) -> bool:
    return name.startswith(_PASSING) or name.endswith(_PASSING_ENDS)
