"""Unpacks archives of npm packages (`.tgz`); accepts only plain files below `package/`.

Takes an archive whose digest has been proven, fills a new folder. Raises PackagesError; the caller then removes the
incomplete folder.
"""

import io
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from buildassets.diagnostics import error
from buildassets.errors import PackagesError
from buildassets.files import chunks_of, write_chunks
from buildassets.folders import make_folders, remove_temporary
from buildassets.soundness import is_file

_TOP: Final = "package/"
_LARGEST_BYTES: Final = 1 << 30  # of an archive's whole content
_MOST_FILES: Final = 100_000
_LONGEST_HEADER_BYTES: Final = 4096  # the longest path of a system, with the rest of its header
_MOST_HEADER_WORK: Final = 1 << 37  # square bytes: half a million headers of a block each, half a minute at most
# Headers that `tarfile` (CPython before 3.12.6) reads in quadratic time, or that make it build a list of gigabytes.
_COSTLY: Final = re.compile(rb"[0-9]{65}|GNU\.sparse")
_CHUNK_BYTES: Final = 1 << 18
_PLAIN, _PROGRAM = 0o644, 0o755
_SPECIAL_BITS: Final = 0o7000  # setuid, setgid, sticky


def unpack(archive: str, folder: str, shown: str) -> tuple[str, ...]:
    """Unpack the file `archive` of the package `shown` into `folder`; returns the names of its files, sorted.

    The archive is refused for any member that is a link or a device, has a name outside `package/`, or a bit such as
    setuid. Entries for folders, which some archives have, are ignored: the folders of files are created as needed.
    """
    tar = f"{folder}.tar"
    try:
        _gunzip(archive, tar, shown)
        with _Bounded(tar) as file, tarfile.open(fileobj=file, mode="r:") as members:
            names = []
            for member in _listed(members, shown):
                with file.content():
                    names.append(_unpacked(members, member, folder, shown))
    except RecursionError:
        raise _damaged(shown, "it has headers of headers without end") from None
    except (tarfile.TarError, EOFError, ValueError) as fault:
        raise _damaged(shown, str(fault).lower() or "it is no archive") from None
    finally:
        remove_temporary(tar)
    return tuple(sorted(names))


class _Bounded(io.FileIO):
    """A file that raises ValueError for headers that would cost `tarfile` very much time or memory."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._is_content = False
        self._left_work = _MOST_HEADER_WORK

    @contextmanager
    def content(self) -> Iterator[None]:
        """Read the content of a member, so that it is not checked as headers."""
        self._is_content = True
        try:
            yield
        finally:
            self._is_content = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self._is_content:
            return super().read(size)
        if size is None or not 0 <= size <= _LONGEST_HEADER_BYTES:
            raise ValueError("it has a header that is too long")
        self._left_work -= size * size
        block = super().read(size)
        if self._left_work < 0 or _COSTLY.search(block):
            raise ValueError("it has headers that no package needs")
        return block


def _gunzip(archive: str, path: str, shown: str) -> None:
    write_chunks(path, _gunzipped(archive, shown))


def _gunzipped(archive: str, shown: str) -> Iterator[bytes]:
    inflate, left_bytes = zlib.decompressobj(31), _LARGEST_BYTES
    try:
        for chunk in chunks_of(archive):
            while chunk and not inflate.eof:
                piece = inflate.decompress(chunk, _CHUNK_BYTES)
                chunk = inflate.unconsumed_tail
                left_bytes -= len(piece)
                if left_bytes < 0:
                    raise _refused(shown, f"holds more than {_LARGEST_BYTES:,} bytes")
                yield piece
    except zlib.error as fault:
        raise _damaged(shown, str(fault)) from None
    if not inflate.eof:
        raise _damaged(shown, "it ends too early")


def _listed(members: tarfile.TarFile, shown: str) -> Iterator[tarfile.TarInfo]:
    """The files of a package. Raises PackagesError at a member that no package may contain."""
    count = 0
    for member in members:
        count += 1
        if count > _MOST_FILES:
            raise _refused(shown, f"holds more than {_MOST_FILES:,} files")
        if complaint := _complaint(member):
            raise _refused(shown, f"holds `{member.name}`, {complaint}")
        if member.isreg():
            yield member
    if not count:
        raise _damaged(shown, "it holds nothing")


def _complaint(member: tarfile.TarInfo) -> str:
    """The reason for which a package may not contain `member`; empty if it may."""
    if member.isdir() and f"{member.name}/" == _TOP:
        return ""
    if not (member.isreg() or member.isdir()) or member.issparse():
        kinds = ((member.issym(), "a symbolic link"), (member.islnk(), "a hard link"))
        return next((kind for is_kind, kind in kinds if is_kind), "which is no plain file")
    name = member.name.removeprefix(_TOP)
    if name == member.name or not is_file(name) or "\\" in name or not name.isprintable():
        return "which is no name below `package/`"
    if member.mode & _SPECIAL_BITS:
        return f"which has the mode {member.mode & 0o7777:o}"
    return ""


def _unpacked(members: tarfile.TarFile, member: tarfile.TarInfo, folder: str, shown: str) -> str:
    """Write `member` below `folder`. Returns its name there. Raises PackagesError and OSError."""
    name = member.name.removeprefix(_TOP)
    path = os.path.join(folder, *name.split("/"))
    content = members.extractfile(member)
    assert content is not None
    try:
        make_folders(os.path.dirname(path))
        written = write_chunks(path, iter(lambda: content.read(_CHUNK_BYTES), b""))
    except FileExistsError:
        raise _refused(shown, f"holds `{member.name}` twice, or a folder of that name") from None
    if written != member.size:
        raise _damaged(shown, "it ends too early")
    os.chmod(path, _PROGRAM if member.mode & 0o100 else _PLAIN)
    return name


def _refused(shown: str, complaint: str) -> PackagesError:
    hint = "do not use this release: no tool that publishes packages makes such an archive"
    return PackagesError([error("package/member", f"the archive of `{shown}` {complaint}", hint=hint)])


def _damaged(shown: str, complaint: str) -> PackagesError:
    message = f"the archive of `{shown}` cannot be unpacked: {complaint}"
    return PackagesError([error("package/damaged", message, hint="take another release, and report it to its authors")])
