"""Executors of threads for jobs that the caller waits for. Loaded, in 10 ms, at their first use."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def thread_pool(count: int) -> Executor:
    """An executor of up to `count` threads: of fewer where no more can be started, and of the caller's if none can.

    The system limits processes and threads, for a user (`ulimit -u`) or a container.
    """
    threads = _Threads(count)
    try:
        threads.submit(_nothing)
    except RuntimeError:  # no thread can be started
        return _Here()
    return threads


class _Threads(ThreadPoolExecutor):
    def _adjust_thread_count(self) -> None:
        try:
            super()._adjust_thread_count()
        except RuntimeError:  # no more threads can be started: those that there are will do it
            if not self._threads:
                raise


class _Here(Executor):
    """Does each job when it is submitted."""

    def submit(
        self, fn: Callable[_Parameters, _Result], /, *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> Future[_Result]:
        """See Executor."""
        future: Future[_Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as fault:
            future.set_exception(fault)
        return future


def _nothing() -> None:
    pass
