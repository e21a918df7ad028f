"""Running one command: its time on the clock and on the cores, and its memory."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from threading import Event, Thread
from time import perf_counter
from typing import Final

_WATCH_SECONDS: Final = 0.01


class FailedRunError(Exception):
    """A command did not do its work; the text is the last that it said."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run in which folder, and the version of the program that does the work."""

    arguments: Sequence[str]
    version: str
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command from start to end, with the time of all its processes on all cores.

    `peak_bytes` is the resident memory of its largest process. Linux counts what the process that started it had at
    that moment, so this one's memory is the floor.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run(command: Command) -> Run:
    """Run a command to its end. Raises FailedRunError."""
    return _run(command, None)


def run_watched(command: Command, every_seconds: float = _WATCH_SECONDS) -> tuple[Run, int]:
    """The same, and the most bytes that all its processes held at one moment, what they share counted once.

    That is looked up a hundred times a second, which costs the run some time, and misses what lasts shorter; or once
    in `every_seconds`.
    """
    watch = _Watch(every_seconds)
    done = _run(command, watch)
    return done, watch.peak_bytes


def _run(command: Command, watch: "_Watch | None") -> Run:
    with tempfile.TemporaryFile() as log:
        started = perf_counter()
        process = subprocess.Popen(
            command.arguments,
            stdout=log,
            stderr=log,
            cwd=command.folder,
            env=_environment(),
            process_group=0,  # so that all of it can be ended
        )
        if watch:
            watch.start(process.pid)
        try:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = perf_counter() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is None:  # interrupted
                os.killpg(process.pid, SIGKILL)
            if watch:
                watch.stop()
        if status:
            log.seek(0)
            lines = log.read().decode(errors="replace").strip().splitlines()
            raise FailedRunError(lines[-1] if lines else f"exit code {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def _environment() -> dict[str, str]:
    """That of this process, but Python may keep what it compiled, as it does for users."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class _Watch:
    """A thread that adds up the memory of a process and of all that it started, again and again."""

    def __init__(self, every_seconds: float) -> None:
        self.peak_bytes = 0
        self._every_seconds = every_seconds
        self._is_over = Event()
        self._thread: Thread | None = None

    def start(self, pid: int) -> None:
        self._thread = Thread(target=self._watch, args=(pid,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        if self._thread:
            self._thread.join()

    def _watch(self, pid: int) -> None:
        while not self._is_over.wait(self._every_seconds):
            held = sum(_proportional_bytes(one) for one in [pid, *descendants(pid)])
            self.peak_bytes = max(self.peak_bytes, held)


def descendants(parent: int) -> Iterator[int]:
    """The processes that a process started and that still run, those that they started too."""
    try:
        tasks = os.listdir(f"/proc/{parent}/task")
    except OSError:  # it ended meanwhile
        return
    for task in tasks:
        for child in _text(f"/proc/{parent}/task/{task}/children").split():
            yield int(child)
            yield from descendants(int(child))


def high_water_bytes(pid: int) -> int:
    """The most resident memory that a process has had."""
    return _kilobytes(f"/proc/{pid}/status", "VmHWM") * 1024


def _proportional_bytes(pid: int) -> int:
    """Its memory, of what it shares with others its part only."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", "Pss") * 1024


def _kilobytes(path: str, key: str) -> int:
    values: Mapping[str, str] = dict(line.split(":", 1) for line in _text(path).splitlines()[1:] if ":" in line)
    return int(values.get(key, "0 kB").split()[0])


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:  # it ended meanwhile
        return ""
