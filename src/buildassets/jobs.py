"""What parallel jobs share: the executor, whose threads are started as jobs come, and room in memory."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from queue import SimpleQueue
    from threading import Thread


@contextmanager
def threads(jobs: int | None) -> "Iterator[Executor | None]":
    """An executor of `jobs` threads, by default one for each core; None for one job."""
    count = jobs or cores()
    if count == 1:
        yield None
        return
    started = _Threads(count)
    try:
        yield cast("Executor", started)
    finally:
        started.end()


class _Threads:
    """An executor that starts its threads as jobs come: most builds after an edit have none.

    It does what builds ask of the one in `concurrent.futures`, which takes 9 ms to import.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._waiting: deque[_Call] = deque()
        self._tickets: SimpleQueue[bool] | None = None  # one for each waiting call; False ends a thread
        self._threads: list[Thread] = []

    def submit(self, work: Callable[..., Any], /, *args: Any, **named: Any) -> "_Call":
        """Have a thread call `work`; gives what waits for its result."""
        from queue import SimpleQueue
        from threading import Thread

        call = _Call(partial(work, *args, **named))
        tickets = self._tickets = self._tickets or SimpleQueue()
        self._waiting.append(call)
        tickets.put(True)
        if len(self._threads) < self._count:
            thread = Thread(target=self._work_off, args=[tickets])
            thread.start()
            self._threads.append(thread)
        return call

    def end(self) -> None:
        """Wait for running jobs and cancel waiting ones, for which nobody who interrupts a build wants to wait."""
        for call in list(self._waiting):
            call.cancel()
        for _ in self._threads:
            assert self._tickets is not None
            self._tickets.put(False)
        for thread in self._threads:
            thread.join()

    def _work_off(self, tickets: "SimpleQueue[bool]") -> None:
        while tickets.get():
            self._waiting.popleft().run()


class _Call:
    """One call in a thread, begun or not."""

    def __init__(self, work: Callable[[], Any]) -> None:
        from threading import Lock

        self._work = work
        self._claim = Lock()  # held by who runs or cancels it
        self._unfinished = Lock()
        self._unfinished.acquire()
        self._result: Any = None
        self._fault: BaseException | None = None

    def run(self) -> None:
        if not self._claim.acquire(blocking=False):
            return
        try:
            self._result = self._work()
        except BaseException as fault:
            self._fault = fault
        finally:
            self._unfinished.release()

    def cancel(self) -> bool:
        """Whether it will not be begun; then nobody may wait for its result."""
        return self._claim.acquire(blocking=False)

    def result(self) -> Any:
        """Wait for the result. Raises what the call raised."""
        with self._unfinished:
            if self._fault is not None:
                raise self._fault
            return self._result


def cores() -> int:
    """The cores that this process may use: on Linux a container's share, elsewhere all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Room:
    """Memory of `size_bytes` that threads share."""

    def __init__(self, size_bytes: int) -> None:
        from threading import Condition  # 1 ms

        self._all_bytes = size_bytes
        self._left_bytes = size_bytes
        self._changed = Condition()

    @contextmanager
    def taken(self, size_bytes: int) -> Iterator[None]:
        """Wait until so much is left, and reserve it for the block; what exceeds all of it takes all."""
        reserved_bytes = min(size_bytes, self._all_bytes)
        with self._changed:
            self._changed.wait_for(lambda: self._left_bytes >= reserved_bytes)
            self._left_bytes -= reserved_bytes
        try:
            yield
        finally:
            with self._changed:
                self._left_bytes += reserved_bytes
                self._changed.notify_all()
