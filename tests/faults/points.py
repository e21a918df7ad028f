"""The points at which a build can be killed or refused something: its file system calls; and builds that are."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.conftest import find_tool
from tests.faults.builder import BEGIN

_ROOT: Final = Path(__file__).parents[2]
# What can fail for which reason: reading for want of permission, of descriptors, of a sound disk; changing something
# also for want of space, and where the file system is read-only.
_CHANGING: Final = ("EACCES", "EDQUOT", "EIO", "ENOSPC", "EROFS")
_FAILURES: Final = {
    "openat": ("EACCES", "EIO", "EMFILE"),
    "openat to create": (*_CHANGING, "EMFILE"),
    **dict.fromkeys(("read", "pread64", "getdents64", "fstat", "flock", "readlink", "access"), ("EIO",)),
    **dict.fromkeys(("stat", "lstat", "newfstatat", "statx"), ("EACCES",)),
    **dict.fromkeys(("write", "syncfs", "fsync", "ftruncate"), ("EDQUOT", "EIO", "ENOSPC")),
    **dict.fromkeys(("mkdir", "rename", "unlink", "unlinkat", "rmdir", "chmod", "utimensat"), _CHANGING),
}
CALLS: Final = tuple(name for name in _FAILURES if " " not in name)
_CALL: Final = re.compile(r"(\w+)\((.*)")
_PATH: Final = re.compile(r'["<](/[^">]*)[">]')


@dataclass(frozen=True, slots=True)
class Point:
    """The `number`th call of that name at `path`, and the error with which it is to fail; without one, a kill.

    What else a build calls on a busy machine, as it prints or reads what is too young to be trusted, has other paths.
    """

    name: str
    path: str
    number: int
    failure: str | None
    call: str

    def __str__(self) -> str:
        return f"{self.failure or 'SIGKILL'} at {self.name} {self.number}, {self.call[:120]}"

    @property
    def changes(self) -> bool:
        """Whether the call would change the disk."""
        return "ENOSPC" in _FAILURES[_kind(self.name, self.call)]

    @property
    def injection(self) -> tuple[str, ...]:
        """The same in strace's words, which counts the calls at that path alone."""
        what = f"error={self.failure}" if self.failure else "signal=SIGKILL"
        injected = f"inject={self.name}:{what}:when={self.number}"
        return "-P", self.path, "-e", f"trace={self.name}", "-e", injected


def points(log: Path, folder: Path) -> Iterator[Point]:
    """The points of the build whose calls stand in `log`, as strace writes it with `-y`, at what is below `folder`.

    A kill at each call, and one failure: those that a kind of call can have, in each folder of the project, take turns.
    Where there are fewer such calls than failures, a call has several.
    """
    calls = list(_calls(log, folder))
    alike = [_alike(point, folder) for point in calls]
    counts, turns = Counter(alike), Counter[tuple[str, ...]]()
    for point, group in zip(calls, alike, strict=True):
        yield point
        failures = _FAILURES[group[0]]
        for failure in failures[turns[group] % len(failures) :: counts[group]]:
            yield replace(point, failure=failure)
        turns[group] += 1


def _calls(log: Path, folder: Path) -> Iterator[Point]:
    """A kill at each call."""
    numbers: Counter[tuple[str, str]] = Counter()
    for line in log.read_text().splitlines():
        found = _CALL.match(line)
        if not found or found[1] not in CALLS:
            continue
        name, arguments = found[1], found[2].replace(f"AT_FDCWD<{folder}>", "AT_FDCWD")
        paths = [path for path in _PATH.findall(arguments) if path == str(folder) or path.startswith(f"{folder}/")]
        numbers.update((name, path) for path in set(paths))
        if paths:
            yield Point(name, paths[0], numbers[name, paths[0]], None, arguments)


def _alike(point: Point, folder: Path) -> tuple[str, ...]:
    """The kind of a call, and in which folder of the project it is."""
    return _kind(point.name, point.call), *Path(point.path).relative_to(folder).parts[:1]


def _kind(name: str, arguments: str) -> str:
    return f"{name} to create" if "O_CREAT" in arguments else name


class Builder:
    """Runs commands in forks of a process that has loaded all that they need."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.builder"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def run(self, folder: Path, *arguments: str, strace: Sequence[str] = ()) -> int:
        """The exit status of a command in `folder`, negative for a signal; with options for `strace`, under that."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(folder), arguments]) + "\n")
        self._process.stdin.flush()
        child = int(self._process.stdout.readline())
        if strace:
            with self._attached(child, strace) as tracing:
                os.kill(child, BEGIN)
                status = int(self._process.stdout.readline())
                tracing.wait()
            return status
        os.kill(child, BEGIN)
        return int(self._process.stdout.readline())

    @staticmethod
    def _attached(child: int, options: Sequence[str]) -> "subprocess.Popen[str]":
        command = [find_tool("strace"), "-p", str(child), *options]
        tracing = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        assert tracing.stderr is not None
        message = tracing.stderr.readline()
        assert "attached" in message, message
        return tracing


def printed_in(folder: Path) -> str:
    """Return what the last command in `folder` printed."""
    return folder.with_name(f"{folder.name}.printed").read_text()
