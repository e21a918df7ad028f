"""Stamps of files, by which a change is found without reading the file, and the form in which they are kept.

A stamp is four numbers of a stat: size in bytes, mtime and ctime in ns, inode. Reads the disk; imports next to nothing,
since a build with nothing to do needs no more.
"""

import os
from array import array
from itertools import accumulate, pairwise
from stat import S_ISLNK
from zlib import crc32

from buildassets.disk.plain_files import plain

TYPE_CHECKING = False  # as in `typing`, whose import would take a fifth of the time
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from buildassets.compiler.cache.hashed_ahead import HashedAhead
    from buildassets.compiler.cache.traces import Signature

NOTHING = (-1, 0, 0, 0)  # the stamp of a path without a file
# Kernels take file times from a clock that ticks every 10 ms at the slowest. File systems that store whole seconds
# (ext3, HFS+) or every other second (FAT) are recognized by the zeros in the nanoseconds.
_GRAIN_NS = 20_000_000
_COARSE_GRAIN_NS = 2_000_000_000
_STAMP_BYTES = 32  # four numbers
_AT_ONCE_BYTES = 64 * _STAMP_BYTES
_MANY_FILES = 100  # to read and hash these takes Python as long as to load the library
_MANY_BYTES = 5_000_000
_MANY_STAMPS = 2_500  # to take these takes Python as long as to load the library, which takes them in threads
_IN_ARRAY = (1 << 63) - 1  # Windows numbers files with up to 128 bits


class Looks:
    """How the files `names` looked at the time `at_ns` or later: their `stamps`, one after the other.

    `hashed` are those of them that are hashed since.
    """

    def __init__(
        self, names: "list[str]", stamps: "array[int]", at_ns: int, hashed: "HashedAhead | None" = None
    ) -> None:
        self.names = names
        self.stamps = stamps
        self.at_ns = at_ns
        self.hashed = hashed

    def first(self, count: int) -> "Looks":
        """Those of the first `count` files."""
        return Looks(self.names[:count], self.stamps[: 4 * count], self.at_ns, self.hashed)

    def hash_ahead(self, numbers: "Sequence[int]") -> None:
        """Begin to hash the files with these numbers, in threads, if that is worth while."""
        sizes = self.stamps[::4]
        if self.hashed is None and (len(numbers) >= _MANY_FILES or sum(sizes[one] for one in numbers) >= _MANY_BYTES):
            from buildassets.compiler.cache.hashed_ahead import HashedAhead

            self.hashed = HashedAhead([self.names[one] for one in numbers])


def stamps_of(names: "list[str]") -> "array[int]":
    """The stamps of files, one after the other. A build with nothing to do spends most of its time here."""
    if len(names) >= _MANY_STAMPS:
        from buildassets.compiler.cache.library_stamps import library_stamps

        if (found := library_stamps(names)) is not None:
            return found
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
    """The stamp of the file at `path`; None if there is no file, as where the path holds a NUL.

    The ctime is in it because tools such as `cp -p` restore the mtime.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _IN_ARRAY


def differing(stamps: bytes, before: bytes) -> "Iterator[int]":
    """The numbers of the files that do not look as `before`; most do, and are told from the deciding many at a time."""
    for start in range(0, len(stamps), _AT_ONCE_BYTES):
        end = start + _AT_ONCE_BYTES
        if stamps[start:end] == before[start:end]:
            continue
        for place in range(start, min(end, len(stamps)), _STAMP_BYTES):
            if stamps[place : place + _STAMP_BYTES] != before[place : place + _STAMP_BYTES]:
                yield place // _STAMP_BYTES


def is_settled(seen: "Signature", at_ns: int) -> bool:
    """Whether any write after `at_ns` will change the stamp `seen`, which the file had then."""
    youngest = max(seen[1], seen[2])
    grain = _GRAIN_NS if seen[1] % 1_000_000_000 else _COARSE_GRAIN_NS
    return youngest + grain < at_ns


def were_exchanged(paths: "Iterable[str]", since_ns: int) -> bool:
    """Whether a folder around one of `paths`, or a link to one, may have been replaced since `since_ns`.

    Then the files are others, too, however old their stamps are. Renaming a folder changes its ctime but not its mtime,
    which changes with the names in it.
    """
    folders: set[str] = set()
    for folder in set(map(os.path.dirname, paths)):
        while folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    return any(_was_exchanged(folder, since_ns) for folder in folders)


def _was_exchanged(folder: str, since_ns: int) -> bool:
    """Whether a link, or a folder whose ctime is not just that of a change of names in it, changed since `since_ns`."""
    try:
        status = os.lstat(folder)
    except (OSError, ValueError):
        return False
    if not S_ISLNK(status.st_mode) and status.st_ctime_ns == status.st_mtime_ns:
        return False
    return status.st_ctime_ns + _GRAIN_NS >= since_ns


def read_sealed(path: str) -> "list[bytes]":
    """The parts that `write_sealed` wrote to `path`. Raises OSError, and ValueError if they are damaged."""
    with open(plain(path), "rb") as file:
        content = file.read()
    begin = content.find(b"\n") + 1
    if not begin or content[: begin - 1] != b"%08x" % crc32(memoryview(content)[begin:]):
        raise ValueError("damaged")
    end = content.index(b"\n", begin)
    ends = accumulate(map(int, content[begin:end].split()), initial=end + 1)
    return [content[start:end] for start, end in pairwise(ends)]


def write_sealed(path: str, parts: "Sequence[bytes]") -> None:
    """Write `parts` to `path` with a checksum; not through a link that is its folder. Raises OSError."""
    from buildassets.disk.files import write_whole

    folder = os.path.dirname(path)
    if not os.path.islink(folder):  # which would lead to what is no part of the cache
        os.makedirs(folder, exist_ok=True)
        content = b" ".join(b"%d" % len(part) for part in parts) + b"\n" + b"".join(parts)
        write_whole(path, b"%08x\n" % crc32(content) + content)
