"""Which files a process opens, changes and runs, told by Python's audit hook (PEP 578).

What it sees is all that goes through Python, in every thread; not what a C library does by itself (SQLite's journal,
say) and not what other processes do, which are told when they are started. Standard library only.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import FrameType
from typing import Final, Literal

Action = Literal["read", "change", "run"]

_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FRAMES_AT_MOST: Final = 40  # of a stack: deep enough to leave a framework's
# Events of the interpreter's table that name files: which arguments are paths, and for each which one is the descriptor
# of the folder that it is relative to, if any.
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
    "sqlite3.connect": _FIRST,
}
_READS: Final = ("os.listdir", "os.scandir")
_RUNS: Final = ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")
_NO_FILES: Final = (os.devnull, ":memory:", "")


@dataclass(frozen=True, slots=True)
class Access:
    """One of a file, or of another program.

    `event` is the audit event, `paths` are those that it names, absolute, or the words of a command; `stack` says from
    where it came, as `file:line in function`, innermost first, without the standard library and what runs tests.
    """

    action: Action
    event: str
    paths: tuple[str, ...]
    stack: tuple[str, ...] = ()

    def __str__(self) -> str:
        """A line for the access, and one for each place on the way to it."""
        verb = {"read": "opens", "change": "changes", "run": "runs"}[self.action]
        named = (" " if self.action == "run" else " → ").join(self.paths)
        return "\n".join([f"{verb} {named} ({self.event})", *(f"    {place}" for place in self.stack)])


class Accesses(Iterable[Access]):
    """All accesses that were recorded, in order."""

    def __init__(self) -> None:
        self._found: list[Access] = []

    def __iter__(self) -> Iterator[Access]:
        return iter(tuple(self._found))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def reads(self) -> list[Access]:
        """Files that were opened to be read, and folders that were listed."""
        return [one for one in self if one.action == "read"]

    @property
    def changes(self) -> list[Access]:
        """Files that were opened to be written, and whatever else changes what is on a disk."""
        return [one for one in self if one.action == "change"]

    @property
    def runs(self) -> list[Access]:
        """Processes that were started."""
        return [one for one in self if one.action == "run"]

    def besides(self, allowed: Iterable[str]) -> list[Access]:
        """Those of files of which one matches no glob of `allowed`: as in `fnmatch`, `*` is any text, also with `/`."""
        globs = tuple(allowed)
        return [one for one in self if one.action != "run" and not all(_matches(path, globs) for path in one.paths)]

    def _add(self, access: Access) -> None:
        self._found.append(access)


def _matches(path: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(path, glob) for glob in globs)


class _Hook:
    """The audit hook of this process. There is one at most, as it can never be taken away: idle, it does nothing."""

    def __init__(self) -> None:
        self._recordings: tuple[Accesses, ...] = ()
        self._is_installed = False

    def start(self, accesses: Accesses) -> None:
        """Tell `accesses` what happens from now on."""
        if not self._is_installed:
            self._is_installed = True
            sys.addaudithook(self._heard)
        self._recordings = (*self._recordings, accesses)

    def stop(self, accesses: Accesses) -> None:
        """Tell it no more."""
        self._recordings = tuple(one for one in self._recordings if one is not accesses)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        recordings = self._recordings
        if not recordings:
            return
        found = _understood(event, arguments)
        if found is not None:
            access = Access(*found, _stack(sys._getframe(1)))
            for accesses in recordings:
                accesses._add(access)


_HOOK: Final = _Hook()


@contextmanager
def recorded() -> Iterator[Accesses]:
    """What this process does with files and programs meanwhile, in every thread."""
    accesses = Accesses()
    _HOOK.start(accesses)
    try:
        yield accesses
    finally:
        _HOOK.stop(accesses)


def _understood(event: str, arguments: tuple[object, ...]) -> tuple[Action, str, tuple[str, ...]] | None:
    """What an audit event means; None for one that is of no interest."""
    if event == "open":
        flags = arguments[2]
        return _of_paths("change" if isinstance(flags, int) and flags & _WRITES else "read", event, arguments, _FIRST)
    if event in _CHANGES:
        return _of_paths("change", event, arguments, _CHANGES[event])
    if event in _READS:
        return _of_paths("read", event, arguments, _FIRST)
    if event == "import":  # of an extension module, which the system loads
        return _of_paths("read", event, arguments, ((1, None),))
    if event == "subprocess.Popen" or event in _RUNS:
        return "run", event, _words(arguments)
    return None


def _of_paths(
    action: Action, event: str, arguments: tuple[object, ...], places: tuple[_Path, ...]
) -> tuple[Action, str, tuple[str, ...]] | None:
    """The access, if it is one of files: descriptors are of files that were opened already."""
    found = (_path(arguments[at], None if folder is None else arguments[folder]) for at, folder in places)
    paths = tuple(path for path in found if path)
    return (action, event, paths) if paths else None


def _path(given: object, folder: object) -> str | None:
    if not isinstance(given, str | bytes | os.PathLike):
        return None
    path = os.fsdecode(given)
    if path in _NO_FILES:
        return None
    try:
        base = os.readlink(f"/proc/self/fd/{folder}") if isinstance(folder, int) and folder >= 0 else ""
        return os.path.abspath(os.path.join(base, path))
    except (OSError, ValueError):  # what is raised here would be raised where the file is opened
        return path


def _words(arguments: tuple[object, ...]) -> tuple[str, ...]:
    """The program that is run, with its arguments."""
    given = next((one for one in arguments if isinstance(one, list | tuple)), arguments[:1])
    return tuple(os.fsdecode(word) for word in given if isinstance(word, str | bytes | os.PathLike))


def _stack(frame: FrameType | None) -> tuple[str, ...]:
    """From where a call came. No source line is read here: that would open a file."""
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
    """Whether somebody who looks for the cause wants to know of this file."""
    is_standard = file.startswith("<") or (file.startswith(_STANDARD_LIBRARY) and "-packages" not in file)
    return not is_standard and file != __file__ and not any(name in file for name in _RUNNERS)
