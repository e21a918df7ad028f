"""A remote cache in a folder that machines share, such as one of NFS. Nothing is read that is not a plain file."""

import os
from typing import Final
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from buildassets.compiler.cache.remote.store import StoreError, too_large
from buildassets.disk.files import write_whole
from buildassets.disk.plain_files import plain
from buildassets.foundation.diagnostics import reason_text

_CHUNK_BYTES: Final = 1 << 18


class FolderStore:
    """The cache in the folder of a `file:///` URL."""

    def __init__(self, url: str) -> None:
        path = urlsplit(url).path
        self._folder = url2pathname(path) if os.name == "nt" else unquote(path)

    def get(self, name: str, most_bytes: int) -> bytes | None:
        """See Store."""
        try:
            descriptor = plain(self._path(name))
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise StoreError(reason_text(fault)) from None
        try:
            return _read(descriptor, most_bytes)
        finally:
            os.close(descriptor)

    def holds(self, name: str) -> bool:
        """See Store."""
        return os.path.isfile(self._path(name))

    def put(self, name: str, content: bytes, *, replace: bool) -> None:
        """See Store."""
        path = self._path(name)
        if not replace and os.path.lexists(path):
            return
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write_whole(path, content)
        except OSError as fault:
            raise StoreError(reason_text(fault)) from None

    def leave(self) -> None:
        """See Store."""

    def close(self) -> None:
        """See Store."""

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, *name.split("/"))


def _read(descriptor: int, most_bytes: int) -> bytes:
    chunks, left_bytes = [], most_bytes + 1
    while left_bytes and (chunk := os.read(descriptor, min(left_bytes, _CHUNK_BYTES))):
        chunks.append(chunk)
        left_bytes -= len(chunk)
    if not left_bytes:
        raise too_large()
    return b"".join(chunks)
