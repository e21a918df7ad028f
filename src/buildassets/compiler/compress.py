"""Precompressed copies. Pure functions from bytes to bytes that release the GIL while they work."""

import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from typing import Any, BinaryIO, Final

from buildassets.media import DELTA

# RFC 1952: deflate, no flags, no time; behind these one byte on how hard was tried, and that the system is unknown.
# Written here because what `gzip` puts into the last two differs between Python versions.
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
_WINDOW_LOG: Final = 27  # of the bytes behind itself that a zstd frame may refer to; the most that its command takes
_UNKNOWN_SYSTEM: Final = b"\xff"
_DELTA_HEADER: Final = b"\x5e\x2a\x4d\x18\x20\x00\x00\x00"  # a skippable frame of zstd, which the digest fills
_TRIED_HARD: Final = {1: b"\x04", 9: b"\x02"}  # by level


def compressed(coding: str, content: bytes, level: int) -> bytes | None:
    """`content` in that content coding, or None where the copy would not be smaller."""
    copy = _COMPRESSORS[coding](content, level)
    return copy if len(copy) < len(content) else None


def is_copy_of(coding: str, copy: bytes, content: bytes) -> bool:
    """Whether `copy` is undamaged and decompresses to `content`."""
    try:
        return decompressed(coding, copy, len(content)) == content
    except ValueError:
        return False


def decompressed(coding: str, copy: bytes, size_bytes: int) -> bytes:
    """What `copy` holds, if that is `size_bytes`. Raises ValueError where it is damaged."""
    try:
        return _DECOMPRESSORS[coding](copy, size_bytes)
    except Exception as fault:  # each library has its own error class
        raise ValueError(str(fault)) from None


def zstd_reader(file: BinaryIO) -> BinaryIO:
    """What all frames of the zstd `file` hold, as a file to read from, in 128 MiB of memory at most."""
    module = _zstd_module()
    if hasattr(module, "ZstdFile"):  # Python 3.14
        return module.ZstdFile(file, options={module.DecompressionParameter.window_log_max: _WINDOW_LOG})  # type: ignore[no-any-return]
    decompressor = module.ZstdDecompressor(max_window_size=1 << _WINDOW_LOG)
    return decompressor.stream_reader(file, read_across_frames=True)  # type: ignore[no-any-return]


def library(coding: str) -> str:
    """The library that writes a content coding, with its version: another one may write other bytes."""
    if coding == "gzip":
        return f"zlib {zlib.ZLIB_RUNTIME_VERSION}"
    if coding == "br":
        import brotli

        return f"brotli {brotli.__version__}"
    zstd = _zstd_module()
    return f"zstd {zstd.zstd_version if hasattr(zstd, 'zstd_version') else zstd.ZSTD_VERSION}"


def _gzip(content: bytes, level: int) -> bytes:
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    body = deflate.compress(content) + deflate.flush()
    trailer = zlib.crc32(content).to_bytes(4, "little") + (len(content) & 0xFFFFFFFF).to_bytes(4, "little")
    return _GZIP_HEADER + _TRIED_HARD.get(level, b"\x00") + _UNKNOWN_SYSTEM + body + trailer


def _gunzip(copy: bytes, size: int) -> bytes:
    inflate = zlib.decompressobj(31)
    content = inflate.decompress(copy, size + 1)
    is_ours = copy.startswith(_GZIP_HEADER) and copy[9:10] == _UNKNOWN_SYSTEM and copy[8] in b"\x00\x02\x04"
    if not is_ours or not inflate.eof or inflate.unused_data:
        raise ValueError("not one whole gzip member of ours")
    return content


def _brotli(content: bytes, level: int) -> bytes:
    import brotli

    return brotli.compress(content, quality=level)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]


def _unbrotli(copy: bytes, size: int) -> bytes:
    import brotli

    return brotli.decompress(copy)  # type: ignore[no-any-return, no-untyped-call, unused-ignore]


def _zstd(content: bytes, level: int) -> bytes:
    return _zstd_module().compress(content, level)  # type: ignore[no-any-return]


def _unzstd(copy: bytes, size: int) -> bytes:
    return _zstd_module().decompress(copy)  # type: ignore[no-any-return]


def delta(content: bytes, dictionary: bytes, level: int) -> bytes:
    """`content` in the content coding `dcz` (RFC 9842, section 5), for whoever has `dictionary`."""
    zstd = _zstd_module()
    if hasattr(zstd, "ZstdDict"):  # Python 3.14
        frame = zstd.compress(content, level, zstd_dict=zstd.ZstdDict(dictionary, is_raw=True))
    else:
        raw = zstd.ZstdCompressionDict(dictionary, dict_type=zstd.DICT_TYPE_RAWCONTENT)
        frame = zstd.ZstdCompressor(level=level, dict_data=raw).compress(content)
    return _DELTA_HEADER + sha256(dictionary).digest() + bytes(frame)


def _zstd_module() -> Any:
    try:
        return import_module("compression.zstd")  # Python 3.14
    except ImportError:
        return import_module("zstandard")


def is_available(coding: str) -> bool:
    """Whether this Python has what it takes to write that content coding."""
    if coding not in ("zstd", DELTA):
        return True
    try:
        _zstd_module()
    except ImportError:
        return False
    return True


_COMPRESSORS: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {"gzip": _gzip, "br": _brotli, "zstd": _zstd}
_DECOMPRESSORS: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {"gzip": _gunzip, "br": _unbrotli, "zstd": _unzstd}
