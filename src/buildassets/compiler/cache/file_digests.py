"""The digests of files and folders, each read once, and whether they may have changed since."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from buildassets.compiler.cache.stamps import is_settled, signature
from buildassets.compiler.cache.traces import Signature
from buildassets.digest import digest
from buildassets.files import digest_of
from buildassets.frozen import frozen

ABSENT: Final = ""  # in place of the digest of a file that does not exist or cannot be read

Nanoseconds = Callable[[], int]  # since the epoch


@frozen
class _Look:
    """The state of a path: its digest and its stamp.

    `is_settled`: any later write will change the stamp. `was_read`: its content was read, which takes a while.
    """

    digest: str
    signature: Signature | None = None
    is_settled: bool = False
    was_read: bool = False


class FileDigests:
    """The digests of files and folders as they are now; each path is read once.

    A folder's digest is that of the names in it and of their kinds.
    """

    def __init__(self, known: Mapping[str, tuple[Signature, str]], clock: Nanoseconds = time.time_ns) -> None:
        self._known = known
        self._clock = clock
        self._looks: dict[str, _Look] = {}

    def of(self, path: str) -> str:
        """The digest of what is at `path`, or ABSENT."""
        look = self._looks.get(path)
        if look is None:
            look = self._looks[path] = self._look(path)
        return look.digest

    def of_at_most(self, path: str, limit_bytes: int) -> str | None:
        """The same as `of`; but None, with nothing read, for a file larger than `limit_bytes` that was not read yet."""
        if path not in self._looks and (seen := signature(path)) is not None and seen[0] > limit_bytes:
            return None
        return self.of(path)

    def may_have_changed(self, path: str, since_ns: int) -> bool:
        """Whether the path may have had another digest than `of` gives at some time since `since_ns`."""
        is_new = path not in self._looks
        self.of(path)
        look = self._looks[path]
        seen = look.signature if is_new and not look.was_read else signature(path)
        return look.signature != seen or (seen is not None and not is_settled(seen, since_ns))

    def settled(self) -> Iterator[tuple[str, Signature, str]]:
        """The path, stamp and digest of each file whose stamp alone will show a change."""
        for path, look in self._looks.copy().items():  # threads of an interrupted build still add to it
            if look.signature is not None and look.is_settled:
                yield path, look.signature, look.digest

    def _look(self, path: str) -> _Look:
        now = self._clock()
        seen = signature(path)
        if seen is None:
            return _Look(ABSENT)
        known = self._known.get(path)
        if known and known[0] == seen:
            return _Look(known[1], seen, True)
        try:
            current = digest(_listing(path)) if os.path.isdir(path) else digest_of(path)
        except OSError:
            return _Look(ABSENT, seen, was_read=True)
        return _Look(current, seen, is_settled(seen, now), was_read=True)


def _listing(folder: str) -> bytes:
    with os.scandir(folder) as entries:
        return "\0".join(sorted(f"{entry.name}\0{kind(entry)}" for entry in entries)).encode("utf-8", "surrogatepass")


def kind(entry: os.DirEntry[str]) -> str:
    """The kind of a folder's entry: `link`, `folder` or `file`. Links are not followed."""
    if entry.is_symlink():
        return "link"
    return "folder" if entry.is_dir() else "file"
