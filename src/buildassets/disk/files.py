"""Reads and writes files without the layers of `open`, in half its time, as trees of assets have thousands.

Small files are read and written as a whole, large ones in chunks, since one may exceed the memory of the machine.
Files that other programs read are written under another name, and renamed once they are complete.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import EFBIG
from functools import partial
from hashlib import file_digest
from itertools import groupby
from stat import S_IMODE
from time import sleep
from typing import BinaryIO, Final

from buildassets.disk.folders import files_below, opened_below
from buildassets.disk.plain_files import plain, plain_with_size
from buildassets.foundation.digest import digest

STAGING_PREFIX: Final = ".new-"  # of unfinished files; they stay behind only if their program was killed
STAGING_NAME: Final = rf"{re.escape(STAGING_PREFIX)}[0-9a-f]{{16}}"  # a pattern: nothing with another name is removed
# Files of this size and more are read in chunks, unless they must be parsed. With sixteen threads that publish a
# release, smaller ones take 128 MB together.
LARGE_BYTES: Final = 1 << 23
CHUNK_BYTES: Final = 1 << 20
# The limits for reading as a whole, since a file with a hole takes no disk and may claim more than any memory.
MOST_MANIFEST_BYTES: Final = 1 << 26  # of a manifest: enough for 150,000 assets
MOST_TEXT_BYTES: Final = 1 << 27  # of what is parsed
MOST_BYTES: Final = 1 << 32  # of all others
_HASHED_WHOLE_BYTES: Final = 1 << 20  # from there on one buffer that is used again takes half the time
_BEGIN_BYTES: Final = 1 << 16
_HOLE: Final = bytes(CHUNK_BYTES)
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
# Windows does not rename over a file that is open, such as in a web server or a virus scanner.
_IN_USE: Final = (5, 32)  # ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION
_PAUSES_SECONDS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def content_of(path: str, most_bytes: int = MOST_TEXT_BYTES) -> bytes:
    """The content of the file at `path`.

    Raises OSError, as `plain` does, and for a file of more than `most_bytes`; ValueError for an invalid path.
    """
    content = _content(path, None, most_bytes)
    assert content is not None
    return content


def small_content_of(path: str, limit_bytes: int = LARGE_BYTES) -> bytes | None:
    """Like `content_of`; None for a file of `limit_bytes` or more."""
    return _content(path, limit_bytes)


def _content(path: str, limit_bytes: int | None, most_bytes: int = MOST_BYTES) -> bytes | None:
    descriptor, size_bytes = plain_with_size(path)
    try:
        if limit_bytes is not None and size_bytes >= limit_bytes:
            return None
        if size_bytes > most_bytes:
            raise OSError(EFBIG, os.strerror(EFBIG), path)
        content = os.read(descriptor, size_bytes + 1)  # one more than there are: with less, this is the end
        if 0 < len(content) == size_bytes:
            return content
        chunks = [content]  # of a file that grows, or of one that has no size, as in `/proc`
        while chunk := os.read(descriptor, max(size_bytes + 1, _BEGIN_BYTES)):
            chunks.append(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def bytes_at(path: str, most_bytes: int = MOST_TEXT_BYTES) -> bytes | None:
    """The content of the file at `path`; None where it is missing or cannot be read, or has more than `most_bytes`."""
    try:
        return content_of(path, most_bytes)
    except OSError:
        return None


def small_text_of(path: str) -> str | None:
    """The text of the file at `path`, its line ends LF; None for one that is missing, special, large or not UTF-8."""
    try:
        content = small_content_of(path)
        return None if content is None else content.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, ValueError):
        return None


def chunks_of(path: str) -> Iterator[bytes]:
    """The content of the file at `path`, in chunks. Raises OSError, and ValueError for an invalid path."""
    descriptor = plain(path)
    try:
        while chunk := os.read(descriptor, CHUNK_BYTES):
            yield chunk
    finally:
        os.close(descriptor)


def digest_of(path: str) -> str:
    """The SHA-256 of the file at `path`, as 64 hex digits. Raises OSError, and ValueError for an invalid path."""
    content = _content(path, _HASHED_WHOLE_BYTES)
    if content is not None:
        return digest(content)
    with open(plain(path), "rb", buffering=0) as file:
        return file_digest(file, "sha256").hexdigest()


def has_content_of(path: str, other: str, digest_of: Callable[[str], str] = digest_of) -> bool:
    """Whether two files have the same content; also where one cannot be read, which is reported where it is needed.

    Only files of one size are read, by `digest_of`, which may know their digests without that.
    """
    try:
        return os.path.getsize(path) == os.path.getsize(other) and digest_of(path) == digest_of(other)
    except (OSError, ValueError):
        return True


def write_new(path: str, content: bytes) -> None:
    """Write a new file. Raises OSError; part of the file may have been written then."""
    descriptor = os.open(path, _NEW, 0o666)
    try:
        written = os.write(descriptor, content)
        while written < len(content):
            written += os.write(descriptor, memoryview(content)[written:])
    finally:
        os.close(descriptor)


def write_chunks(path: str, chunks: Iterable[bytes], folder: int | None = None, mode: int | None = None) -> int:
    """Write a new file and return its size in bytes. Chunks of zeros become holes.

    Its path is relative to the descriptor `folder`, if that is given; the umask does not change a given `mode`.
    Raises OSError and what `chunks` raise; part of the file may have been written then.
    """
    size_bytes = 0
    with open(path, "xb", buffering=0, opener=partial(os.open, mode=0o666, dir_fd=folder)) as file:
        if mode is not None and os.chmod in os.supports_fd:  # Windows keeps no such mode
            os.chmod(file.fileno(), mode)
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


def put_in_place(new: str, path: str, source: int | None = None, folder: int | None = None) -> None:
    """Rename the file at `new` to `path`, over a file that may be there. Raises OSError.

    They are relative to the descriptors of folders `source` and `folder`, if these are given.

    While Windows refuses this, as another program has the file open, it is tried again, for two seconds.
    """
    for pause_seconds in _PAUSES_SECONDS:
        try:
            os.replace(new, path, src_dir_fd=source, dst_dir_fd=folder)
            return
        except PermissionError as fault:
            if getattr(fault, "winerror", None) not in _IN_USE:
                raise
            sleep(pause_seconds)
    os.replace(new, path, src_dir_fd=source, dst_dir_fd=folder)


def put_below(top: str, paths: Mapping[str, str]) -> None:
    """Rename the files at `paths` to their names below the folder `top`, in that order, over files that may be there.

    Makes their folders. Raises OSError, also where one of these is a link, or becomes one meanwhile.
    """
    for _, group in groupby(paths, os.path.dirname):
        names = list(group)
        with opened_below(top, names[0], makes=True) as (folder, _):
            for name in names:
                path = os.path.basename(name) if folder is not None else os.path.join(top, name)
                put_in_place(paths[name], path, folder=folder)


def staging_name() -> str:
    """A new name for an unfinished file or folder."""
    return f"{STAGING_PREFIX}{os.urandom(8).hex()}"


def is_staging(name: str) -> bool:
    """Whether a program that was killed may have left a file or folder of this name."""
    return name.startswith(STAGING_PREFIX) and re.fullmatch(STAGING_NAME, name) is not None


@contextmanager
def _written_beside(path: str, name: str = "") -> Iterator[str]:
    """A path next to `path` to write to; renamed to `path` at the end, or removed if the block raises.

    With a `name`, `path` is a folder, and the file is renamed to that name below it.
    """
    new = os.path.join(path if name else os.path.dirname(path), staging_name())
    try:
        yield new
        if name:
            put_below(path, {name: new})
        else:
            put_in_place(new, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(new)
        raise


@contextmanager
def whole_file(path: str) -> Iterator[BinaryIO]:
    """A file to write, which is renamed to `path` at the end, or removed if the block raises. Raises OSError.

    Its permissions are those that the umask gives to any new file.
    """
    with _written_beside(path) as new, open(new, "xb", buffering=CHUNK_BYTES) as file:
        yield file


def write_whole(path: str, content: bytes | Iterable[bytes], name: str = "") -> None:
    """Write `content` to a new file and rename that to `path`. Raises OSError, and what the chunks raise.

    With a `name`, with slashes, `path` is a folder, and the file gets that name below it, as by `put_below`.
    """
    with _written_beside(path, name) as new:
        if isinstance(content, bytes):
            write_new(new, content)
        else:
            write_chunks(new, content)


def rewrite(path: str, content: bytes) -> None:
    """Write `content` to a file of a person, which keeps its permissions and owner, and may be behind a link.

    Raises OSError.
    """
    path = os.path.realpath(path)
    before = os.stat(path) if os.path.exists(path) else None
    with whole_file(path) as file:
        file.write(content)
        if before and hasattr(os, "fchown"):
            with suppress(PermissionError):  # only root may give a file to another user
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
    if before:
        os.chmod(path, S_IMODE(before.st_mode) & 0o777)


def sync(folder: str) -> None:
    """Flush everything that was written to the file system of `folder` to its disk. Raises OSError.

    This is one call for all files: waiting for each file takes thousands of times as long. Windows has no such call,
    except for administrators, so there each file is flushed.
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
        descriptor = plain(os.path.join(folder, name), os.O_RDWR)  # Windows flushes no file that is open for reading
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_names(folder: str) -> None:
    """Flush the names in `folder` to its disk, so that renames survive a power cut. Raises OSError.

    Does nothing where folders cannot be opened, as on Windows, whose file system keeps a log of names.
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
