"""Bytes by their digest, in a folder that others share and may damage. Reads and writes it."""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from errno import ELOOP
from stat import S_ISREG

from buildassets.compiler.body import OnDisk
from buildassets.digest import digest
from buildassets.files import bytes_at, chunks_of, digest_of, write_whole
from buildassets.folders import walk


class ContentStore:
    """Bytes by their digest. What does not have its digest any more is not there."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._folders: dict[str, bool] = {}

    def put(self, content: bytes | OnDisk) -> str:
        """Keep `content`; gives its digest. Raises OSError, as where a link stands in the place of a folder."""
        name = content.digest if isinstance(content, OnDisk) else digest(content)
        path = self._path(name)
        if not self._is_folder(os.path.dirname(path)):
            raise OSError(ELOOP, os.strerror(ELOOP), self._folder)
        if not self.touch(name):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_whole(path, chunks_of(content.path) if isinstance(content, OnDisk) else content)
        return name

    def touch(self, name: str) -> bool:
        """Keep the bytes whose digest is `name` from being removed while a build may be about to name them.

        The result is whether they are there.
        """
        path = self._path(name)
        try:
            os.utime(path, follow_symlinks=os.utime not in os.supports_follow_symlinks)
        except OSError:
            return False
        return self._is_own(path)

    def get(self, name: str, size_bytes: int) -> bytes | None:
        """So many bytes, whose digest is `name`; None where they are not there or damaged."""
        path = self._path(name)
        content = bytes_at(path) if self._is_own(path, size_bytes) else None
        if content is not None and digest(content) == name:
            return content
        self._remove(path)
        return None

    def file(self, name: str, size_bytes: int) -> OnDisk | None:
        """A file of the same."""
        path = self._path(name)
        with suppress(OSError):
            if self._is_own(path, size_bytes) and digest_of(path) == name:
                return OnDisk(path, path, name, size_bytes)
        self._remove(path)
        return None

    def _is_own(self, path: str, size_bytes: int | None = None) -> bool:
        """Whether there is a file at `path`, of that size, to which no link leads: it would be somebody else's."""
        if not self._is_folder(os.path.dirname(path)):
            return False
        try:
            status = os.lstat(path)
        except OSError:
            return False
        return S_ISREG(status.st_mode) and size_bytes in (None, status.st_size)

    def _is_folder(self, folder: str) -> bool:
        """Whether `folder` is one of the store's, and no link; each is looked at once."""
        if folder not in self._folders:
            self._folders[folder] = not os.path.islink(self._folder) and not os.path.islink(folder)
        return self._folders[folder]

    def _remove(self, path: str) -> None:
        """Remove what is damaged, or a link in the place of a file."""
        if self._is_folder(os.path.dirname(path)):
            with suppress(OSError):
                os.unlink(path)

    def all_but(self, names: Collection[str], older_than_seconds: float) -> Iterator[tuple[str, int]]:
        """The path and the size of every other file.

        Left out is what was put or touched so lately that another build may be about to name it. Where a link leads,
        all is somebody else's.
        """
        if os.path.islink(self._folder):
            return
        for folder, _, files in walk(self._folder):
            for file in files:
                if os.path.basename(folder) + file not in names:
                    path = os.path.join(folder, file)
                    if (size_bytes := _size_if_old(path, older_than_seconds)) is not None:
                        yield path, size_bytes

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name[:2], name[2:])


def _size_if_old(path: str, seconds: float) -> int | None:
    """The size of the file at `path`, if it was written at least so long ago."""
    with suppress(OSError):
        status = os.lstat(path)
        if status.st_mtime < time.time() - seconds:
            return status.st_size
    return None
