"""Locks folders, so that a program that writes to one excludes others that write or read there.

A lock ends with the process that holds it, however that ends. On POSIX systems the folder itself is locked, with
flock(2). Windows cannot open folders and locks bytes of files: there each folder has an empty lock file among the
temporary files of the user, so that no lock file is released, packed or cleaned. Imports nothing of the package.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EDEADLK, ENOTDIR
from hashlib import sha256
from importlib import import_module
from stat import S_ISDIR
from time import monotonic, sleep
from typing import Any, Final, Protocol

try:
    import fcntl as _fcntl
except ImportError:  # Windows
    _fcntl = None  # type: ignore[assignment]  # mypy expects a module

_SILENT_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.05
_LOCK_FILES: Final = "buildassets-locks"
# Bytes of a lock file, which may be locked without existing: a shared lock takes one of them, an exclusive one all.
_SHARES: Final = 64


class _Lock(Protocol):
    def is_taken(self) -> bool:
        """Try once to take the lock; whether it worked. Raises OSError."""
        ...

    def release(self) -> None:
        """Give the lock back."""
        ...


@contextmanager
def locked(folder: str, *, shared: bool = False, limit_seconds: float | None = None) -> Iterator[None]:
    """Hold the lock of `folder` within the block; waits for other programs that hold it.

    Any number of programs can hold it `shared` at the same time. Without a limit, a message for the user is printed
    after a few seconds of waiting. Raises OSError, as for a missing folder, and TimeoutError where others hold the lock
    for longer than the limit.
    """
    lock: _Lock = _LockedFile(folder, is_shared=shared) if _fcntl is None else _LockedFolder(folder, is_shared=shared)
    try:
        _wait(lock.is_taken, folder, limit_seconds)
        yield
    finally:
        lock.release()


def _wait(is_taken: Callable[[], bool], folder: str, limit_seconds: float | None) -> None:
    began = monotonic()
    is_reported = limit_seconds is not None
    while not is_taken():
        waited_seconds = monotonic() - began
        if limit_seconds is not None and waited_seconds > limit_seconds:
            raise TimeoutError
        if not is_reported and waited_seconds > _SILENT_SECONDS:
            _report(folder)
            is_reported = True
        sleep(_PAUSE_SECONDS)


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
    """A lock on POSIX systems."""

    def __init__(self, folder: str, *, is_shared: bool) -> None:
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._operation = (_fcntl.LOCK_SH if is_shared else _fcntl.LOCK_EX) | _fcntl.LOCK_NB

    def is_taken(self) -> bool:
        try:
            _fcntl.flock(self._descriptor, self._operation)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        os.close(self._descriptor)


class _LockedFile:
    """A lock on Windows, which has no shared locks."""

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
                if fault.errno not in (EACCES, EDEADLK):  # the errors for a byte that another process has locked
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
