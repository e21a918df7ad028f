"""Has jobs done elsewhere, by an executor that may fail at any time.

Takes a function and a job as bytes, gives the answer's bytes, or None where the job has to be done here. A job whose
process died is done by another; where the executor itself is gone, no more is asked of it, and one warning reports why.
"""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Final, Protocol

from buildassets.compiler.executors.answers import UnfitError, content_of_answer
from buildassets.foundation.diagnostics import Diagnostic, warning
from buildassets.work.threads import UnwaitedThreads

_TRIES: Final = 4  # of one job, each time in another process where there is another
_LOOK_SECONDS: Final = 0.5  # between looks at whether an answer can still come
_SILENT_SECONDS: Final = 120.0  # without any answer: a job takes seconds, and waits shortly for its turn
_MOST_UNFIT: Final = 3  # answers in a row of processes without a name that cannot do their job
_MOST_RENEWED: Final = 2  # times that a pool whose process died is opened again

Work = Callable[[bytes], bytes]


class GoneError(Exception):
    """No answer can come from the executor any more; the text is the reason."""


class Cluster(Protocol):
    """An open executor. `width` is how many jobs are worth being asked for at the same time."""

    width: int

    def submit(self, work: Work, job: bytes) -> "Future[bytes]":
        """Have `work` called with `job`. Raises anything."""
        ...

    def check(self, future: "Future[bytes]") -> None:
        """Look whether the answer in `future` can still come; raises GoneError if none will from this executor.

        A job that no process is left for is cancelled, so that it can be submitted again.
        """
        ...

    def leave_out(self, worker: str, work: Work) -> bool:
        """Give `worker` no more jobs for `work`. Returns whether there are others for it."""
        ...

    def close(self, *, waits: bool) -> None:
        """Give the processes back; raises anything."""
        ...


class Away:
    """An executor, by the name that is `shown` to users, opened by `open_cluster` at the first job.

    `here_at_once` is how many jobs that come back may be done here at the same time. The executor is given up once it
    has given no answer for `silent_seconds`, as one that loses a job reports nothing.
    """

    def __init__(
        self,
        shown: str,
        open_cluster: Callable[[], Cluster],
        here_at_once: int,
        silent_seconds: float = _SILENT_SECONDS,
    ) -> None:
        self.shown = shown
        self.here = BoundedSemaphore(here_at_once)
        self.done_count = 0
        self.returned_count = 0
        self._open = open_cluster
        self._silent_seconds = silent_seconds
        self._heard = 0.0  # when the last answer came
        self._cluster: Cluster | None = None
        self._threads: UnwaitedThreads | None = None
        self._lock = Lock()
        self._renewed = 0
        self._fault = ""
        self._unfit: dict[str, None] = {}
        self._unfit_in_a_row: dict[Work, int] = {}
        self._given_up: set[Work] = set()  # what no process is fit for; some are only to compress
        self._is_closed = False
        self._is_reported = False

    @property
    def threads(self) -> "Executor | None":
        """Threads that may wait for jobs, as many as are worth being asked for; None if the executor is gone."""
        cluster = self._opened()
        if cluster is None:
            return None
        with self._lock:
            if self._threads is None:
                self._threads = UnwaitedThreads(cluster.width)
            return self._threads

    @property
    def width(self) -> int:
        """How many jobs are worth being asked for at the same time; 0 if the executor is gone."""
        cluster = self._opened()
        return cluster.width if cluster else 0

    def answer(self, work: Work, job: bytes) -> bytes | None:
        """The result of `work` for `job` elsewhere; None if it has to run here."""
        for _ in range(_TRIES):
            cluster = self._opened()
            if cluster is None or work in self._given_up:
                break
            try:
                content = content_of_answer(self._result(cluster, work, job), job)
            except UnfitError as why:
                self._leave_out(cluster, work, why)
            except CancelledError:  # the process that was to do it is gone
                continue
            except BrokenExecutor as fault:
                self._renew(cluster, fault)
            except (Exception, SystemExit) as fault:  # an executor of anybody's may raise anything
                if type(fault).__name__ == "KilledWorker":  # several processes died of this job: not of the next one
                    break
                self._end(cluster, reason_of(fault))
            else:
                self.done_count += 1
                self._unfit_in_a_row[work] = 0
                return content
        self.returned_count += 1
        return None

    def give_up(self, reason: str) -> None:
        """Ask no more of the executor, for that `reason`."""
        if (cluster := self._cluster) is not None:
            self._end(cluster, reason)

    def complaint(self) -> Diagnostic | None:
        """The one warning about what went wrong; None if nothing did, or it was reported before."""
        if self._is_reported or not (self._fault or self._unfit):
            return None
        self._is_reported = True
        returned = f"{self.returned_count} of {self.returned_count + self.done_count} jobs were done here"
        if self._fault:
            hint = "the release is right without it; check the processes there: docs/explain/parallel.md"
            message = f"the executor `{self.shown}` failed: {self._fault}"
            return warning("executor/failed", message, notes=[returned, *self._unfit], hint=hint)
        hint = "install the same versions there, as docs/explain/parallel.md describes"
        first, *others = self._unfit
        message = f"a process of the executor `{self.shown}` cannot do the work of this build: {first}"
        return warning("executor/unfit", message, notes=[returned, *others], hint=hint)

    def close(self) -> None:
        """Give the executor back. Threads that wait for an answer get none."""
        with self._lock:
            self._is_closed = True
            cluster, self._cluster = self._cluster, None
        if self._threads is not None:
            self._threads.shutdown()
        if cluster is not None:
            with suppress(Exception, SystemExit):  # whatever it raises: the build is done
                cluster.close(waits=not self._fault)

    def _opened(self) -> Cluster | None:
        with self._lock:
            if self._cluster is None and not self._fault and not self._is_closed:
                try:
                    self._cluster = self._open()
                except (Exception, SystemExit) as fault:  # a function of anybody's
                    self._fault = reason_of(fault)
            return self._cluster

    def _result(self, cluster: Cluster, work: Work, job: bytes) -> object:
        future = cluster.submit(work, job)
        began = monotonic()
        while True:
            try:
                answer = future.result(_LOOK_SECONDS)
                self._heard = monotonic()
                return answer
            except TimeoutError:
                if future.done():  # or it is the error of the job itself
                    continue
            if self._cluster is not cluster:  # another thread found out that it is gone
                future.cancel()
                raise CancelledError
            if monotonic() - max(began, self._heard) > self._silent_seconds:
                raise GoneError("it gives no answer")
            cluster.check(future)

    def _leave_out(self, cluster: Cluster, work: Work, why: UnfitError) -> None:
        with self._lock:
            self._unfit[str(why)] = None
            count = self._unfit_in_a_row[work] = self._unfit_in_a_row.get(work, 0) + 1
            are_others = cluster.leave_out(why.worker, work) if why.worker else count < _MOST_UNFIT
            if not are_others:
                self._given_up.add(work)

    def _renew(self, cluster: Cluster, fault: BrokenExecutor) -> None:
        """Have the executor opened again, as some are of no use once a process died."""
        with self._lock:
            if self._cluster is not cluster:
                return
            self._renewed += 1
            self._cluster = None
        with suppress(Exception, SystemExit):
            cluster.close(waits=False)
        if self._renewed > _MOST_RENEWED:
            self._fault = self._fault or reason_of(fault)

    def _end(self, cluster: Cluster, reason: str) -> None:
        with self._lock:
            if self._cluster is not cluster:
                return
            self._fault = self._fault or reason
            self._cluster = None
        with suppress(Exception, SystemExit):
            cluster.close(waits=False)


def reason_of(fault: BaseException) -> str:
    """The reason, in one line."""
    text = ""
    with suppress(Exception):  # its own text may fail, too
        text = " ".join(str(fault).split())
    if isinstance(fault, GoneError | ValueError) and text:
        return text
    return f"{type(fault).__name__}: {text}" if text else type(fault).__name__
