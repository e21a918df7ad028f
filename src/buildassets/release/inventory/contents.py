"""Reads the contents of a release directory, and checks each against the manifest while it is read."""

import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from errno import ELOOP
from hashlib import new
from typing import Final

from buildassets.codings import is_available, zstd_reader
from buildassets.errors import ReleaseError
from buildassets.plain_files import plain_below
from buildassets.release.inventory.inventory import Copied, Expected
from buildassets.release.inventory.members import CHUNK_BYTES, chunks_of
from buildassets.release.inventory.refusals import refusal

_PLAIN_GZIP: Final = b"\x1f\x8b\x08\x00"  # deflate, and a header without optional fields such as a name
_HINT: Final = "run `buildassets verify` for all that is wrong, then build again"


class FolderContents:
    """See pack.Contents. A file that differs from the manifest raises ReleaseError, at its last chunk at the latest."""

    def __init__(self, folder: str, files: Mapping[str, Expected], shown: str) -> None:
        self._folder = folder
        self._files = files
        self._shown = shown

    def chunks(self, name: str) -> Iterator[bytes]:
        """See Contents."""
        return checked(self._opened(name), self._files[name], self._changed(name))

    def copy(self, name: str) -> Iterator[bytes]:
        """See Contents."""
        copied = self._files[name].copy_of
        assert copied is not None
        fault = self._wrong_copy(name, copied)
        _read(self.chunks(copied.name))
        _read(checked(_decompressed(self._folder, name, copied.coding, fault), self._files[copied.name], fault))
        return self.chunks(name)

    def checksum(self, name: str) -> int:
        """See Contents."""
        checksum = 0
        for chunk in self.chunks(name):
            checksum = zlib.crc32(chunk, checksum)
        return checksum

    def _opened(self, name: str) -> Iterator[bytes]:
        try:
            yield from chunks_of(self._folder, name)
        except FileNotFoundError:
            raise refusal("verify/missing", f"`{self._shown}` lacks `{name}`", self._shown, hint=_HINT) from None
        except OSError as fault:
            if fault.errno != ELOOP:
                raise
            raise self._changed(name) from None

    def _changed(self, name: str) -> ReleaseError:
        return refusal("verify/changed", f"`{name}` is not what the manifest says", self._shown, hint=_HINT)

    def _wrong_copy(self, name: str, copied: Copied) -> ReleaseError:
        message = f"`{self._shown}` holds `{name}`, which is no {copied.coding} copy of `{copied.name}`"
        return refusal("verify/copy", message, self._shown, hint="build again with an empty cache")


def _read(chunks: Iterable[bytes]) -> None:
    """Read all `chunks` for the checks that run while they are read."""
    for _ in chunks:
        pass


def checked(chunks: Iterable[bytes], expected: Expected, otherwise: Exception) -> Iterator[bytes]:
    """The same `chunks`; raises `otherwise` after the last one where size or digest are not the `expected` ones."""
    running, size_bytes = new(expected.algorithm), 0
    for chunk in chunks:
        running.update(chunk)
        size_bytes += len(chunk)
        yield chunk
    if size_bytes != expected.size_bytes or (expected.digest and running.hexdigest() != expected.digest):
        raise otherwise


def _decompressed(folder: str, name: str, coding: str, otherwise: Exception) -> Iterator[bytes]:
    """The decompressed content of the copy `name` below `folder`; raises `otherwise` if no build writes such a copy."""
    if coding == "gzip":
        return _inflated(folder, name, otherwise)
    if not is_available(coding):
        hint = 'run `pip install "buildassets[zstd]"`'
        raise refusal("archive/zstd", "this Python cannot read zstd copies", os.path.join(folder, name), hint=hint)
    return _unzstd(folder, name, otherwise)


def _inflated(folder: str, name: str, otherwise: Exception) -> Iterator[bytes]:
    inflate = zlib.decompressobj(31)
    head = b""
    try:
        for chunk in chunks_of(folder, name):
            head = head or chunk[: len(_PLAIN_GZIP)]
            while chunk:
                yield inflate.decompress(chunk, CHUNK_BYTES)
                chunk = inflate.unconsumed_tail
        yield inflate.flush()
    except zlib.error:
        raise otherwise from None
    if head != _PLAIN_GZIP or not inflate.eof or inflate.unused_data:
        raise otherwise


def _unzstd(folder: str, name: str, otherwise: Exception) -> Iterator[bytes]:
    with open(plain_below(folder, name), "rb") as file, zstd_reader(file) as reader:
        while True:
            try:
                chunk = reader.read(CHUNK_BYTES)
            except Exception:  # each library has its own error class
                raise otherwise from None
            if not chunk:
                return
            yield chunk
