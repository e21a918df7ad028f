"""Writes our zip archives (APPNOTE 6.3), and reads the members of a zip that any program wrote.

A file that the release also holds as gzip is written with that copy's deflate data; all else is stored. So the bytes
depend on the release alone, and on no compressor.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.release.archive.blocks import Write
from buildassets.release.inventory.members import CHUNK_BYTES, ReleaseMember
from buildassets.release.inventory.names import refusal

MAGICS: Final = (b"PK\x03\x04", b"PK\x05\x06")  # of the first file; of the end record, in an empty archive
_HEADER_BYTES: Final = 30  # without the name
_STORED, _DEFLATED = 0, 8
_UTF8_FLAG: Final = 0x800
_ENCRYPTED_FLAG: Final = 0x1
_UNIX: Final = 3
_VERSION, _VERSION_64 = 20, 45
_MODE: Final = (stat.S_IFREG | 0o644) << 16
_TIME, _DATE = 0, 1 << 5 | 1  # 1980-01-01, the earliest day that a zip can hold
_LIMIT_32, _LIMIT_16 = 0xFFFFFFFF, 0xFFFF
_ZIP64: Final = 1  # the number of the extra field for sizes that need more than 32 bits


@frozen
class ZipEntry:
    """A file in the archive, in `packed_bytes` of data. `checksum` is the CRC-32 of its content."""

    name: str
    size_bytes: int
    packed_bytes: int
    is_deflated: bool
    checksum: int


class Directory:
    """Writes the header before each content, and the directory at the end."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._entries: list[tuple[ZipEntry, int]] = []
        self._offset = 0

    def begin(self, file: ZipEntry) -> None:
        """Write the header of `file`. Its content follows."""
        self._entries.append((file, self._offset))
        sizes = (file.size_bytes, file.packed_bytes)
        is_large = max(sizes) >= _LIMIT_32
        name, extra = _encoded(file.name), _zip64(*sizes) if is_large else b""
        shown = (_LIMIT_32, _LIMIT_32) if is_large else sizes
        self._put(b"PK\x03\x04" + _common(file, name, len(extra), shown, is_large=is_large) + name + extra)
        self._offset += file.packed_bytes

    def close(self) -> None:
        """Write the directory."""
        start = self._offset
        for file, offset in self._entries:
            self._put(_directory_entry(file, offset))
        count, size = len(self._entries), self._offset - start
        if count >= _LIMIT_16 or self._offset >= _LIMIT_32:  # too large for the last record alone: add those of ZIP64
            versions = (_UNIX << 8 | _VERSION_64, _VERSION_64)
            record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, *versions, 0, 0, count, count, size, start)
            self._put(record + struct.pack("<4sIQI", b"PK\x06\x07", 0, start + size, 1))
            count, size, start = _LIMIT_16, _LIMIT_32, _LIMIT_32
        self._put(struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size, start, 0))

    def _put(self, content: bytes) -> None:
        self._write(content)
        self._offset += len(content)


def _directory_entry(file: ZipEntry, offset: int) -> bytes:
    values = (file.size_bytes, file.packed_bytes, offset)
    large = [value for value in values if value >= _LIMIT_32]
    extra = _zip64(*large) if large else b""
    size, packed, shown_offset = (min(value, _LIMIT_32) for value in values)
    name = _encoded(file.name)
    made_by = _UNIX << 8 | (_VERSION_64 if large else _VERSION)
    head = b"PK\x01\x02" + struct.pack("<H", made_by)
    tail = struct.pack("<HHHII", 0, 0, 0, _MODE, shown_offset)
    return head + _common(file, name, len(extra), (size, packed), is_large=bool(large)) + tail + name + extra


def _common(file: ZipEntry, name: bytes, extra_bytes: int, sizes: tuple[int, int], *, is_large: bool) -> bytes:
    """The fields that a header and an entry of the directory share."""
    return struct.pack(
        "<HHHHHIIIHH",
        _VERSION_64 if is_large else _VERSION,
        0 if name.isascii() else _UTF8_FLAG,
        _DEFLATED if file.is_deflated else _STORED,
        *(_TIME, _DATE, file.checksum),
        *(sizes[1], sizes[0]),
        *(len(name), extra_bytes),
    )


def _zip64(*values: int) -> bytes:
    return struct.pack(f"<HH{len(values)}Q", _ZIP64, 8 * len(values), *values)


def _encoded(name: str) -> bytes:
    return name.encode("utf-8")


def members_of_zip(path: str, shown: str) -> Iterator[ReleaseMember]:
    """The files in the archive at `path`, without folders; errors call it `shown`.

    Raises ReleaseError for a damaged archive, and for members that are neither files nor folders.
    """
    with _damage_as_refusal(shown), zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        _refuse_overlap(infos, shown)
        for info in infos:
            if not info.filename.endswith("/"):  # Python's `is_dir` fails on an empty name
                _refuse_odd(info, shown)
                yield _member(archive, info, shown)


@contextmanager
def opened_zip(path: str, shown: str) -> Iterator[Mapping[str, tuple[ReleaseMember, int]]]:
    """The files in the archive at `path` by name, with their CRC-32; their contents can be read in any order."""
    with _damage_as_refusal(shown), zipfile.ZipFile(path) as archive:
        yield {info.filename: (_member(archive, info, shown), info.CRC) for info in archive.infolist()}


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> ReleaseMember:
    return ReleaseMember(info.filename, info.file_size, partial(_chunks, archive, info, shown))


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> Iterator[bytes]:
    with _damage_as_refusal(shown), archive.open(info) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


@contextmanager
def _damage_as_refusal(shown: str) -> Iterator[None]:
    """Raise ReleaseError for every exception that `zipfile` and its callees raise over a damaged archive."""
    try:
        yield
    except OSError as fault:
        if fault.filename is not None:
            raise
        raise refusal("archive/damaged", f"`{shown}` is damaged: {fault}", shown) from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        NotImplementedError,
        EOFError,
        IndexError,
        struct.error,
        OverflowError,
    ) as fault:
        raise refusal("archive/damaged", f"`{shown}` is damaged: {str(fault)[:200]}", shown) from None


def _refuse_overlap(infos: Sequence[zipfile.ZipInfo], shown: str) -> None:
    """Raise ReleaseError where files overlap: many contents in one part are how a small archive becomes huge."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for info, following in pairwise(ordered):
        if info.header_offset + _HEADER_BYTES + info.compress_size > following.header_offset:
            raise refusal("archive/bomb", f"`{shown}` holds files that lie in one another", shown)


def _refuse_odd(info: zipfile.ZipInfo, shown: str) -> None:
    name = info.filename
    if info.orig_filename != name:  # zipfile cuts a name at its first NUL
        raise refusal("archive/name", f"`{shown}` holds a name with a NUL in it", shown)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        oddity = "a symbolic link" if kind == stat.S_IFLNK else "no plain file"
        raise refusal("archive/member", f"`{shown}` holds `{name}`, {oddity}", shown)
    if info.flag_bits & _ENCRYPTED_FLAG or info.compress_type not in (_STORED, _DEFLATED):
        raise refusal("archive/member", f"`{shown}` holds `{name}`, encrypted or compressed in an unknown way", shown)
