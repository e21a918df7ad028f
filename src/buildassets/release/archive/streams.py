"""Reads an archive as a stream of bytes, decompressed, and refuses to decompress more than an honest archive holds.

Decompressors are imported where they are used: not every Python has zstd.
"""

import os
import zlib
from collections.abc import Iterator
from typing import Final

from buildassets.codings import is_available, unzstd
from buildassets.files import chunks_of
from buildassets.plain_files import plain
from buildassets.release.inventory.members import CHUNK_BYTES
from buildassets.release.inventory.refusals import refusal

GZIP_MAGIC: Final = b"\x1f\x8b"
ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
# The manifest, which lists the sizes, comes after all else; until it is read, these are the limits.
_LARGEST_RATIO: Final = 100
_ALWAYS_FINE_BYTES: Final = 1 << 28


class Stream:
    """The decompressed content of the archive at `path`; errors call it `shown`."""

    def __init__(self, path: str, shown: str) -> None:
        self._chunks = _limited(_opened(path, shown), os.path.getsize(path), shown)
        self._chunk = b""
        self._used = 0  # bytes of the chunk
        self._shown = shown

    def read(self, size_bytes: int) -> bytes:
        """The next `size_bytes` bytes. Raises ReleaseError where there are fewer."""
        return b"".join(self.pieces(size_bytes))

    def skip(self, size_bytes: int) -> None:
        """Skip `size_bytes` bytes. Raises ReleaseError where there are fewer."""
        for _ in self.pieces(size_bytes):
            pass

    def pieces(self, size_bytes: int) -> Iterator[bytes]:
        """The next `size_bytes` bytes, in pieces. Raises ReleaseError where there are fewer."""
        while size_bytes:
            if self._used == len(self._chunk):
                self._chunk, self._used = next(self._chunks, b""), 0
            piece = self._chunk[self._used : self._used + size_bytes]
            if not piece:
                raise refusal("archive/damaged", f"`{self._shown}` ends too early", self._shown)
            self._used += len(piece)
            size_bytes -= len(piece)
            yield piece

    def rest(self) -> Iterator[bytes]:
        """All bytes that have not been read."""
        yield self._chunk[self._used :]
        yield from self._chunks


def begin_of(path: str) -> bytes:
    """The first 512 bytes of the file at `path`, enough to recognise every form of archive. Raises OSError."""
    with open(plain(path), "rb") as file:
        return file.read(512)


def largest_bytes(archive_bytes: int) -> int:
    """The most bytes that a compressed archive of `archive_bytes` may hold once decompressed."""
    return max(_ALWAYS_FINE_BYTES, _LARGEST_RATIO * archive_bytes)


def _opened(path: str, shown: str) -> Iterator[bytes]:
    begin = begin_of(path)
    if begin.startswith(GZIP_MAGIC):
        return _gunzipped(path, shown)
    if begin.startswith(ZSTD_MAGIC):
        return _unzstd(path, shown)
    return chunks_of(path)


def _limited(chunks: Iterator[bytes], archive_bytes: int, shown: str) -> Iterator[bytes]:
    """The same `chunks`; raises ReleaseError once they exceed `largest_bytes` for an archive of that size."""
    left = largest_bytes(archive_bytes)
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise refusal("archive/bomb", f"`{shown}` holds more than {_LARGEST_RATIO} times its size", shown)
        if chunk:  # decompressors give empty chunks where a member or frame begins
            yield chunk


def _gunzipped(path: str, shown: str) -> Iterator[bytes]:
    """The content of all members of a gzip file (RFC 1952), one after the other."""
    inflate = zlib.decompressobj(31)
    try:
        for chunk in chunks_of(path):
            while chunk:
                yield inflate.decompress(chunk, CHUNK_BYTES)
                chunk = inflate.unconsumed_tail or inflate.unused_data
                if inflate.eof:
                    inflate = zlib.decompressobj(31)
            while piece := inflate.decompress(b"", CHUNK_BYTES):
                yield piece
    except zlib.error as fault:
        raise refusal("archive/damaged", f"`{shown}` is damaged: {fault}", shown) from None


def _unzstd(path: str, shown: str) -> Iterator[bytes]:
    if not is_available("zstd"):
        message, hint = f"this Python cannot read `{shown}`", 'run `pip install "buildassets[zstd]"`'
        raise refusal("archive/zstd", message, shown, hint=hint)
    with open(plain(path), "rb") as file:
        try:
            yield from unzstd(file)
        except (OSError, ValueError) as fault:
            raise refusal("archive/damaged", f"`{shown}` is damaged: {fault}", shown) from None
