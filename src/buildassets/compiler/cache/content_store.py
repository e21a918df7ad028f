"""Bytes by their digest, in a folder that other programs share and may damage. Reads and writes it."""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from errno import ELOOP
from stat import S_ISREG

from buildassets.compiler.body import OnDisk
from buildassets.disk.files import MOST_BYTES, bytes_at, chunks_of, digest_of, write_whole
from buildassets.disk.folders import walk
from buildassets.disk.removal import remove_path
from buildassets.foundation.digest import digest
from buildassets.foundation.permission import OWN


class ContentStore:
    """Bytes by their digest. A file that no longer has its digest counts as absent, and is removed."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._folders: dict[str, bool] = {}

    def put(self, content: bytes | OnDisk) -> str:
        """Keep `content`. Returns its digest. Raises OSError, also if a folder of the store is a link."""
        name = content.digest if isinstance(content, OnDisk) else digest(content)
        path = self.path(name)
        if not self._is_folder(os.path.dirname(path)):
            raise OSError(ELOOP, os.strerror(ELOOP), self._folder)
        if not self.touch(name):
            top, store = os.path.split(self._folder)
            os.makedirs(top, exist_ok=True)
            below = f"{store}/{name[:2]}/{name[2:]}"
            write_whole(top, chunks_of(content.path) if isinstance(content, OnDisk) else content, below)
        return name

    def touch(self, name: str) -> bool:
        """Mark the bytes whose digest is `name` as used now, so that no other build removes them as unused.

        Returns whether they are there.
        """
        path = self.path(name)
        try:
            os.utime(path, follow_symlinks=os.utime not in os.supports_follow_symlinks)
        except OSError:
            return False
        return self._is_own(path)

    def get(self, name: str, size_bytes: int) -> bytes | None:
        """The bytes whose digest is `name`; None if they are absent, damaged or not `size_bytes` long."""
        path = self.path(name)
        content = bytes_at(path, MOST_BYTES) if self._is_own(path, size_bytes) else None
        if content is not None and digest(content) == name:
            return content
        self._remove(path)
        return None

    def file(self, name: str, size_bytes: int) -> OnDisk | None:
        """The same as `get`, but left on disk."""
        path = self.path(name)
        with suppress(OSError):
            if self._is_own(path, size_bytes) and digest_of(path) == name:
                return OnDisk(path, path, name, size_bytes)
        self._remove(path)
        return None

    def _is_own(self, path: str, size_bytes: int | None = None) -> bool:
        """Whether the store has a file at `path`, of that size if one is given. What a link leads to is not its own."""
        if not self._is_folder(os.path.dirname(path)):
            return False
        try:
            status = os.lstat(path)
        except OSError:
            return False
        return S_ISREG(status.st_mode) and size_bytes in (None, status.st_size)

    def _is_folder(self, folder: str) -> bool:
        """Whether no link is in the place of `folder` or of the whole store. Each folder is checked once."""
        if folder not in self._folders:
            self._folders[folder] = not os.path.islink(self._folder) and not os.path.islink(folder)
        return self._folders[folder]

    def _remove(self, path: str) -> None:
        """Remove a damaged file, or a link in the place of one."""
        if self._is_folder(os.path.dirname(path)):
            with suppress(OSError):
                remove_path(self._folder, path, permission=OWN)

    def all_but(self, names: Collection[str], older_than_seconds: float) -> Iterator[tuple[str, int]]:
        """The path and the size of every file but those of `names`.

        Files put or touched lately are left out: another build may be about to name them. Nothing is listed behind a
        link: it would not be the store's.
        """
        if os.path.islink(self._folder):
            return
        for folder, _, files in walk(self._folder):
            for file in files:
                if os.path.basename(folder) + file not in names:
                    path = os.path.join(folder, file)
                    if (size_bytes := _size_if_old(path, older_than_seconds)) is not None:
                        yield path, size_bytes

    def path(self, name: str) -> str:
        """Where the bytes whose digest is `name` are, if they are there."""
        return os.path.join(self._folder, name[:2], name[2:])


class ReadContentStore(ContentStore):
    """The same for whoever changes nothing on disk."""

    def touch(self, name: str) -> bool:
        """Mark nothing. Returns whether the bytes are there."""
        return self._is_own(self.path(name))

    def _remove(self, path: str) -> None:
        """Leave a damaged file where it is."""


def _size_if_old(path: str, seconds: float) -> int | None:
    """The size of the file at `path` if it was written at least `seconds` ago, else None."""
    with suppress(OSError):
        status = os.lstat(path)
        if status.st_mtime < time.time() - seconds:
            return status.st_size
    return None
