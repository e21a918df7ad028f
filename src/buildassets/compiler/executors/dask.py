"""A Dask cluster, through the `concurrent.futures` face of its client. Needs the extra `dask`.

Takes the address of a scheduler, gives a Cluster. What Dask logs about itself is not shown: what matters of it is in
our one warning. That concerns its loggers in the whole process, so only the command line uses this.
"""

import logging
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from socket import create_connection
from threading import Lock
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from buildassets.compiler.executors.away import GoneError, Work
from buildassets.work.threads import UnwaitedThreads

_CONNECT_SECONDS: Final = 5.0
_ASK_SECONDS: Final = 5.0  # between two questions to the scheduler, and for its answer
_IDLE_SECONDS: Final = 30.0  # for workers to come back when all are gone: a nanny starts one again in a few
_MOST_WAITING: Final = 128
_LOGGERS: Final = ("distributed", "distributed.client", "bokeh", "tornado", "tornado.application", "asyncio")


class DaskCluster:
    """The cluster of the scheduler at `address`, behind the protocol Cluster. Raises GoneError."""

    def __init__(self, address: str) -> None:
        self._client = _client(address)
        self._left_out: dict[Work, set[str]] = {}
        self._meant: WeakKeyDictionary[Future[bytes], tuple[str, ...]] = WeakKeyDictionary()
        self._lock = Lock()
        self._asked = self._served = monotonic()
        self._cores = self._ask()
        if not self._cores:
            self.close(waits=False)
            raise GoneError("it has no workers")
        # So that a worker need not wait for the next job while an answer is on its way.
        self.width = min(_MOST_WAITING, 2 * sum(self._cores.values()))

    def submit(self, work: Work, job: bytes) -> "Future[bytes]":
        """See Cluster. Jobs that are the same are done each: a name of its own costs less than a digest."""
        with self._lock:
            left_out = self._left_out.get(work)
            workers = tuple(sorted(set(self._cores) - left_out)) if left_out else ()
        only = {"workers": workers} if workers else {}
        future: Future[bytes] = self._client.get_executor(pure=False, **only).submit(work, job)
        if workers:
            self._meant[future] = workers
        return future

    def check(self, future: "Future[bytes]") -> None:
        """See Cluster; asks the scheduler now and then."""
        with self._lock:
            if monotonic() - self._asked < _ASK_SECONDS:
                return
            self._asked = monotonic()
            self._cores = self._ask()
            present = set(self._cores)
            if present:
                self._served = monotonic()
            elif monotonic() - self._served > _IDLE_SECONDS:
                raise GoneError("all of its workers are gone")
        if future in self._meant and present.isdisjoint(self._meant[future]):
            future.cancel()

    def leave_out(self, worker: str, work: Work) -> bool:
        """See Cluster."""
        with self._lock:
            left_out = self._left_out.setdefault(work, set())
            left_out.add(worker)
            return bool(set(self._cores) - left_out)

    def close(self, *, waits: bool) -> None:
        """See Cluster."""
        with suppress(Exception):  # of a scheduler that is gone
            self._client.close(timeout=_ASK_SECONDS if waits else 1.0)

    def _ask(self) -> dict[str, int]:
        """The number of threads of each worker, by address. Raises GoneError."""
        client = self._client
        try:
            found = client.sync(client.scheduler.ncores, workers=None, callback_timeout=_ASK_SECONDS)
        except Exception:  # of the network, of its protocol, of a client that has closed itself
            raise GoneError("its scheduler is gone") from None
        return {str(address): int(count) for address, count in found.items()}


def _client(address: str) -> Any:
    _silence()
    from distributed import Client

    _silence()  # it sets its loggers up when it is imported
    try:
        _reach(address)
        connect: Any = Client  # which has no types
        return _in_time(partial(connect, address, timeout=_CONNECT_SECONDS, set_as_default=False, name="buildassets"))
    except GoneError:
        raise
    except Exception as fault:  # OSError, and what TLS and its protocol raise
        raise GoneError(f"its scheduler cannot be reached ({_first_cause(fault)})") from None


def _in_time(connect: Callable[[], Any]) -> Any:
    """Return what `connect` returns: Dask waits without a limit for a server that takes connections and is silent."""
    thread = UnwaitedThreads(1)
    try:
        return thread.submit(connect).result(2 * _CONNECT_SECONDS)
    except TimeoutError:
        raise GoneError("its scheduler gives no answer") from None
    finally:
        thread.shutdown()


def _reach(address: str) -> None:
    """Raise OSError at once where nobody listens: Dask tries again until its time is over, for another reason then."""
    parts = urlsplit(address)
    if parts.hostname and parts.port:
        create_connection((parts.hostname, parts.port), timeout=_CONNECT_SECONDS).close()


def _first_cause(fault: BaseException) -> str:
    while fault.__cause__ or fault.__context__:
        fault = fault.__cause__ or fault.__context__ or fault
    text = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
    return " ".join(text.split()).lower() or type(fault).__name__


def _silence() -> None:
    """Show nothing of what Dask logs and warns of."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module=r"(distributed|dask|tornado)\b")
    warnings.filterwarnings("ignore", message="Sending large graph")
