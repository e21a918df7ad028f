"""Gives the executor for parallel jobs, which is loaded at its first use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from concurrent.futures import Executor


@contextmanager
def threads(jobs: int | None) -> "Iterator[Executor | None]":
    """An executor of `jobs` threads, by default one for each core; None for one job."""
    count = jobs or _cores()
    if count == 1:
        yield None
        return
    started = _Threads(count)
    try:
        yield cast("Executor", started)
    finally:
        started.end()


class _Threads:
    """An executor that is loaded, in 10 ms, at its first use: most builds after an edit do not use it."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._executor: Executor | None = None

    def __getattr__(self, name: str) -> Any:
        if self._executor is None:
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(self._count)
        return getattr(self._executor, name)

    def end(self) -> None:
        """Wait for running jobs and cancel waiting ones, for which nobody who interrupts a build wants to wait."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


def _cores() -> int:
    """The cores that this process may use: on Linux a container's share, elsewhere all."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
