"""Compresses and decompresses precompressed copies, as bytes or in chunks; the libraries release the GIL."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from typing import Any, BinaryIO, Final, TypeAlias

from buildassets.disk.files import CHUNK_BYTES, chunks_of
from buildassets.foundation.media import DELTA

# RFC 1952: deflate, no flags, no time; then follow one byte for the effort and one for an unknown system. Written here,
# because the `gzip` module of different Python versions writes different values for these two.
_GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
_WINDOW_LOG: Final = 27  # the largest zstd window (2**27 bytes) that its command line accepts by default
_UNKNOWN_SYSTEM: Final = b"\xff"
_WORTHWHILE: Final = 0.95  # of the size: content that is compressed already, such as a video, comes to 0.99 and more
_MEMORY_MB: Final = {"gzip": (1, 0, 1), "br": (25, 4, 60), "zstd": (12, 11, 100)}  # least, for each MB, most
_DELTA_HEADER: Final = b"\x5e\x2a\x4d\x18\x20\x00\x00\x00"  # begins a skippable zstd frame, which holds the digest
_EFFORT: Final = {1: b"\x04", 9: b"\x02"}  # gzip's byte for it, by level


def compressed(coding: str, content: bytes, level: int) -> bytes | None:
    """`content` in that content coding; None where the copy would not be smaller."""
    copy = _COMPRESSORS[coding](content, level)
    return copy if len(copy) < len(content) else None


def compressed_chunks(coding: str, chunks: Iterable[bytes], size_bytes: int, level: int) -> Iterator[bytes]:
    """`chunks`, of `size_bytes` together, in that content coding, even if that is not smaller.

    Chunks of CHUNK_BYTES give the same bytes as `compressed` does of the whole; except with zstd where the content
    exceeds its window of 2 to 8 MiB, and with the levels 0 and 1 of brotli.
    """
    return _STREAMS[coding](chunks, size_bytes, level)


def memory_bytes(coding: str, size_bytes: int) -> int:
    """The most memory that compressing `size_bytes` takes, besides the content; measured at the highest levels."""
    least, each, most = _MEMORY_MB[coding]
    return 1_000_000 * min(least + each * size_bytes // 1_000_000, most)


def is_worthwhile(coding: str, begin: bytes) -> bool:
    """Whether content with this begin will get noticeably smaller."""
    return len(_COMPRESSORS[coding](begin, 1)) <= len(begin) * _WORTHWHILE


def is_copy_of(coding: str, copy: bytes, content: bytes) -> bool:
    """Whether `copy` is undamaged and decompresses to `content`."""
    try:
        return decompressed(coding, copy, len(content)) == content
    except ValueError:
        return False


def decompressed(coding: str, copy: bytes, size_bytes: int) -> bytes:
    """The decompressed content of `copy`, which has `size_bytes`. Raises ValueError for a damaged copy."""
    with _library_faults():
        return _DECOMPRESSORS[coding](copy, size_bytes)


def unzstd(file: BinaryIO) -> Iterator[bytes]:
    """The decompressed content of all frames of a zstd `file`, in chunks; takes at most 128 MiB of memory.

    Raises OSError, and ValueError for a damaged file.
    """
    module = _zstd_module()
    if hasattr(module, "ZstdFile"):  # Python 3.14
        opened = module.ZstdFile(file, options={module.DecompressionParameter.window_log_max: _WINDOW_LOG})
    else:
        decompressor = module.ZstdDecompressor(max_window_size=1 << _WINDOW_LOG)
        opened = decompressor.stream_reader(file, read_across_frames=True)
    with opened as reader, _library_faults():
        while chunk := reader.read(CHUNK_BYTES):
            yield chunk


def inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of the one gzip member that `chunks` hold. Raises ValueError for anything else."""
    inflate = zlib.decompressobj(31)
    with _library_faults():
        for chunk in chunks:
            while chunk:
                yield inflate.decompress(chunk, CHUNK_BYTES)
                chunk = inflate.unconsumed_tail
            if inflate.unused_data:
                raise ValueError("there is data after the gzip member")
        yield inflate.flush()
    if not inflate.eof:
        raise ValueError("not one whole gzip member")


@contextmanager
def _library_faults() -> Iterator[None]:
    """Raise ValueError for a fault of a library, each of which has its own error class; but OSError as it is."""
    try:
        yield
    except OSError:
        raise
    except Exception as fault:
        raise ValueError(str(fault)) from None


def decompressed_chunks(coding: str, path: str) -> Iterator[bytes]:
    """The decompressed content of the copy at `path`, in chunks. Raises OSError, and ValueError for a damaged copy."""
    with _library_faults():
        yield from _DECOMPRESSED_STREAMS[coding](path)


def library(coding: str) -> str:
    """The library that writes a content coding, with its version: other versions may write other bytes."""
    if coding == "gzip":
        return f"zlib {zlib.ZLIB_RUNTIME_VERSION}"
    if coding == "br":
        return f"brotli {_brotli_module().__version__}"
    zstd = _zstd_module()
    return f"zstd {zstd.zstd_version if hasattr(zstd, 'zstd_version') else zstd.ZSTD_VERSION}"


def _gzip(content: bytes, level: int) -> bytes:
    return b"".join(_gzip_chunks([content], len(content), level))


def _gzip_chunks(chunks: Iterable[bytes], size_bytes: int, level: int) -> Iterator[bytes]:
    yield _GZIP_HEADER + _EFFORT.get(level, b"\x00") + _UNKNOWN_SYSTEM
    deflate, checksum = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, 9), 0
    for chunk in chunks:
        yield deflate.compress(chunk)
        checksum = zlib.crc32(chunk, checksum)
    yield deflate.flush() + checksum.to_bytes(4, "little") + (size_bytes & 0xFFFFFFFF).to_bytes(4, "little")


def _gunzip(copy: bytes, size: int) -> bytes:
    inflate = zlib.decompressobj(31)
    content = inflate.decompress(copy, size + 1)
    if not _is_our_header(copy[:10]) or not inflate.eof or inflate.unused_data:
        raise ValueError("not one whole gzip member of ours")
    return content


def _gunzip_chunks(path: str) -> Iterator[bytes]:
    yield from inflated(chunks_of(path))
    if not _is_our_header(next(chunks_of(path))[:10]):
        raise ValueError("not one whole gzip member of ours")


def _is_our_header(begin: bytes) -> bool:
    return begin.startswith(_GZIP_HEADER) and begin[9:10] == _UNKNOWN_SYSTEM and begin[8] in b"\x00\x02\x04"


def _brotli_module() -> Any:
    """The library of brotli, which a build without such copies does not need."""
    import brotli

    return brotli


def _brotli(content: bytes, level: int) -> bytes:
    return _brotli_module().compress(content, quality=level)  # type: ignore[no-any-return]


def _brotli_chunks(chunks: Iterable[bytes], size_bytes: int, level: int) -> Iterator[bytes]:
    encoder = _brotli_module().Compressor(quality=level)
    for chunk in chunks:
        yield encoder.process(chunk)
    yield encoder.finish()


def _unbrotli_chunks(path: str) -> Iterator[bytes]:
    decoder = _brotli_module().Decompressor()
    if not hasattr(decoder, "can_accept_more_data"):  # before 1.2, a few bytes may expand to a GB at once
        raise ValueError("this version of brotli cannot decompress in parts")
    for chunk in chunks_of(path):
        yield decoder.process(chunk, output_buffer_limit=CHUNK_BYTES)
        while piece := decoder.process(b"", output_buffer_limit=CHUNK_BYTES):
            yield piece
    if not decoder.is_finished():
        raise ValueError("not one whole brotli stream")


def _unbrotli(copy: bytes, size: int) -> bytes:
    return _brotli_module().decompress(copy)  # type: ignore[no-any-return]


def _zstd(content: bytes, level: int) -> bytes:
    return _zstd_module().compress(content, level)  # type: ignore[no-any-return]


def _zstd_chunks(chunks: Iterable[bytes], size_bytes: int, level: int) -> Iterator[bytes]:
    zstd = _zstd_module()
    if hasattr(zstd, "ZstdDict"):  # Python 3.14
        encoder = zstd.ZstdCompressor(level)
        encoder.set_pledged_input_size(size_bytes)
    else:
        encoder = zstd.ZstdCompressor(level=level).compressobj(size=size_bytes)
    for chunk in chunks:
        yield encoder.compress(chunk)
    yield encoder.flush()


def _unzstd_chunks(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        yield from unzstd(file)


def _unzstd(copy: bytes, size: int) -> bytes:
    return _zstd_module().decompress(copy)  # type: ignore[no-any-return]


def delta(content: bytes, dictionary: bytes, level: int) -> bytes:
    """`content` in the content coding `dcz` (RFC 9842, section 5), for a client that has `dictionary`."""
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
    """Whether the library for that content coding is installed."""
    if coding not in ("zstd", DELTA):
        return True
    try:
        _zstd_module()
    except ImportError:
        return False
    return True


_COMPRESSORS: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {"gzip": _gzip, "br": _brotli, "zstd": _zstd}
_Stream: TypeAlias = Callable[[Iterable[bytes], int, int], Iterator[bytes]]
_STREAMS: Final[Mapping[str, _Stream]] = {"gzip": _gzip_chunks, "br": _brotli_chunks, "zstd": _zstd_chunks}
_DECOMPRESSORS: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {"gzip": _gunzip, "br": _unbrotli, "zstd": _unzstd}
_DECOMPRESSED_STREAMS: Final[Mapping[str, Callable[[str], Iterator[bytes]]]] = {
    "gzip": _gunzip_chunks,
    "br": _unbrotli_chunks,
    "zstd": _unzstd_chunks,
}
