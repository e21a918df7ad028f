"""Child processes that take one piece of work at a time, and a pool of idle ones.

Imports of the package only `channel` and `object_stream`, and imports `subprocess` only when a
process is started: that takes 5 ms, and most builds after an edit start none.
"""

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Generic, TypeVar, cast

from buildassets.compiler.engines.failures import DiedError, ending
from buildassets.compiler.engines.process.channel import Channel
from buildassets.compiler.engines.process.object_stream import ForeignError, ObjectStream
from buildassets.programs.start import Permitted, exit_code, own_module, start

try:
    import fcntl

    _IS_AVAILABLE = hasattr(fcntl, "F_SETSIG") and hasattr(signal, "SIGKILL")
except ImportError:  # Windows
    _IS_AVAILABLE = False

if TYPE_CHECKING:
    import socket
    import subprocess

_LAST_SECONDS: Final = 2.0  # for a process to exit after it has closed its end
_LOOK_SECONDS: Final = 0.001  # between looks, while another thread waits for the process, too
# Does what `-m` would do, but with the module path of this process and without the working directory of the user.
# The main module of this process is not imported there: it may be a script that has no guard.
# On Windows no process can inherit a socket by its number; there the process reads a description of a copy.
_START: Final = "import sys; sys.path[:] = {paths}; import socket; from {module} import main; main({end})"
_INHERITED: Final = "socket.socket(fileno={descriptor})"
_SHARED: Final = "socket.fromshare(sys.stdin.buffer.read())"


class ChildProcess:
    """A process at the other end of a channel, and a file for its output; raises OSError if it cannot be started.

    `start` starts it, given its end of the socket and the descriptor of that file.
    """

    def __init__(self, start: "Callable[[socket.socket, int], subprocess.Popen[bytes]]") -> None:
        import socket

        with ExitStack() as opened:
            self._log = opened.enter_context(_nameless_file())
            ours, theirs = socket.socketpair()
            opened.enter_context(closing(ours))
            with theirs:
                self._process = start(theirs, self._log.fileno())
            self._end_of_socket = ours
            self._opened = opened.pop_all()

    @property
    def is_alive(self) -> bool:
        """Whether it can take more work."""
        return not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether the process has exited."""
        return self._process.poll() is not None

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it by force. Its socket and file stay open until `end`."""
        self._process.kill()

    def how_it_ended(self) -> str:
        """How the process ended, once its end of the socket is closed. A process that still runs is killed."""
        code = exit_code(self._process, _LAST_SECONDS)
        if code is not None:
            return ending(code)
        self._process.kill()
        return "it closed its output"

    def end(self, grace_seconds: float = 0.0) -> str:
        """End the process, by force after `grace_seconds`, and close its socket; returns its last line of output.

        A program that a script started ends because its input is closed.
        """
        with self._opened:
            exit_code(self._process, grace_seconds)
            self._process.kill()
            self._process.wait()
            self._log.seek(0)
            lines = self._log.read().decode("utf-8", "replace").split("\n")
        return self._last_words([line.strip() for line in lines if line.strip()])

    def _last_words(self, lines: Sequence[str]) -> str:
        """The one of `lines` that best explains why it ended."""
        return lines[-1] if lines else ""


def _nameless_file() -> BinaryIO:
    """A new file for the output of a process. In memory where that can be: to import `tempfile` takes 3 ms."""
    if hasattr(os, "memfd_create"):
        with suppress(OSError):  # a sandbox may forbid it
            return open(os.memfd_create("output"), "w+b")
    from tempfile import TemporaryFile

    return cast("BinaryIO", TemporaryFile())


class Lifeline:
    """A pipe to which nothing is written: the child inherits one end, and is killed when the other one is closed.

    So a child ends when this process ends in any way, also by SIGKILL. It does nothing where the system is not Linux. A
    program ends by itself when its input is closed, if it looks. Dart Sass does not always: if its answer cannot be
    written any more, its main thread ends, and waits for another one that waits for its next request (as of 1.99).
    The kernel reports that as it reports input (`fcntl(2)`, O_ASYNC and F_SETSIG). PR_SET_PDEATHSIG of `prctl(2)` would
    not do: with that a child ends with the thread that started it.
    """

    def __init__(self) -> None:
        self.inherited: tuple[int, ...] = ()
        self._ours: tuple[int, ...] = ()
        if _IS_AVAILABLE:
            theirs, ours = os.pipe()
            self.inherited, self._ours = (theirs,), (ours,)

    def tie(self, process_id: int) -> None:
        """Have that process, which has the descriptors `inherited`, end with this one."""
        for descriptor in self.inherited:
            with suppress(OSError):  # a kernel that only behaves like Linux
                fcntl.fcntl(descriptor, fcntl.F_SETOWN, process_id)
                fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGKILL)
                fcntl.fcntl(descriptor, fcntl.F_SETFL, fcntl.fcntl(descriptor, fcntl.F_GETFL) | os.O_ASYNC)
            os.close(descriptor)
        self.inherited = ()

    def close(self) -> None:
        """Close it, which ends the process."""
        for descriptor in (*self.inherited, *self._ours):
            os.close(descriptor)
        self.inherited = self._ours = ()


class SocketProcess(ChildProcess):
    """A process of `program` whose standard input and output are the channel. On Linux it ends with this process.

    Its working directory is `/`, so that the relative paths in its output can be resolved. It gets the environment and
    `defaults` for what that lacks.
    """

    def __init__(self, program: Permitted, *arguments: str, defaults: Mapping[str, str] = {}) -> None:
        environment = {**defaults, **os.environ}
        line = Lifeline()

        def started(end: "socket.socket", log: int) -> "subprocess.Popen[bytes]":
            if hasattr(end, "share"):
                from buildassets.compiler.engines.process.relay import relayed

                return relayed(program, arguments, end.dup(), log, environment=environment)
            number = end.fileno()
            streams = {"stdin": number, "stdout": number, "stderr": log}
            process = start(program, *arguments, **streams, cwd="/", env=environment, pass_fds=line.inherited)
            line.tie(process.pid)
            return process

        with ExitStack() as opened:
            opened.callback(line.close)
            super().__init__(started)
            opened.pop_all()
        self._opened.callback(line.close)
        self.channel = Channel(self._end_of_socket)

    def _last_words(self, lines: Sequence[str]) -> str:
        return lines[0] if lines else ""


class PythonProcess(ChildProcess):
    """A process that runs `main` of `module`, which gets the socket of an ObjectStream.

    Its working directory is `folder`, or else the present one.
    """

    def __init__(self, module: str, *, folder: str | None = None) -> None:
        from subprocess import DEVNULL, PIPE

        if not sys.executable or hasattr(sys, "frozen"):
            raise OSError(0, "this program is not a Python interpreter that can start another")

        def started(end: "socket.socket", log: int) -> "subprocess.Popen[bytes]":
            is_shared = hasattr(end, "share")
            process = start(
                own_module("-c", _program(module, None if is_shared else end.fileno())),
                stdin=PIPE if is_shared else DEVNULL,
                stdout=DEVNULL,
                stderr=log,
                pass_fds=() if is_shared else (end.fileno(),),
                cwd=folder,
            )
            if is_shared:
                _share(end, process)
            return process

        super().__init__(started)
        self._stream = ObjectStream(self._end_of_socket)

    def send(self, request: object) -> None:
        """Send `request`. If the process has ended, `receive` reports that after the answers to earlier requests."""
        with suppress(ConnectionError):
            self._stream.send(request)

    def receive(self, limit_seconds: float | None = None) -> Any:
        """Wait for its next object; raises DiedError, or TimeoutError after `limit_seconds`."""
        try:
            return self._stream.receive(limit_seconds)
        except (EOFError, ConnectionError):
            raise DiedError(self.how_it_ended()) from None
        except ForeignError as fault:
            raise DiedError(f"its answer breaks our protocol: {fault}") from None


def _program(module: str, descriptor: int | None) -> str:
    """The code that runs `main` of `module`, with the inherited socket `descriptor`, or else one read from stdin."""
    paths = [os.path.abspath(path) for path in sys.path if path]
    end = _SHARED if descriptor is None else _INHERITED.format(descriptor=descriptor)
    return _START.format(paths=ascii(paths), module=module, end=end)


def _share(end: Any, process: "subprocess.Popen[bytes]") -> None:
    """Give the `process` a copy of the socket. If it has died meanwhile, its `receive` reports that."""
    assert process.stdin is not None
    with suppress(OSError), process.stdin as file:
        file.write(end.share(process.pid))


class ClosedError(Exception):
    """The pool is closed: no process is started any more."""


_AnyChild = TypeVar("_AnyChild", bound=ChildProcess)


class Processes(Generic[_AnyChild]):
    """A pool of processes, idle ones and those at work. Threads may take and give back at the same time.

    A thread that has taken a process ends it or gives it back. Once `close` has begun, no process is started.
    """

    def __init__(self) -> None:
        self.waiting: list[_AnyChild] = []
        self.is_closed = False
        self._taken: list[_AnyChild] = []
        self._lock = Lock()

    @property
    def taken(self) -> int:
        """The number of processes at work."""
        return len(self._taken)

    def take(self, start: Callable[[], _AnyChild]) -> _AnyChild:
        """An idle process, or else the one that `start` returns soon. Raises ClosedError after `close`."""
        with self._lock:
            if self.is_closed:
                raise ClosedError
            while self.waiting:
                process = self.waiting.pop()
                if process.is_alive:
                    break
                process.end()
            else:
                process = start()
            self._taken = [one for one in self._taken if not one.has_ended]
            self._taken.append(process)
            return process

    def give_back(self, process: _AnyChild) -> None:
        """Add `process` to the idle ones, or end it after `close`."""
        with self._lock:
            self._taken = [one for one in self._taken if one is not process]
            if not self.is_closed:
                self.waiting.append(process)
                return
        process.end()

    def close(self, grace_seconds: float = 0.5) -> None:
        """End all processes; a thread that waits for an answer gets DiedError.

        They get a signal, and are ended by force if they still run after `grace_seconds`.
        """
        with self._lock:
            self.is_closed = True
            waiting, self.waiting = self.waiting, []
            working = [one for one in self._taken if not one.has_ended]
        for process in (*working, *waiting):
            process.terminate()
        deadline = monotonic() + grace_seconds
        try:
            while monotonic() < deadline and not all(one.has_ended for one in (*working, *waiting)):
                sleep(_LOOK_SECONDS)
        finally:  # also when a second signal interrupts the wait
            for process in working:
                process.kill()
            for process in waiting:
                process.end()


class SharedProcesses:
    """Pools of processes that engines of several builds use in turn: one pool for each kind of process."""

    def __init__(self) -> None:
        self._pools: dict[object, Processes[Any]] = {}

    def lent(self, kind: object) -> "Processes[Any]":
        """The pool of that kind, which an engine may use and whose `close` does nothing."""
        return _Lent(self._pools.setdefault(kind, Processes()))

    def close(self) -> None:
        """End all processes."""
        for pool in self._pools.values():
            pool.close()


class _Lent(Processes[Any]):
    """A pool that outlives the engine that uses it."""

    def __init__(self, pool: Processes[Any]) -> None:
        super().__init__()
        self._pool = pool

    def take(self, start: Callable[[], Any]) -> Any:
        """See Processes."""
        return self._pool.take(start)

    def give_back(self, process: Any) -> None:
        """See Processes."""
        self._pool.give_back(process)

    def close(self, grace_seconds: float = 0.5) -> None:
        """Leave the processes to the next engine."""
