"""Reading and writing files without the layers of `open`, in half its time. Trees of assets have thousands.

Small ones are read and written as a whole, large ones in chunks: one may be larger than the memory of the machine.
"""

import fcntl
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EFBIG
from hashlib import sha256
from time import monotonic, sleep
from typing import BinaryIO, Final

from buildassets.digest import digest
from buildassets.plain_files import plain

STAGING_PREFIX: Final = ".new-"  # of what waits to take its place, and is nobody's if its maker was killed
# From this size on, what nobody has to parse is not in memory as a whole. Where many are read at the same time, as when
# a release is published by sixteen threads, so many of them take 128 MB.
LARGE_BYTES: Final = 1 << 23
CHUNK_BYTES: Final = 1 << 20
_MOST_BYTES: Final = 1 << 32  # of what is read as a whole: a sparse file may claim more than any memory has
_BEGIN_BYTES: Final = 1 << 16
_HOLE: Final = bytes(CHUNK_BYTES)


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


def write_new(path: str, content: bytes) -> None:
    """Write a file that is not there yet. Raises OSError, with part of it written perhaps."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        written = os.write(descriptor, content)
        while written < len(content):
            written += os.write(descriptor, memoryview(content)[written:])
    finally:
        os.close(descriptor)


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


def sync(folder: str) -> None:
    """Have all that was written to the file system of `folder` on its disk. Raises OSError.

    One call, however many files there are: to wait for each of them takes thousands of times as long.
    """
    import ctypes  # 3 ms, which only a build for production spends

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


def sync_names(folder: str) -> None:
    """Have the names of what is in `folder` on its disk, as after a rename. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_BUFFER_BYTES: Final = 1 << 20


@contextmanager
def whole_file(path: str) -> Iterator[BinaryIO]:
    """A file that takes the place of what is at `path` at the end, or is gone where something fails. Raises OSError."""
    descriptor, temporary = tempfile.mkstemp(prefix=STAGING_PREFIX, dir=os.path.dirname(os.path.abspath(path)))
    try:
        with open(descriptor, "wb", buffering=_BUFFER_BYTES) as file:
            yield file
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_SILENT_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.05


def wait_for_turn(descriptor: int, operation: int, folder: str) -> None:
    """Lock the open `folder`, with an `operation` of flock(2). Raises OSError."""
    if _takes_turn(descriptor, operation):
        return
    from threading import Timer

    word = Timer(_SILENT_SECONDS, _report, (folder,))
    word.daemon = True
    word.start()
    try:
        fcntl.flock(descriptor, operation)
    finally:
        word.cancel()


def take_turn_within(descriptor: int, operation: int, limit_seconds: float) -> None:
    """The same for who can do without: TimeoutError where it is not its turn within the limit."""
    deadline = monotonic() + limit_seconds
    while not _takes_turn(descriptor, operation):
        if monotonic() > deadline:
            raise TimeoutError
        sleep(_PAUSE_SECONDS)


def _takes_turn(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _report(folder: str) -> None:
    shown = ascii(os.path.relpath(folder))[1:-1]
    sys.stderr.write(f"waiting for another program that is at work in `{shown}`\n")
    sys.stderr.flush()


def bytes_at(path: str) -> bytes | None:
    """The bytes of the file at `path`; None where there is none or it cannot be read."""
    try:
        return content_of(path)
    except OSError:
        return None


def write_whole(path: str, content: bytes | Iterable[bytes]) -> None:
    """Write a file that is there whole or not at all, for all whom the umask lets read it."""
    temporary = os.path.join(os.path.dirname(path), f"{STAGING_PREFIX}{os.urandom(8).hex()}")
    try:
        if isinstance(content, bytes):
            write_new(temporary, content)
        else:
            write_chunks(temporary, content)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


@contextmanager
def taking_turns(folder: str) -> Iterator[None]:
    """Wait until nobody else who takes turns is at `folder`. Raises OSError, as where there is none."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        wait_for_turn(lock, fcntl.LOCK_EX, folder)
        yield
    finally:
        os.close(lock)


@contextmanager
def held_still(folder: str) -> Iterator[None]:
    """While no build writes the release directory. Raises OSError."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        wait_for_turn(lock, fcntl.LOCK_SH, folder)
        yield
    finally:
        os.close(lock)
