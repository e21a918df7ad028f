"""Where the bytes of a tar go: as they are, or as gzip or zstd that no compressor decides.

What a compressor writes changes with its version, so none is used. A gzip file is a series of members (RFC 1952) and
a zstd file one of frames (RFC 8878): what the release holds compressed is taken as a member or frame of its own, and
what is between these is stored. So the bytes depend on the release alone.
"""

from collections.abc import Callable, Iterable
from typing import Final, Protocol, TypeAlias
from zlib import crc32

Write: TypeAlias = Callable[[bytes], object]

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no flags, no time, system unknown
GZIP_TRAILER_BYTES: Final = 8
_DEFLATE_STORED_BYTES: Final = 0xFFFF  # the most in a stored block (RFC 1951, section 3.2.4)
# The magic number, then: no size of the content, no checksum, no dictionary; a window of 128 KiB.
_ZSTD_HEADER: Final = b"\x28\xb5\x2f\xfd\x00\x38"
_ZSTD_RAW_BYTES: Final = 1 << 17  # the most in a block (RFC 8878, section 3.1.1.2.4)


class Sink(Protocol):
    """Takes a tar."""

    @property
    def coding(self) -> str | None:
        """The content coding of the copies that it can take in place of their files."""

    def stored(self, content: bytes) -> None:
        """Take these bytes of the tar."""

    def copied(self, chunks: Iterable[bytes]) -> None:
        """Take the next bytes of the tar as a precompressed copy of them."""

    def close(self) -> None:
        """The tar is whole."""


class Plain:
    """The tar itself."""

    coding = None

    def __init__(self, write: Write) -> None:
        self._write = write

    def stored(self, content: bytes) -> None:
        """See Sink."""
        self._write(content)

    def copied(self, chunks: Iterable[bytes]) -> None:
        """See Sink. Nothing is asked to take copies that names no coding."""
        raise NotImplementedError

    def close(self) -> None:
        """See Sink."""


class _InParts:
    """What is stored between two copies, cut into blocks of one size. The last block of each part says that it is."""

    def __init__(self, write: Write, block_bytes: int) -> None:
        self._write = write
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
        for chunk in chunks:
            self._write(chunk)

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
    """The tar as a gzip file."""

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
    """The tar as a zstd file."""

    coding = "zstd"

    def __init__(self, write: Write) -> None:
        super().__init__(write, _ZSTD_RAW_BYTES)

    def _begin(self) -> None:
        self._write(_ZSTD_HEADER)

    def _block(self, content: bytes, *, is_last: bool) -> None:
        self._write((len(content) << 3 | is_last).to_bytes(3, "little"))
        self._write(content)
