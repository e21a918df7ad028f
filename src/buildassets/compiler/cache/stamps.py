"""What a stat tells of a file: whether it may be another than it was, without reading it.

Four numbers for each file: size in bytes, mtime and ctime in ns, inode. Reads the disk; imports next to nothing, as a
build with nothing to do needs no more.
"""

import os
from array import array
from stat import S_ISLNK

TYPE_CHECKING = False  # what `typing` has; loading that takes a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterable

    from buildassets.compiler.cache.traces import Signature

NOTHING = (-1, 0, 0, 0)  # the stamp of what is not there
# Kernels stamp files by a clock that ticks every 10 ms at the slowest; file systems without fractions of a second
# (ext3, HFS+) or with seconds in twos (FAT) are known by their zeros.
_GRAIN_NS = 20_000_000
_COARSE_GRAIN_NS = 2_000_000_000
_IN_ARRAY = (1 << 63) - 1  # Windows numbers files with up to 128 bits


def looks_of(names: "list[str]") -> "array[int]":
    """The looks of files, one after the other. Most of the time that a build with nothing to do takes is this."""
    numbers: list[int] = []
    stat = os.stat
    for name in names:
        try:
            status = stat(name)
        except (OSError, ValueError):
            numbers += NOTHING
        else:
            numbers += (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _IN_ARRAY)
    return array("q", numbers)


def signature(path: str) -> "Signature | None":
    """What tells two states of a file apart without reading it; None where there is none.

    The ctime is there for restored mtimes. What cannot be a path (it holds a NUL) is nowhere.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _IN_ARRAY


def is_settled(seen: "Signature", at_ns: int) -> bool:
    """Whether a file that looked so at `at_ns` cannot have been written since and look the same."""
    youngest = max(seen[1], seen[2])
    grain = _GRAIN_NS if seen[1] % 1_000_000_000 else _COARSE_GRAIN_NS
    return youngest + grain < at_ns


def were_exchanged(paths: "Iterable[str]", since_ns: int) -> bool:
    """Whether a folder around one of `paths`, or a link that leads there, may be another than at `since_ns`.

    A file is then another, too, however old it looks. Renaming a folder changes its ctime and not its mtime, which is
    that of the names in it.
    """
    folders: set[str] = set()
    for folder in set(map(os.path.dirname, paths)):
        while folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    return any(_was_exchanged(folder, since_ns) for folder in folders)


def _was_exchanged(folder: str, since_ns: int) -> bool:
    try:
        status = os.lstat(folder)
    except (OSError, ValueError):
        return False
    if not S_ISLNK(status.st_mode) and status.st_ctime_ns == status.st_mtime_ns:
        return False
    return status.st_ctime_ns + _GRAIN_NS >= since_ns
