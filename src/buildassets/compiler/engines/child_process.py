"""Programs that run as processes of their own and take one piece of work at a time; and those that wait for some.

Imports nothing of the package but how a process came to its end.
"""

import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from time import monotonic
from typing import Final, Generic, Protocol, TypeVar

from buildassets.compiler.engines.endings import ending

_CHUNK_BYTES: Final = 1 << 18


class SocketProcess:
    """A process of `command` whose standard input and output are one socket; OSError where it cannot be started.

    `received` is what it has sent and nobody has taken off yet. Its working directory is `/`: what it names relative
    to that is known.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.received = bytearray()
        with ExitStack() as opened:
            self._log = opened.enter_context(TemporaryFile())
            self._socket, theirs = socket.socketpair()
            opened.enter_context(self._socket)
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - the program that the user installed
                    command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=self._log, cwd="/"
                )
            self._opened = opened.pop_all()

    @property
    def is_alive(self) -> bool:
        """Whether it can take more work."""
        return self._process.poll() is None

    def send(self, data: bytes, deadline: float) -> None:
        """Send all of `data` until `deadline`, in seconds of `monotonic`; TimeoutError, or ConnectionError."""
        self._wait_until(deadline)
        self._socket.sendall(data)

    def receive(self, deadline: float) -> None:
        """Add to `received` what comes next; the errors are those of `send`."""
        self._wait_until(deadline)
        more = self._socket.recv(_CHUNK_BYTES)
        if not more:
            raise ConnectionError
        self.received += more

    def _wait_until(self, deadline: float) -> None:
        left_seconds = deadline - monotonic()
        if left_seconds <= 0:
            raise TimeoutError
        self._socket.settimeout(left_seconds)

    def taken(self, start: int, size: int) -> bytes:
        """The `size` bytes of `received` from `start` on, taken off with what stands before them."""
        found = bytes(self.received[start : start + size])
        del self.received[: start + size]
        return found

    def how_it_ended(self) -> str:
        """What its exit means, once its end of the socket is closed."""
        return ending(self._process.wait())

    def end(self) -> str:
        """End the process, let go of its socket; gives the first line that it printed.

        Where a script started the program, the program ends because its input does.
        """
        with self._opened:
            self._process.kill()
            self._process.wait()
            self._log.seek(0)
            lines = self._log.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in lines if line.strip()), "")


class _Child(Protocol):
    @property
    def is_alive(self) -> bool: ...

    def end(self) -> str: ...


_AnyChild = TypeVar("_AnyChild", bound=_Child)


class IdleProcesses(Generic[_AnyChild]):
    """Processes that are `waiting` for work. Threads may take and give back at the same time."""

    def __init__(self) -> None:
        self.waiting: list[_AnyChild] = []

    def take(self, start: Callable[[], _AnyChild]) -> _AnyChild:
        """One that waits, or else what `start` gives."""
        while True:
            try:
                process = self.waiting.pop()
            except IndexError:
                return start()
            if process.is_alive:
                return process
            process.end()

    def give_back(self, process: _AnyChild) -> None:
        """Let it wait for more."""
        self.waiting.append(process)

    def end_all(self) -> None:
        """End those that wait."""
        while self.waiting:
            self.waiting.pop().end()
