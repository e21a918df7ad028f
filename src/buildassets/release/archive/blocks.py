"""Writes a tar as it is, or as a gzip or zstd file whose bytes depend on the release alone.

The output of a compressor changes with its version, so none is run here. A gzip file is a series of members (RFC 1952)
and a zstd file a series of frames (RFC 8878): each precompressed copy of the release becomes a member or frame of its
own, and everything between them is stored uncompressed.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias
from zlib import crc32

Write: TypeAlias = Callable[[bytes], object]

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no flags, no time, system unknown
GZIP_TRAILER_BYTES: Final = 8
_DEFLATE_STORED_BYTES: Final = 0xFFFF  # the most in a stored block (RFC 1951, section 3.2.4)
# The magic number, then a descriptor without content size, checksum or dictionary, and a window of 128 KiB.
_ZSTD_HEADER: Final = b"\x28\xb5\x2f\xfd\x00\x38"
_ZSTD_RAW_BYTES: Final = 1 << 17  # the most in a block (RFC 8878, section 3.1.1.2.4)


class Sink:
    """Writes a tar, whose bytes it receives in order, uncompressed.

    `coding` is the content coding of the precompressed copies that it accepts in place of their files; None for none.
    """

    coding: str | None = None

    def __init__(self, write: Write) -> None:
        self._write = write

    def stored(self, content: bytes) -> None:
        """Append `content` to the tar."""
        self._write(content)

    def copied(self, chunks: Iterable[bytes]) -> None:
        """Append what `chunks`, a precompressed copy, holds decompressed."""
        for chunk in chunks:
            self._write(chunk)

    def close(self) -> None:
        """End the tar, after its last byte."""


class _InParts(Sink):
    """Cuts the bytes between two copies into stored blocks of one size; the last of each part is marked as last."""

    def __init__(self, write: Write, block_bytes: int) -> None:
        super().__init__(write)
        self._block_bytes = block_bytes
        self._waiting = bytearray()
        self._is_open = False

    def stored(self, content: bytes) -> None:
        """See Sink."""
        if not self._is_open:
            self._begin()
            self._is_open = True
        self._waiting += content
        while len(self._waiting) > self._block_bytes:
            self._block(bytes(self._waiting[: self._block_bytes]), is_last=False)
            del self._waiting[: self._block_bytes]

    def copied(self, chunks: Iterable[bytes]) -> None:
        """See Sink."""
        self.close()
        super().copied(chunks)

    def close(self) -> None:
        """See Sink."""
        if self._is_open:
            self._block(bytes(self._waiting), is_last=True)
            self._waiting.clear()
            self._is_open = False

    def _begin(self) -> None:
        raise NotImplementedError

    def _block(self, content: bytes, *, is_last: bool) -> None:
        raise NotImplementedError


class GzipMembers(_InParts):
    """Writes the tar as a gzip file."""

    coding = "gzip"

    def __init__(self, write: Write) -> None:
        super().__init__(write, _DEFLATE_STORED_BYTES)
        self._checksum = 0
        self._size_bytes = 0

    def _begin(self) -> None:
        self._checksum = self._size_bytes = 0
        self._write(GZIP_HEADER)

    def _block(self, content: bytes, *, is_last: bool) -> None:
        size = len(content)
        self._write(b"%c" % is_last + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little"))
        self._write(content)
        self._checksum = crc32(content, self._checksum)
        self._size_bytes += size
        if is_last:
            self._write(self._checksum.to_bytes(4, "little") + (self._size_bytes & 0xFFFFFFFF).to_bytes(4, "little"))


class ZstdFrames(_InParts):
    """Writes the tar as a zstd file."""

    coding = "zstd"

    def __init__(self, write: Write) -> None:
        super().__init__(write, _ZSTD_RAW_BYTES)

    def _begin(self) -> None:
        self._write(_ZSTD_HEADER)

    def _block(self, content: bytes, *, is_last: bool) -> None:
        self._write((len(content) << 3 | is_last).to_bytes(3, "little"))
        self._write(content)
