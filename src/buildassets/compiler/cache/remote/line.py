"""The way to the server of a remote cache: threads that ask it, and the patience of the build that waits for them.

Takes calls, gives their outcomes in the order in which they end. The threads are daemons, as neither the resolver of
names nor a TLS handshake can be interrupted: when the patience is over, nobody waits for them any more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, PriorityQueue, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, Final

from buildassets.compiler.cache.remote.store import Store, StoreError
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.frozen import frozen
from buildassets.work.jobs import Room

CONNECTIONS: Final = 16
PATIENCE_SECONDS: Final = 1.8  # for waits that bring nothing, of all in one build
_STOP_SECONDS: Final = 0.1  # for threads to close their connections
MOST_FAULTS: Final = 8  # one after the other, before the server is asked no more
_ROOM_BYTES: Final = 1 << 26  # for all contents that are on their way at the same time
READ_FIRST: Final = 0  # what is begun is ended first: the priority falls with each step of a chain
WRITE_LAST: Final = 1 << 30

Seconds = Callable[[], float]


@frozen
class CallOutcome:
    """The `value` that a call for `what` returned, or the reason why it did not."""

    what: Any
    value: Any = None
    fault: str = ""


class Line:
    """Asks one server, with at most CONNECTIONS calls at the same time."""

    def __init__(self, store: Store, clock: Seconds = monotonic) -> None:
        self.store = store
        self.faults: list[str] = []  # of this build, the first ones only
        self.fault_count = 0
        self.ended = ""  # why the server is asked no more, if so
        self._refuses_writes = ""  # why nothing more is written, if so
        self._clock = clock
        self._calls: PriorityQueue[tuple[int, int, SimpleQueue[CallOutcome], Any, Callable[[], Any] | None]] = (
            PriorityQueue()
        )
        self._lock = Lock()
        self._number = 0
        self._threads: list[Thread] = []
        self._in_a_row = 0
        self._in_vain_seconds = 0.0
        self._room = Room(_ROOM_BYTES)

    def call(self, answers: "SimpleQueue[CallOutcome]", priority: int, what: Any, work: Callable[[], Any]) -> None:
        """Have a thread call `work`, those of a lower `priority` number first; its outcome goes to `answers`."""
        with self._lock:
            self._number += 1
            self._calls.put((priority, self._number, answers, what, work))
            if len(self._threads) < min(CONNECTIONS, self._number):
                with suppress(RuntimeError):  # where no more threads can be started, those that there are do it
                    thread = Thread(target=self._work_off, daemon=True)
                    thread.start()
                    self._threads.append(thread)
            has_threads = bool(self._threads)
        if not has_threads:
            self.end("no thread can be started")

    def outcome(self, answers: "SimpleQueue[CallOutcome]") -> CallOutcome | None:
        """The next outcome; None when the server is asked no more. The wait counts as in vain until `gained`."""
        while not self.ended:
            began = self._clock()
            left_seconds = PATIENCE_SECONDS - self._in_vain_seconds
            try:
                found = answers.get(timeout=max(left_seconds, 0.0))
            except Empty:
                self._in_vain_seconds = PATIENCE_SECONDS
                self.end("it takes longer than what it saves")
                return None
            self._in_vain_seconds += self._clock() - began
            if isinstance(found, CallOutcome):
                return found
        return None

    def gained(self, seconds: float) -> None:
        """Count that waiting was worth so many seconds. What it was worth more is not a patience for later."""
        self._in_vain_seconds = max(0.0, self._in_vain_seconds - seconds)

    @contextmanager
    def room(self, size_bytes: int) -> Iterator[None]:
        """Wait until there is memory for so many bytes, and reserve it for the block."""
        with self._room.taken(size_bytes):
            yield

    def failed(self, reason: str, *, is_final: bool = False) -> None:
        """Count a fault of the server. After several in a row, or a final one, it is asked no more."""
        self.noted(reason)
        with self._lock:
            self._in_a_row += 1
            ends = is_final or self._in_a_row >= MOST_FAULTS
        if ends:
            self.end("")

    def noted(self, reason: str) -> None:
        """Count an answer that cannot be used, from a server that works."""
        with self._lock:
            self.fault_count += 1
            if reason not in self.faults and len(self.faults) < MOST_FAULTS:
                self.faults.append(reason)

    def stop(self) -> None:
        """End all threads, with their connections; only one that cannot be interrupted ends later."""
        with self._lock:
            self.ended = self.ended or "the build is done"
            for _ in self._threads:
                self._number += 1
                self._calls.put((-1, self._number, SimpleQueue(), None, None))
        self.store.close()
        deadline = monotonic() + _STOP_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - monotonic()))

    def end(self, reason: str) -> None:
        """Ask the server no more, and let nobody wait for it."""
        with self._lock:
            if reason and reason not in self.faults:
                self.faults.append(reason)
            self.ended = self.ended or reason or "it failed"
        self.store.close()

    def _work_off(self) -> None:
        while True:
            priority, _, answers, what, work = self._calls.get()
            if work is None:
                self.store.leave()
                return
            answers.put(self._outcome(what, work, is_write=priority >= WRITE_LAST))

    def _outcome(self, what: Any, work: Callable[[], Any], *, is_write: bool) -> CallOutcome:
        if ended := self.ended or (self._refuses_writes if is_write else ""):
            return CallOutcome(what, fault=ended)
        try:
            value = work()
        except StoreError as fault:
            if is_write and fault.is_final:  # as with a login that may only read: what there is can still be read
                self._refuses_writes = fault.reason
                self.noted(fault.reason)
            else:
                self.failed(fault.reason, is_final=fault.is_final)
            return CallOutcome(what, fault=fault.reason)
        except Exception as fault:  # whatever libraries raise: no server may end a build
            reason = reason_of(fault)
            self.failed(reason)
            return CallOutcome(what, fault=reason)
        self._in_a_row = 0
        return CallOutcome(what, value)


def reason_of(fault: Exception) -> str:
    """Why a server failed, by whatever was raised, in a few words."""
    if isinstance(fault, TimeoutError):
        return "it does not answer"
    if isinstance(fault, OSError) and fault.errno is not None and fault.strerror:
        return reason_text(fault)
    return " ".join(str(fault).split())[:200] or type(fault).__name__
