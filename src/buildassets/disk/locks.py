"""Locks folders, so that a program that writes to one excludes others that write or read there.

A lock ends with the process that holds it, however that ends. On POSIX systems it is a file in the folder, which those
may open who may write the folder, and nobody else: whoever may open a file may lock it, with flock(2), for ever. The
file is removed with its last lock; a killed process leaves it, and the next one uses it. Windows does not remove open
files: there each folder has an empty lock file among the temporary files of the user. Imports nothing of the package.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EDEADLK, ENOTDIR, EPERM, EROFS
from hashlib import sha256
from importlib import import_module
from stat import S_IMODE, S_ISDIR, S_ISREG
from time import monotonic, sleep
from typing import Any, Final, Protocol

try:
    import fcntl as _fcntl
except ImportError:  # Windows
    _fcntl = None  # type: ignore[assignment]  # mypy expects a module

LOCK_NAME: Final = ".buildassets-busy"  # in a locked folder; not a part of what the folder contains
_SILENT_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.05
_READERS_SECONDS: Final = 10.0  # a reader who may not open the file cannot find out whether a killed program left it
_LOCK_FILES: Final = "buildassets-locks"
# Bytes of a lock file, which may be locked without existing: a shared lock takes one of them, an exclusive one all.
_SHARES: Final = 64
_OPEN: Final = os.O_RDWR | sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"))


class _Lock(Protocol):
    may_be_held: bool

    def is_taken(self) -> bool:
        """Try once to take the lock; whether it worked. Raises OSError."""
        ...

    def release(self) -> None:
        """Give the lock back."""
        ...


@contextmanager
def locked(folder: str, *, shared: bool = False, limit_seconds: float | None = None) -> Iterator[bool]:
    """Hold the lock of `folder` within the block; waits for other programs that hold it.

    Any number of programs can hold it `shared` at the same time. Without a limit, a message for the user is printed
    after a second of waiting. Raises OSError, as for a missing folder, and TimeoutError where others hold the lock
    for longer than the limit. A `shared` lock is for those who read: its wait prints the message also with a limit, and
    where that has passed, or where they may not write to the folder, the block runs without the lock. Yields whether
    the lock is held.
    """
    lock: _Lock = _LockedFile(folder, is_shared=shared) if _fcntl is None else _LockedFolder(folder, is_shared=shared)
    try:
        is_free = _wait(lock, folder, limit_seconds, is_silent=not shared and limit_seconds is not None)
        if not is_free and not shared:
            raise TimeoutError
        yield is_free and lock.may_be_held
    finally:
        lock.release()


def is_at_work(folder: str) -> bool:
    """Whether a program is at work in `folder`, or was killed there, as its lock file shows; on Windows, it may be."""
    return _fcntl is None or os.path.lexists(os.path.join(folder, LOCK_NAME))


def _wait(lock: _Lock, folder: str, limit_seconds: float | None, *, is_silent: bool) -> bool:
    """Wait until the `lock` is taken; false where the limit has passed before."""
    began = monotonic()
    while not lock.is_taken():
        waited_seconds = monotonic() - began
        limit = _READERS_SECONDS if limit_seconds is None and not lock.may_be_held else limit_seconds
        if limit is not None and waited_seconds > limit:
            return False
        if not is_silent and waited_seconds > _SILENT_SECONDS:
            _report(folder)
            is_silent = True
        sleep(_PAUSE_SECONDS)
    return True


def _report(folder: str) -> None:
    """Print which folder is waited for. If that fails, the wait goes on all the same."""
    with suppress(OSError, ValueError):  # the working directory may be gone, or on another drive of Windows
        folder = os.path.relpath(folder)
    shown = ascii(folder.replace(os.sep, "/"))[1:-1]
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"waiting for another program that is at work in `{shown}`\n")
            sys.stderr.flush()


class _LockedFolder:
    """A lock on POSIX systems. `may_be_held` is false for a reader who may not write to the folder."""

    def __init__(self, folder: str, *, is_shared: bool) -> None:
        self._path = folder
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._is_shared = is_shared
        self._file: int | None = None
        self._is_held = False
        self.may_be_held = True

    def is_taken(self) -> bool:
        try:
            while not self._is_held:
                self._file = self._opened() if self._file is None else self._file
                _fcntl.flock(self._file, (_fcntl.LOCK_SH if self._is_shared else _fcntl.LOCK_EX) | _fcntl.LOCK_NB)
                self._is_held = self._is_in_folder(self._file)
                if not self._is_held:  # its last holder has removed it
                    os.close(self._file)
                    self._file = None
        except BlockingIOError:
            return False
        except OSError as fault:
            if not self._is_shared or fault.errno not in (EACCES, EPERM, EROFS):
                raise
            self.may_be_held = False
            return not is_at_work(self._path)
        return True

    def release(self) -> None:
        if self._is_held and self._file is not None:
            with suppress(OSError):  # others share the lock
                _fcntl.flock(self._file, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
                if self._is_in_folder(self._file):
                    os.unlink(LOCK_NAME, dir_fd=self._folder)
        for descriptor in (self._file, self._folder):
            if descriptor is not None:
                os.close(descriptor)

    def _opened(self) -> int:
        """A descriptor of the lock file, which is made if need be. Raises OSError."""
        around = os.fstat(self._folder)
        mode = 0o600 | (around.st_mode & 0o022) * 3  # both rights for each who may write to the folder
        while True:
            with suppress(FileExistsError):
                return self._made(around, mode)
            with suppress(FileNotFoundError):  # its holder has just removed it
                descriptor = self._open(_OPEN)
                looks = os.fstat(descriptor)
                if S_ISREG(looks.st_mode) and not S_IMODE(looks.st_mode) & ~mode:
                    return descriptor
                os.close(descriptor)
                os.unlink(LOCK_NAME, dir_fd=self._folder)  # others could hold it, such as one that a repository has

    def _made(self, around: os.stat_result, mode: int) -> int:
        descriptor = self._open(_OPEN | os.O_CREAT | os.O_EXCL)
        for owner in (around.st_uid, -1):  # only root gives files away
            with suppress(OSError):
                os.fchown(descriptor, owner, around.st_gid)
                break
        is_of_group = os.fstat(descriptor).st_gid == around.st_gid
        with suppress(OSError):  # a file system without modes
            os.fchmod(descriptor, mode if is_of_group else mode & ~0o060)
        return descriptor

    def _open(self, flags: int) -> int:
        try:
            return os.open(LOCK_NAME, flags, 0o600, dir_fd=self._folder)
        except OSError as fault:
            fault.filename = self._path  # which the caller knows
            raise

    def _is_in_folder(self, descriptor: int) -> bool:
        try:
            looks = os.stat(LOCK_NAME, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(looks, os.fstat(descriptor))


class _LockedFile:
    """A lock on Windows, which has no shared locks."""

    may_be_held = True

    def __init__(self, folder: str, *, is_shared: bool) -> None:
        if not S_ISDIR(os.stat(folder).st_mode):
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), folder)
        self._msvcrt: Any = import_module("msvcrt")
        # Each process begins its search for a free byte at another one, so that they rarely compete.
        first = os.getpid() % _SHARES
        every = ((first + number) % _SHARES for number in range(_SHARES))
        self._candidates = [(byte, 1) for byte in every] if is_shared else [(0, _SHARES)]
        self._held: tuple[int, int] | None = None
        self._descriptor = os.open(_lock_file(folder), os.O_RDWR | os.O_CREAT, 0o600)

    def is_taken(self) -> bool:
        for start, size in self._candidates:
            os.lseek(self._descriptor, start, os.SEEK_SET)
            try:
                self._msvcrt.locking(self._descriptor, self._msvcrt.LK_NBLCK, size)
            except OSError as fault:
                if fault.errno not in (EACCES, EDEADLK, 0):  # another process has locked the byte; 0 is Wine's
                    raise
            else:
                self._held = start, size
                return True
        return False

    def release(self) -> None:
        if self._held is not None:  # without this, Windows unlocks a closed file some time later
            start, size = self._held
            os.lseek(self._descriptor, start, os.SEEK_SET)
            with suppress(OSError):
                self._msvcrt.locking(self._descriptor, self._msvcrt.LK_UNLCK, size)
        os.close(self._descriptor)


def _lock_file(folder: str) -> str:
    """The lock file of `folder`, the same for every path that leads to it.

    It is never removed, since another program may be about to open it.
    """
    from tempfile import gettempdir  # 5 ms

    place = os.path.join(gettempdir(), _LOCK_FILES)
    os.makedirs(place, exist_ok=True)
    name = os.path.normcase(os.path.realpath(folder))
    return os.path.join(place, sha256(name.encode("utf-8", "surrogatepass")).hexdigest())
