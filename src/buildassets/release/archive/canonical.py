"""Checks that an archive is, byte for byte, the one that `pack` writes of the release in it.

Packs the contents of the archive again and compares the result with the archive itself, so that every byte is covered,
those of headers too.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import BinaryIO

from buildassets.disk.plain_files import plain
from buildassets.release.archive.pack import pack
from buildassets.release.archive.read import form_of, members_of_archive
from buildassets.release.archive.zip import opened_zip
from buildassets.release.inventory.inventory import Expected, Inventory
from buildassets.release.inventory.members import CHUNK_BYTES, ReleaseMember


def first_mismatch(path: str, shown: str, inventory: Inventory) -> int | None:
    """The offset of the first byte of the archive at `path` that `pack` would write otherwise; None if there is none.

    The caller has checked the contents against `inventory`. Raises OSError and ReleaseError.
    """
    form = form_of(path)
    with open(plain(path), "rb") as file:
        compared = _Compared(file)
        try:
            if form == "zip":
                with opened_zip(path, shown) as members:
                    pack(inventory, _ZipContents(members), form, compared.write)
            else:
                contents = _TarContents(members_of_archive(path, shown), inventory.files, compared)
                pack(inventory, contents, form, compared.write)
            compared.finish()
        except _MismatchError as mismatch:
            return mismatch.offset
    return None


class _MismatchError(Exception):
    """The byte at `offset` is not the expected one."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _Compared:
    """Compares the bytes that it is given with those of `file`; raises _MismatchError at the first difference."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.offset = 0

    def write(self, content: bytes) -> None:
        """Compare the next bytes."""
        actual_bytes = self._file.read(len(content))
        if actual_bytes != content:
            pairs = enumerate(zip(actual_bytes, content, strict=False))
            differing = (number for number, (actual, expected) in pairs if actual != expected)
            raise _MismatchError(self.offset + next(differing, len(actual_bytes)))
        self.offset += len(content)

    def peek(self, size_bytes: int) -> Iterator[bytes]:
        """The next bytes of the file, not compared yet: the caller passes them to `write`."""
        while size_bytes:
            start = self._file.tell()
            chunk = self._file.read(min(size_bytes, CHUNK_BYTES))
            self._file.seek(start)
            if not chunk:
                raise _MismatchError(self.offset)
            yield chunk
            size_bytes -= len(chunk)

    def finish(self) -> None:
        """Check that the file ends here."""
        if self._file.read(1):
            raise _MismatchError(self.offset)


class _TarContents:
    """See pack.Contents. Reads the members of a tar in their order in the archive."""

    def __init__(self, members: Iterator[ReleaseMember], files: Mapping[str, Expected], compared: _Compared) -> None:
        self._members = members
        self._files = files
        self._compared = compared
        self._copies: dict[str, str] = {}  # digests of the copies that the archive holds in place of their files

    def chunks(self, name: str) -> Iterator[bytes]:
        """See Contents."""
        digest = sha256()
        for chunk in self._next(name).chunks():
            digest.update(chunk)
            yield chunk
        if self._copies.pop(name, digest.hexdigest()) != digest.hexdigest():
            raise _MismatchError(self._compared.offset)

    def copy(self, name: str) -> Iterator[bytes]:
        """See Contents. The copy is the part of the archive that is compared next."""
        expected = self._files[name]
        assert expected.copy_of is not None
        self._next(expected.copy_of.name)
        digest = sha256()
        for chunk in self._compared.peek(expected.size_bytes):
            digest.update(chunk)
            yield chunk
        self._copies[name] = digest.hexdigest()

    def checksum(self, name: str) -> int:
        """See Contents. Never called, since a tar holds no CRC-32."""
        raise NotImplementedError

    def _next(self, name: str) -> ReleaseMember:
        member = next(self._members, None)
        if member is None or member.name != name:
            raise _MismatchError(self._compared.offset)
        return member


class _ZipContents:
    """See pack.Contents. Reads the members of a zip in any order."""

    def __init__(self, members: Mapping[str, tuple[ReleaseMember, int]]) -> None:
        self._members = members

    def chunks(self, name: str) -> Iterable[bytes]:
        """See Contents."""
        return self._members[name][0].chunks()

    def copy(self, name: str) -> Iterable[bytes]:
        """See Contents."""
        return self.chunks(name)

    def checksum(self, name: str) -> int:
        """See Contents."""
        return self._members[name][1]
