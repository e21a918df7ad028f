"""Whether an archive is, byte for byte, the one that `pack` writes of the release in it.

Packs the contents of the archive anew, and compares what comes out with the archive itself: then no byte of it, also
none of a header, can be another.
"""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import BinaryIO

from buildassets.plain_files import plain
from buildassets.release.archive.pack import pack
from buildassets.release.archive.read import form_of, members_of_archive
from buildassets.release.archive.zip import opened_zip
from buildassets.release.inventory.inventory import Expected, Inventory
from buildassets.release.inventory.members import CHUNK_BYTES, Member


def other_byte(path: str, shown: str, wanted: Inventory) -> int | None:
    """The offset from which on the archive at `path` is not as `pack` writes it; None if all of it is.

    Its contents are those that are `wanted`: that has been made sure of. Raises OSError, and ReleaseError.
    """
    form = form_of(path)
    with open(plain(path), "rb") as file:
        compared = _Compared(file)
        try:
            if form == "zip":
                with opened_zip(path, shown) as members:
                    pack(wanted, _ZipContents(members), form, compared.write)
            else:
                contents = _TarContents(members_of_archive(path, shown), wanted.files, compared)
                pack(wanted, contents, form, compared.write)
            compared.finish()
        except _OtherError as other:
            return other.offset
    return None


class _OtherError(Exception):
    """A byte is another; `offset` is where it stands."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _Compared:
    """Takes the bytes that should be in `file`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.offset = 0

    def write(self, content: bytes) -> None:
        """Compare the next bytes."""
        found = self._file.read(len(content))
        if found != content:
            same = (number for number, (one, other) in enumerate(zip(found, content, strict=False)) if one != other)
            raise _OtherError(self.offset + next(same, len(found)))
        self.offset += len(content)

    def peek(self, size_bytes: int) -> Iterator[bytes]:
        """The next bytes as they are, without comparing them: whoever asks hands them to `write`."""
        while size_bytes:
            start = self._file.tell()
            chunk = self._file.read(min(size_bytes, CHUNK_BYTES))
            self._file.seek(start)
            if not chunk:
                raise _OtherError(self.offset)
            yield chunk
            size_bytes -= len(chunk)

    def finish(self) -> None:
        """There are no more bytes."""
        if self._file.read(1):
            raise _OtherError(self.offset)


class _TarContents:
    """See pack.Contents: the members of a tar, in the order in which they stand there."""

    def __init__(self, members: Iterator[Member], files: Mapping[str, Expected], compared: _Compared) -> None:
        self._members = members
        self._files = files
        self._compared = compared
        self._copies: dict[str, str] = {}  # digests of those that stood in place of what they are copies of

    def chunks(self, name: str) -> Iterator[bytes]:
        """See Contents."""
        digest = sha256()
        for chunk in self._next(name).chunks():
            digest.update(chunk)
            yield chunk
        if self._copies.pop(name, digest.hexdigest()) != digest.hexdigest():
            raise _OtherError(self._compared.offset)

    def copy(self, name: str) -> Iterator[bytes]:
        """See Contents. A copy stands in the archive where it is asked for."""
        expected = self._files[name]
        assert expected.copy_of is not None
        self._next(expected.copy_of.name)
        digest = sha256()
        for chunk in self._compared.peek(expected.size_bytes):
            digest.update(chunk)
            yield chunk
        self._copies[name] = digest.hexdigest()

    def checksum(self, name: str) -> int:
        """See Contents. No tar asks for it."""
        raise NotImplementedError

    def _next(self, name: str) -> Member:
        member = next(self._members, None)
        if member is None or member.name != name:
            raise _OtherError(self._compared.offset)
        return member


class _ZipContents:
    """See pack.Contents: the members of a zip, wherever they stand there."""

    def __init__(self, members: Mapping[str, tuple[Member, int]]) -> None:
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
