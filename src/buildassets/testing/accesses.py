"""Records which files a process opens, changes and runs, by Python's audit hook (PEP 578).

Covers what Python has an event for, in every thread, and the start of the processes of `multiprocessing`. Not covered
are what a C library does by itself, such as SQLite's journal, what other processes do (their start is recorded), and
`os.mkfifo` and `os.mknod`. Paths are as they are given: no link is followed, and `os.open` with `dir_fd` shows a path
relative to the working directory. Standard library only.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import FrameType
from typing import Any, Final, Literal

Action = Literal["read", "change", "run"]

_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FRAMES_AT_MOST: Final = 40  # of a stack: enough to get past the frames of a framework
# The audit events that name files: the index of each argument that is a path, and that of the descriptor of the folder
# that the path is relative to, if any.
_Path = tuple[int, int | None]
_FIRST: Final[tuple[_Path, ...]] = ((0, None),)
_CHANGES: Final[Mapping[str, tuple[_Path, ...]]] = {
    "os.chflags": _FIRST,
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((1, 3),),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.removexattr": _FIRST,
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.setxattr": _FIRST,
    "os.symlink": ((1, 2),),
    "os.truncate": _FIRST,
    "os.utime": ((0, 3),),
    "socket.bind": ((1, None),),
    "sqlite3.connect": _FIRST,
}
_READS: Final = ("os.listdir", "os.scandir")
_FORK_EXEC: Final = "_posixsubprocess.fork_exec"  # ours, as Python has no event for this
_RUNS: Final = (
    _FORK_EXEC,
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
)
_DELETED: Final = " (deleted)"
_NO_FILES: Final = (os.devnull, ":memory:", "")


@dataclass(frozen=True, slots=True)
class Access:
    """An access to files, or the start of another program.

    `event` is the audit event, `paths` are the absolute paths that it names, or the words of a command. `stack` lists
    the callers as `file:line in function`, innermost first, without the standard library and the test runner.
    """

    action: Action
    event: str
    paths: tuple[str, ...]
    stack: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line for the access, then one for each caller."""
        verb = {"read": "opens", "change": "changes", "run": "runs"}[self.action]
        named = (" " if self.action == "run" else " → ").join(self.paths)
        return "\n".join([f"{verb} {named} ({self.event})", *(f"    {place}" for place in self.stack)])


class Accesses(Iterable[Access]):
    """All recorded accesses, in order."""

    def __init__(self) -> None:
        self._recorded: list[Access] = []

    def __iter__(self) -> Iterator[Access]:
        return iter(tuple(self._recorded))

    def __len__(self) -> int:
        return len(self._recorded)

    @property
    def reads(self) -> list[Access]:
        """Files opened for reading, and folders listed."""
        return [access for access in self if access.action == "read"]

    @property
    def changes(self) -> list[Access]:
        """Files opened for writing, and all other changes on a disk."""
        return [access for access in self if access.action == "change"]

    @property
    def runs(self) -> list[Access]:
        """Starts of processes."""
        return [access for access in self if access.action == "run"]

    def besides(self, allowed: Iterable[str]) -> list[Access]:
        """Accesses to a file that no glob in `allowed` matches. As in `fnmatch`, `*` matches any text, `/` included."""
        globs = tuple(allowed)
        files = (access for access in self if access.action != "run")
        return [access for access in files if not all(_matches(path, globs) for path in access.paths)]

    def _add(self, access: Access) -> None:
        self._recorded.append(access)


def _matches(path: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(path, glob) for glob in globs)


class _Hook:
    """The audit hook of this process. It is installed once, as Python cannot remove it; else it is idle."""

    def __init__(self) -> None:
        self._recordings: tuple[Accesses, ...] = ()
        self._is_installed = False

    def start(self, accesses: Accesses) -> None:
        """Add all accesses from now on to `accesses`."""
        if not self._is_installed:
            self._is_installed = True
            sys.addaudithook(self._record)
            _audit_fork_exec()
        self._recordings = (*self._recordings, accesses)

    def stop(self, accesses: Accesses) -> None:
        """Add no more accesses to `accesses`."""
        self._recordings = tuple(recording for recording in self._recordings if recording is not accesses)

    def _record(self, event: str, arguments: tuple[object, ...]) -> None:
        recordings = self._recordings
        if not recordings:
            return
        parsed = _parsed(event, arguments)
        if parsed is not None:
            access = Access(*parsed, _stack(sys._getframe(1)))
            for accesses in recordings:
                accesses._add(access)


_HOOK: Final = _Hook()


def _audit_fork_exec() -> None:
    """Have an event for each process that `multiprocessing` starts; those of `subprocess` have one of their own."""
    if sys.platform == "win32":
        return
    import _posixsubprocess
    import subprocess  # noqa: F401 which takes the function without an event

    fork_exec: Callable[..., int] = _posixsubprocess.fork_exec

    def audited(*arguments: Any) -> int:
        sys.audit(_FORK_EXEC, arguments[0])
        return fork_exec(*arguments)

    _posixsubprocess.fork_exec = audited


@contextmanager
def recorded() -> Iterator[Accesses]:
    """Record all accesses of this process to files and programs within the block, in every thread."""
    accesses = Accesses()
    _HOOK.start(accesses)
    try:
        yield accesses
    finally:
        _HOOK.stop(accesses)


def _parsed(event: str, arguments: tuple[object, ...]) -> tuple[Action, str, tuple[str, ...]] | None:
    """The action, the event and the paths or words of an audit event; None for an event that is not recorded."""
    if event == "open":
        flags = arguments[2]
        return _of_paths("change" if isinstance(flags, int) and flags & _WRITES else "read", event, arguments, _FIRST)
    if event in _CHANGES:
        return _of_paths("change", event, arguments, _CHANGES[event])
    if event in _READS:
        return _of_paths("read", event, arguments, _FIRST)
    if event == "import":  # names a file for extension modules only, which the system opens
        return _of_paths("read", event, arguments, ((1, None),))
    if event == "subprocess.Popen" or event in _RUNS:
        return "run", event, _words(arguments)
    return None


def _of_paths(
    action: Action, event: str, arguments: tuple[object, ...], places: tuple[_Path, ...]
) -> tuple[Action, str, tuple[str, ...]] | None:
    """The access to the paths in `arguments`; None where there are only descriptors, whose opening was recorded."""
    candidates: Iterable[str | None] = (
        _path(arguments[at], None if folder is None else arguments[folder]) for at, folder in places
    )
    if action == "change" and event != "open":  # by the descriptor of a file that may have been opened for reading
        descriptors = (one for at, _ in places if isinstance(one := arguments[at], int))
        candidates = (*candidates, *map(_path_of_descriptor, descriptors))
    paths = tuple(path for path in candidates if path)
    return (action, event, paths) if paths else None


def _path_of_descriptor(descriptor: int) -> str | None:
    """The path of an open file, on Linux; None for one that is deleted, as that of gunicorn's heartbeat."""
    try:
        path = os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return None
    return path if path.startswith("/") and not path.endswith(_DELETED) else None


def _path(given: object, folder: object) -> str | None:
    if not isinstance(given, str | bytes | os.PathLike):
        return None
    path = os.fsdecode(given)
    if path in _NO_FILES or path.startswith("\0"):  # a name of Linux for a socket without a file
        return None
    try:
        base = os.readlink(f"/proc/self/fd/{folder}") if isinstance(folder, int) and folder >= 0 else ""
        return os.path.abspath(os.path.join(base, path))
    except (OSError, ValueError):  # opening the file raises the same
        return path


def _words(arguments: tuple[object, ...]) -> tuple[str, ...]:
    """The program that is run, with its arguments."""
    words = next((argument for argument in arguments if isinstance(argument, list | tuple)), arguments[:1])
    return tuple(os.fsdecode(word) for word in words if isinstance(word, str | bytes | os.PathLike))


def _stack(frame: FrameType | None) -> tuple[str, ...]:
    """The callers, innermost first. Reads no source lines, since that would open a file."""
    places: list[str] = []
    while frame is not None and len(places) < _FRAMES_AT_MOST:
        code = frame.f_code
        if _is_of_interest(code.co_filename):
            places.append(f"{code.co_filename}:{frame.f_lineno} in {code.co_name}")
        frame = frame.f_back
    return tuple(places)


_STANDARD_LIBRARY: Final = os.path.dirname(os.__file__) + os.sep
_RUNNERS: Final = tuple(f"{os.sep}{name}{os.sep}" for name in ("_pytest", "pluggy", "pytest"))


def _is_of_interest(file: str) -> bool:
    """Whether `file` helps to find the cause of an access: not the standard library, pytest or this module."""
    is_standard = file.startswith("<") or (file.startswith(_STANDARD_LIBRARY) and "-packages" not in file)
    return not is_standard and file != __file__ and not any(name in file for name in _RUNNERS)
