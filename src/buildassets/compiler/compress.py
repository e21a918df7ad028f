"""Precompressed copies. Pure functions from bytes to bytes that release the GIL while they work."""

import zlib
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

SUFFIXES: Final[Mapping[str, str]] = {"gzip": ".gz", "br": ".br", "zstd": ".zst"}  # content coding → file suffix

# RFC 1952: deflate, no flags, no time, best compression, unknown system. Written here because what `gzip` puts into
# the last two bytes differs between Python versions.
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


def compressed(coding: str, content: bytes) -> bytes | None:
    """`content` in that content coding, or None where the copy would not be smaller."""
    copy = _COMPRESSORS[coding](content)
    return copy if len(copy) < len(content) else None


def is_copy_of(coding: str, copy: bytes, content: bytes) -> bool:
    """Whether `copy` is undamaged and decompresses to `content`."""
    try:
        return _DECOMPRESSORS[coding](copy, len(content)) == content
    except Exception:  # each library has its own error class; whatever it is, the copy is of no use
        return False


def _gzip(content: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    body = deflate.compress(content) + deflate.flush()
    trailer = zlib.crc32(content).to_bytes(4, "little") + (len(content) & 0xFFFFFFFF).to_bytes(4, "little")
    return _GZIP_HEADER + body + trailer


def _gunzip(copy: bytes, size: int) -> bytes:
    inflate = zlib.decompressobj(31)
    content = inflate.decompress(copy, size + 1)
    if not copy.startswith(_GZIP_HEADER) or not inflate.eof or inflate.unused_data:
        raise ValueError("not one whole gzip member of ours")
    return content


def _brotli(content: bytes) -> bytes:
    import brotli

    return brotli.compress(content, quality=11)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]


def _unbrotli(copy: bytes, size: int) -> bytes:
    import brotli

    return brotli.decompress(copy)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]


def _zstd(content: bytes) -> bytes:
    return _zstd_module().compress(content, 19)  # type: ignore[no-any-return]


def _unzstd(copy: bytes, size: int) -> bytes:
    return _zstd_module().decompress(copy)  # type: ignore[no-any-return]


def _zstd_module() -> Any:
    try:
        return import_module("compression.zstd")  # Python 3.14
    except ImportError:
        return import_module("zstandard")


def is_available(coding: str) -> bool:
    """Whether this Python has what it takes to write that content coding."""
    if coding != "zstd":
        return True
    try:
        _zstd_module()
    except ImportError:
        return False
    return True


_COMPRESSORS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"gzip": _gzip, "br": _brotli, "zstd": _zstd}
_DECOMPRESSORS: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {"gzip": _gunzip, "br": _unbrotli, "zstd": _unzstd}
