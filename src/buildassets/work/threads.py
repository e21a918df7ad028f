"""Threads for calls to servers that may never answer: nothing waits for these threads without a limit.

For threads of `concurrent.futures` Python waits at their shutdown, and again when the interpreter ends.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from errno import EAGAIN, ETIMEDOUT
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, Final, ParamSpec, TypeVar

_GRACE_SECONDS: Final = 2.0  # for running calls to end at the shutdown

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class UnwaitedThreads(Executor):
    """An executor of `count` threads; calls that still run two seconds after the shutdown end with the process.

    It has fewer threads where no more can be started. Where none can, the caller's does each call at once.
    """

    def __init__(self, count: int) -> None:
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads: list[Thread] = []
        with suppress(RuntimeError):  # the system limits them, for a user or a container
            for _ in range(count):
                thread = Thread(target=self._work_off, daemon=True)
                thread.start()
                self._threads.append(thread)

    def submit(
        self, fn: Callable[_Parameters, _Result], /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> Future[_Result]:
        """See Executor."""
        future: Future[_Result] = Future()
        self._calls.put((future, partial(fn, *args, **kwargs)))
        if not self._threads:
            self._calls.put(None)
            self._work_off()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 Executor's
        """Cancel waiting calls, and wait shortly for running ones, whatever the arguments are."""
        with suppress(Empty):
            while call := self._calls.get_nowait():
                call[0].cancel()
        for _ in self._threads:
            self._calls.put(None)
        deadline = monotonic() + _GRACE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))

    def _work_off(self) -> None:
        while (call := self._calls.get()) is not None:
            future, work = call
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as fault:
                    future.set_exception(fault)


def within(limit_seconds: float, work: Callable[[], _Result]) -> _Result:
    """The result of `work`; OSError if it takes longer than the limit. It goes on then, as a thread cannot be ended.

    OSError, too, if no thread can be started. The timeout of a socket is no such limit: it starts again with each byte.
    """
    outcome: Future[_Result] = Future()

    def work_off() -> None:
        try:
            outcome.set_result(work())
        except BaseException as fault:
            outcome.set_exception(fault)

    try:
        Thread(target=work_off, daemon=True).start()
    except RuntimeError:
        raise OSError(EAGAIN, "no thread can be started for it") from None
    if not wait([outcome], limit_seconds).done:
        raise OSError(ETIMEDOUT, f"it takes longer than {limit_seconds:,.0f} seconds")
    return outcome.result()
