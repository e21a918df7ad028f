"""An executor that a function of the user's gives, such as a pool of processes.

Takes that function, gives a Cluster.
"""

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Final

from buildassets.compiler.executors.away import GoneError, Work

_MOST_WAITING: Final = 128  # jobs, each with a thread here


class Pool:
    """The executor that `factory` gives, behind the protocol Cluster. Raises whatever that raises, and GoneError."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        executor = factory()
        if not callable(getattr(executor, "submit", None)):
            raise GoneError(f"its function gives a `{type(executor).__name__}`, which has no `submit`")
        self._executor: Executor = executor
        count = getattr(executor, "_max_workers", None)
        self.width = min(_MOST_WAITING, 2 * (count if isinstance(count, int) and count > 0 else os.cpu_count() or 1))

    def submit(self, work: Work, job: bytes) -> "Future[bytes]":
        """See Cluster."""
        return self._executor.submit(work, job)

    def check(self, future: "Future[bytes]") -> None:
        """A pool of `concurrent.futures` reports by itself that its processes are gone."""

    def leave_out(self, worker: str, work: Work) -> bool:
        """No process of a pool can be left out."""
        return False

    def close(self, *, waits: bool) -> None:
        """See Cluster."""
        shutdown = getattr(self._executor, "shutdown", None)
        if callable(shutdown):
            shutdown(wait=waits)
