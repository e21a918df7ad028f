"""Reading and writing files without the layers of `open`, in half its time. Trees of assets have thousands.

Small ones are read and written as a whole, large ones in chunks: one may be larger than the memory of the machine.
What others read is written beside its place and put there once it is whole.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EFBIG
from hashlib import sha256
from time import sleep
from typing import BinaryIO, Final

from buildassets.digest import digest
from buildassets.folders import files_below
from buildassets.plain_files import plain

STAGING_PREFIX: Final = ".new-"  # of what waits to take its place, and is nobody's if its maker was killed
# From this size on, what nobody has to parse is not in memory as a whole. Where many are read at the same time, as when
# a release is published by sixteen threads, so many of them take 128 MB.
LARGE_BYTES: Final = 1 << 23
CHUNK_BYTES: Final = 1 << 20
_MOST_BYTES: Final = 1 << 32  # of what is read as a whole: a sparse file may claim more than any memory has
_BEGIN_BYTES: Final = 1 << 16
_HOLE: Final = bytes(CHUNK_BYTES)
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
# Windows renames nothing to the name of a file that is open, be it by a web server or by a scanner for viruses.
_IN_USE: Final = (5, 32)  # ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION
_PAUSES_SECONDS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def content_of(path: str) -> bytes:
    """All that the file at `path` holds. Raises OSError, as `plain` does, and ValueError for what cannot be a path."""
    content = _content(path, None)
    assert content is not None
    return content


def small_content_of(path: str) -> bytes | None:
    """The same; None for a file of LARGE_BYTES or more."""
    return _content(path, LARGE_BYTES)


def _content(path: str, limit_bytes: int | None) -> bytes | None:
    descriptor = plain(path)
    try:
        content = os.read(descriptor, _BEGIN_BYTES)
        wanted_bytes = _BEGIN_BYTES
        if len(content) == _BEGIN_BYTES:
            size_bytes = os.fstat(descriptor).st_size
            if limit_bytes is not None and size_bytes >= limit_bytes:
                return None
            if size_bytes > _MOST_BYTES:
                raise OSError(EFBIG, os.strerror(EFBIG), path)
            wanted_bytes = size_bytes + 1
        chunks = []
        while chunk := os.read(descriptor, wanted_bytes):
            chunks.append(chunk)
        return b"".join((content, *chunks)) if chunks else content
    finally:
        os.close(descriptor)


def bytes_at(path: str) -> bytes | None:
    """The bytes of the file at `path`; None where there is none or it cannot be read."""
    try:
        return content_of(path)
    except OSError:
        return None


def chunks_of(path: str) -> Iterator[bytes]:
    """The content of the file at `path`, whatever its size. Raises OSError, and ValueError for no path."""
    descriptor = plain(path)
    try:
        while chunk := os.read(descriptor, CHUNK_BYTES):
            yield chunk
    finally:
        os.close(descriptor)


def digest_of(path: str) -> str:
    """The SHA-256 of what the file at `path` holds, as 64 hex digits. Raises OSError, and ValueError for no path."""
    content = small_content_of(path)
    if content is not None:
        return digest(content)
    running = sha256()
    for chunk in chunks_of(path):
        running.update(chunk)
    return running.hexdigest()


def write_new(path: str, content: bytes) -> None:
    """Write a file that is not there yet. Raises OSError, with part of it written perhaps."""
    descriptor = os.open(path, _NEW, 0o666)
    try:
        written = os.write(descriptor, content)
        while written < len(content):
            written += os.write(descriptor, memoryview(content)[written:])
    finally:
        os.close(descriptor)


def write_chunks(path: str, chunks: Iterable[bytes]) -> int:
    """Write a file that is not there yet; gives its size in bytes. Where there is nothing but zeros, it has a hole.

    Raises OSError and what `chunks` raise, with part of it written perhaps.
    """
    size_bytes = 0
    with open(path, "xb", buffering=0) as file:
        for chunk in chunks:
            size_bytes += len(chunk)
            if chunk == _HOLE:
                file.seek(size_bytes)
                continue
            rest = memoryview(chunk)
            while rest:
                rest = rest[file.write(rest) :]
        file.truncate(size_bytes)
    return size_bytes


def put_in_place(new: str, path: str) -> None:
    """Let the file at `new` take the place of what is at `path`, if anything is. Raises OSError.

    Where the system refuses that for a file that somebody has open, it is tried again for two seconds.
    """
    for pause_seconds in _PAUSES_SECONDS:
        try:
            os.replace(new, path)
            return
        except PermissionError as fault:
            if getattr(fault, "winerror", None) not in _IN_USE:
                raise
            sleep(pause_seconds)
    os.replace(new, path)


@contextmanager
def _written_beside(path: str) -> Iterator[str]:
    """Where to write what is to take the place of `path` at the end, or is gone where something fails."""
    new = os.path.join(os.path.dirname(path), f"{STAGING_PREFIX}{os.urandom(8).hex()}")
    try:
        yield new
        put_in_place(new, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(new)
        raise


@contextmanager
def whole_file(path: str) -> Iterator[BinaryIO]:
    """A file that takes the place of what is at `path` at the end, or is gone where something fails. Raises OSError.

    Like any new file it is for all whom the umask lets read it.
    """
    with _written_beside(path) as new, open(new, "xb", buffering=CHUNK_BYTES) as file:
        yield file


def write_whole(path: str, content: bytes | Iterable[bytes]) -> None:
    """Write such a file. Raises OSError, and what the chunks of `content` raise."""
    with _written_beside(path) as new:
        if isinstance(content, bytes):
            write_new(new, content)
        else:
            write_chunks(new, content)


def sync(folder: str) -> None:
    """Have all that was written to the file system of `folder` on its disk. Raises OSError.

    One call, however many files there are: to wait for each of them takes thousands of times as long. Windows has no
    such call, but for administrators.
    """
    import ctypes  # 3 ms, which only a build for production spends

    if not hasattr(os, "sync"):
        _sync_each(folder)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):  # Linux only
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if libc.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), folder)
    finally:
        os.close(descriptor)


def _sync_each(folder: str) -> None:
    for name in files_below(folder):
        descriptor = plain(os.path.join(folder, name), os.O_RDWR)  # what is open for reading cannot be flushed there
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_names(folder: str) -> None:
    """Have the names of what is in `folder` on its disk, as after a rename. Raises OSError.

    Where folders cannot be opened, as on Windows, the file system keeps a log of names.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
