"""Reads the contents of a release directory, and checks each against the manifest while it is read."""

import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from errno import ELOOP
from functools import partial
from hashlib import new
from typing import BinaryIO, Final

from buildassets.disk.codings import inflated, is_available, unzstd
from buildassets.disk.plain_files import plain_below
from buildassets.errors import ReleaseError
from buildassets.release.inventory.inventory import Copied, Expected
from buildassets.release.inventory.members import CHUNK_BYTES, chunks_of
from buildassets.release.inventory.names import refusal

_PLAIN_GZIP: Final = b"\x1f\x8b\x08\x00"  # deflate, and a header without optional fields such as a name
_HINT: Final = "run `buildassets verify` for all faults, then build again"


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
        return refusal("verify/changed", f"`{name}` does not match the manifest", self._shown, hint=_HINT)

    def _wrong_copy(self, name: str, copied: Copied) -> ReleaseError:
        message = f"`{self._shown}` holds `{name}`, which is not a {copied.coding} copy of `{copied.name}`"
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
    if not is_available(coding):
        hint = 'run `pip install "buildassets[zstd]"`'
        raise refusal("archive/zstd", "this Python cannot read zstd copies", os.path.join(folder, name), hint=hint)
    with open(plain_below(folder, name), "rb") as file:
        try:
            yield from unzstd(file) if coding == "zstd" else _inflated(file)
        except ValueError:
            raise otherwise from None


def _inflated(file: BinaryIO) -> Iterator[bytes]:
    if file.read(len(_PLAIN_GZIP)) != _PLAIN_GZIP:
        raise ValueError("not a plain gzip file")
    file.seek(0)
    return inflated(iter(partial(file.read, CHUNK_BYTES), b""))
