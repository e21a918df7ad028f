"""Packs a release into one archive whose bytes depend on the release alone.

Takes an inventory and the contents, gives bytes. Files are sorted by name, the manifest comes after all that it names;
owners, modes and times are fixed. Nothing depends on the clock, the user, the locale or the version of a library.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Protocol

from buildassets.release.archive.blocks import (
    GZIP_HEADER,
    GZIP_TRAILER_BYTES,
    GzipMembers,
    Sink,
    Write,
    ZstdFrames,
)
from buildassets.release.archive.read import Form
from buildassets.release.archive.tar import END, header, padding
from buildassets.release.archive.zip import Directory, ZipEntry
from buildassets.release.inventory.inventory import Expected, Inventory

_SINKS: Final[Mapping[Form, Callable[[Write], Sink]]] = {"tar": Sink, "tar.gz": GzipMembers, "tar.zst": ZstdFrames}


class ReleaseContents(Protocol):
    """Gives the contents of a release, file by file, in the order of the archive."""

    def chunks(self, name: str) -> Iterable[bytes]:
        """The content of a file."""

    def copy(self, name: str) -> Iterable[bytes]:
        """The content of a precompressed copy, which the archive holds in place of the file it was made from."""

    def checksum(self, name: str) -> int:
        """The CRC-32 of the content of a file."""


def pack(inventory: Inventory, contents: ReleaseContents, form: Form, write: Write) -> None:
    """Write the archive of a release. Raises what `contents` and `write` raise."""
    if form == "zip":
        _write_zip(inventory.files, contents, write)
    else:
        _write_tar(inventory.files, contents, _SINKS[form](write))


def _write_tar(files: Mapping[str, Expected], contents: ReleaseContents, sink: Sink) -> None:
    for name, expected in files.items():
        sink.stored(header(name, expected.size_bytes))
        copy = expected.copies.get(sink.coding or "")
        if copy is not None:
            sink.copied(contents.copy(copy))
        else:
            for chunk in contents.chunks(name):
                sink.stored(chunk)
        sink.stored(padding(expected.size_bytes))
    sink.stored(END)
    sink.close()


def _write_zip(files: Mapping[str, Expected], contents: ReleaseContents, write: Write) -> None:
    directory = Directory(write)
    for name, expected in files.items():
        copy = expected.copies.get("gzip")
        size = packed = expected.size_bytes
        if copy is not None:
            packed = files[copy].size_bytes - len(GZIP_HEADER) - GZIP_TRAILER_BYTES
        directory.begin(
            ZipEntry(name, size, packed_bytes=packed, is_deflated=copy is not None, checksum=contents.checksum(name))
        )
        chunks = contents.chunks(name) if copy is None else _deflated(contents.copy(copy), packed)
        for chunk in chunks:
            write(chunk)
    directory.close()


def _deflated(gzip: Iterable[bytes], size_bytes: int) -> Iterator[bytes]:
    """The deflate data in one gzip member with a plain header."""
    skip_bytes = len(GZIP_HEADER)
    for chunk in gzip:
        piece = chunk[skip_bytes:][:size_bytes]
        skip_bytes = max(0, skip_bytes - len(chunk))
        size_bytes -= len(piece)
        yield piece
