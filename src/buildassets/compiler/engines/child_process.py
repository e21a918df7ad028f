"""Programs that run as processes of their own and take one piece of work at a time; and those that wait for some.

Imports nothing of the package but how a process came to its end and how objects come to it, and what starts processes
only where one is started: that takes 5 ms, and most builds after an edit start none.
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from threading import Lock
from time import monotonic
from typing import Any, Final, Generic, Protocol, TypeVar

from buildassets.compiler.engines.endings import DiedError, ending

_CHUNK_BYTES: Final = 1 << 18
# What `-m` would do, but with the modules of this process, and none of the folder that the user happens to stand in.
# The main module of this process is not imported there: it may be a script that has no guard.
_START: Final = "import sys; sys.path[:] = {paths}; from {module} import main; main({descriptor})"


class SocketProcess:
    """A process of `command` whose standard input and output are one socket; OSError where it cannot be started.

    `received` is what it has sent and nobody has taken off yet. Its working directory is `/`: what it names relative
    to that is known.
    """

    def __init__(self, command: Sequence[str]) -> None:
        import socket
        import subprocess
        from tempfile import TemporaryFile

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

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

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


class PythonProcess:
    """A process that runs `main` of `module`, which gets the file descriptor of the socket of an ObjectStream.

    Its working directory is `folder`, or else the present one. OSError where it cannot be started.
    """

    def __init__(self, module: str, *, folder: str | None = None) -> None:
        import socket
        import subprocess
        from tempfile import TemporaryFile

        from buildassets.compiler.engines.object_stream import ObjectStream

        if not sys.executable or hasattr(sys, "frozen"):
            raise OSError(0, "this program is no Python that could be started again")
        with ExitStack() as opened:
            self._log = opened.enter_context(TemporaryFile())
            ours, theirs = socket.socketpair()
            self._stream = opened.enter_context(closing(ObjectStream(ours)))
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-P", "-c", _program(module, theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._log,
                    pass_fds=[theirs.fileno()],
                    cwd=folder,
                )
            self._opened = opened.pop_all()

    @property
    def is_alive(self) -> bool:
        """Whether it can take more work."""
        return self._process.poll() is None

    def send(self, request: object) -> None:
        """Send what can be pickled; raises DiedError."""
        try:
            self._stream.send(request)
        except ConnectionError:
            raise DiedError(ending(self._process.wait())) from None

    def receive(self, limit_seconds: float | None = None) -> Any:
        """What it sends next; raises DiedError, or TimeoutError when that takes too long."""
        try:
            return self._stream.receive(limit_seconds)
        except (EOFError, ConnectionError):
            raise DiedError(ending(self._process.wait())) from None

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def end(self, grace_seconds: float = 0.0) -> str:
        """End the process, if need be by force after `grace_seconds`; gives the last line that it printed."""
        from subprocess import TimeoutExpired

        with self._opened:
            with suppress(TimeoutExpired):
                self._process.wait(grace_seconds)
            self._process.kill()
            self._process.wait()
            self._log.seek(0)
            lines = self._log.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _program(module: str, descriptor: int) -> str:
    paths = [os.path.abspath(path) for path in sys.path if path]
    return _START.format(paths=ascii(paths), module=module, descriptor=descriptor)


class _Child(Protocol):
    @property
    def is_alive(self) -> bool: ...

    def terminate(self) -> None: ...

    def end(self) -> str: ...


_AnyChild = TypeVar("_AnyChild", bound=_Child)


class Processes(Generic[_AnyChild]):
    """Processes that are `waiting` for work, and those at work. Threads may take and give back at the same time.

    Who has taken one ends it or gives it back.
    """

    def __init__(self) -> None:
        self.waiting: list[_AnyChild] = []
        self._taken: list[_AnyChild] = []
        self._lock = Lock()

    def take(self, start: Callable[[], _AnyChild]) -> _AnyChild:
        """One that waits, or else what `start` gives."""
        with self._lock:
            while self.waiting:
                process = self.waiting.pop()
                if process.is_alive:
                    break
                process.end()
            else:
                process = start()
            self._taken = [one for one in self._taken if one.is_alive]
            self._taken.append(process)
            return process

    def give_back(self, process: _AnyChild) -> None:
        """Let it wait for more."""
        with self._lock:
            self._taken = [one for one in self._taken if one is not process]
            self.waiting.append(process)

    def end_all(self) -> None:
        """End those that wait. Those at work get a signal: whoever waits for one of them is told that it died."""
        with self._lock:
            for process in (*self._taken, *self.waiting):
                process.terminate()
            while self.waiting:
                self.waiting.pop().end()
