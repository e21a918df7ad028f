"""Runs programs, each in a process group of its own, with limits on time and output, and leaves no process behind.

Takes programs, gives what they printed and how they ended.
"""

import os
import selectors
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from subprocess import PIPE, TimeoutExpired
from threading import Lock, current_thread, main_thread
from time import monotonic
from typing import IO, TYPE_CHECKING, Final, TypeVar

from buildassets.compiler.engines.process.child import ClosedError
from buildassets.foundation.frozen import frozen
from buildassets.programs.start import Permitted, start

if TYPE_CHECKING:
    import subprocess

_Value = TypeVar("_Value")
_CHUNK_BYTES: Final = 1 << 16
_MOST_TOLD_BYTES: Final = 1 << 20  # of what is read for messages only; the rest is dropped
_REST_SECONDS: Final = 1.0  # for what a group that was killed has left in its pipes
# The signals that end a program; Windows has no SIGHUP.
_ENDING: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))
_LOOK_SECONDS: Final = 0.02  # between looks, where no descriptor shows that a process has ended


@frozen
class ProgramOutcome:
    """The output of a program, and its return code as `subprocess.Popen` has it.

    With `timed_out` or `overflowed` it was killed because it took too long, or printed too much.
    """

    code: int
    out: bytes
    err: bytes
    timed_out: bool = False
    overflowed: bool = False

    @property
    def failed(self) -> bool:
        """Whether it did not end by itself with the exit code 0."""
        return self.code != 0 or self.timed_out or self.overflowed


@frozen
class Limits:
    """The time that a program has, and how many bytes its output may have; without a number, the rest is dropped."""

    seconds: float
    out_bytes: int | None = None


class ProcessGroups:
    """The groups that run now. Several threads may run programs; `close` kills all, and no other is started."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: list[subprocess.Popen[bytes]] = []
        self._is_closed = False

    def run(
        self, program: Permitted, folder: str, environment: Mapping[str, str], given: int, *, limits: Limits
    ) -> ProgramOutcome:
        """Run `program` in `folder` with the descriptor `given` as its input, and wait for its end.

        What it has started itself is ended with it. Raises OSError if it cannot be started, ClosedError after `close`.
        """
        with self._started(program, folder, environment, given) as process:
            output = _Output(process, limits)
            try:
                output.read()
            finally:
                end_group(process)
            output.read_rest()
            return ProgramOutcome(process.wait(), *output.texts, output.timed_out, output.overflowed)

    def close(self) -> None:
        """Kill all groups; the threads that wait for them go on."""
        with self._lock:
            self._is_closed = True
            for process in self._running:
                end_group(process)

    def _start(
        self, program: Permitted, folder: str, environment: Mapping[str, str], given: int
    ) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._is_closed:
                raise ClosedError
            process = start(
                program, cwd=folder, env=environment, stdin=given, stdout=PIPE, stderr=PIPE, start_new_session=True
            )
            self._running.append(process)
            return process

    @contextmanager
    def _started(
        self, program: Permitted, folder: str, environment: Mapping[str, str], given: int
    ) -> "Iterator[subprocess.Popen[bytes]]":
        process = uninterrupted(lambda: self._start(program, folder, environment, given))
        try:
            yield process
        finally:
            with self._lock:  # no group is killed by the number of a process that was waited for: it may be another's
                self._running.remove(process)
            end_group(process)
            process.wait()
            for stream in _streams(process):
                stream.close()


def uninterrupted(work: Callable[[], _Value]) -> _Value:
    """The result of `work`, which is done to its end also when a signal comes meanwhile; its handler runs afterwards.

    Else a process that was just started would be lost. No thread is waited for in place of this: a signal can come
    while it starts, and up to Python 3.12 a `join` that a signal interrupts takes the thread for ended.
    """
    if current_thread() is not main_thread():  # no handler runs in it
        return work()
    came: list[int] = []
    held = {number: handler for number in _ENDING if callable(handler := signal.getsignal(number))}
    try:
        for number in held:
            signal.signal(number, lambda number, _: came.append(number))
        return work()
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)
        if came:
            held[came[0]](came[0], None)


def end_group(process: "subprocess.Popen[bytes]", number: int | None = None) -> None:
    """Send a signal to the group of `process`, which has not been waited for; by default, kill it."""
    if not hasattr(os, "killpg"):  # Windows has no groups: only the process itself ends
        process.kill()
    elif process.returncode is None or not hasattr(os, "waitid"):
        with suppress(ProcessLookupError, PermissionError):  # macOS: of a group that has ended and was not waited for
            os.killpg(process.pid, signal.SIGKILL if number is None else number)


def _has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Whether `process` has ended. It keeps its number, and so its group, where the system can look without waiting."""
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _streams(process: "subprocess.Popen[bytes]") -> list[IO[bytes]]:
    return [stream for stream in (process.stdout, process.stderr) if stream is not None]


class _Output:
    """Reads both outputs of a process until it ends."""

    def __init__(self, process: "subprocess.Popen[bytes]", limits: Limits) -> None:
        self._process = process
        self._deadline = monotonic() + limits.seconds
        self._read = {stream: bytearray() for stream in _streams(process)}
        self._most = (limits.out_bytes or _MOST_TOLD_BYTES, _MOST_TOLD_BYTES)
        self._may_overflow = limits.out_bytes is not None
        self.timed_out = False
        self.overflowed = False

    @property
    def texts(self) -> tuple[bytes, bytes]:
        """Its output so far."""
        out, err = map(bytes, self._read.values())
        return out, err

    def read(self) -> None:
        """Read until the process ends, has no more time, or has printed too much."""
        if not hasattr(os, "killpg"):
            self._read_at_once()
            return
        with selectors.DefaultSelector() as selector, _end_of(self._process) as ended:
            for stream in self._read:
                selector.register(stream, selectors.EVENT_READ)
            if ended is not None:
                selector.register(ended, selectors.EVENT_READ)
            while not self.overflowed:
                left = self._deadline - monotonic()
                if left <= 0:
                    self.timed_out = True
                    return
                ready = [key.fileobj for key, _ in selector.select(left if ended is not None else _LOOK_SECONDS)]
                self._take(selector, ready)
                if ended in ready if ended is not None else _has_ended(self._process):
                    return

    def _read_at_once(self) -> None:
        """The same on Windows, where nothing can wait for several pipes."""
        try:
            texts = self._process.communicate(timeout=max(0.0, self._deadline - monotonic()))
        except TimeoutExpired:
            self.timed_out = True
            return
        for read, text, most in zip(self._read.values(), texts, self._most, strict=True):
            read += text[:most]
        self.overflowed = self._may_overflow and len(texts[0]) > self._most[0]

    def read_rest(self) -> None:
        """Read what is left in the pipes; not forever, as a process may have left the group and hold them."""
        if not hasattr(os, "killpg"):
            return
        deadline = monotonic() + _REST_SECONDS
        with selectors.DefaultSelector() as selector:
            for stream in self._read:
                selector.register(stream, selectors.EVENT_READ)
            while selector.get_map() and not self.overflowed and (left := deadline - monotonic()) > 0:
                self._take(selector, [key.fileobj for key, _ in selector.select(left)])

    def _take(self, selector: selectors.BaseSelector, ready: Sequence[object]) -> None:
        for (stream, read), most in zip(self._read.items(), self._most, strict=True):
            if stream in ready:
                chunk = os.read(stream.fileno(), _CHUNK_BYTES)
                if not chunk:
                    selector.unregister(stream)
                if len(read) + len(chunk) > most:
                    self.overflowed |= self._may_overflow and stream is self._process.stdout
                    chunk = chunk[: most - len(read)]
                read += chunk


@contextmanager
def _end_of(process: "subprocess.Popen[bytes]") -> Iterator[int | None]:
    """A descriptor that can be read once `process` has ended; None where the system has none (macOS)."""
    if not hasattr(os, "pidfd_open"):
        yield None
        return
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
