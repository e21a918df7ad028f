"""Jobs that are done elsewhere, by executors that fail in every way."""

from concurrent.futures import BrokenExecutor, CancelledError, Future
from contextlib import closing

from buildassets.compiler.executors.answers import fit, unfit
from buildassets.compiler.executors.away import Away, GoneError, Work


class Played:
    """A cluster that gives the `outcomes` one after the other; each is an answer or an error."""

    width = 2

    def __init__(self, outcomes: list[bytes | BaseException]) -> None:
        self.outcomes = outcomes
        self.left_out: list[str] = []
        self.closed = 0

    def submit(self, work: Work, job: bytes) -> "Future[bytes]":
        future: Future[bytes] = Future()
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, bytes):
            future.set_result(outcome)
        else:
            future.set_exception(outcome)
        return future

    def check(self, future: "Future[bytes]") -> None:
        raise GoneError("nobody is there")

    def leave_out(self, worker: str, work: Work) -> bool:
        self.left_out.append(worker)
        return len(self.left_out) < 2

    def close(self, *, waits: bool) -> None:
        self.closed += 1


class Silent(Played):
    """A cluster that never answers."""

    def submit(self, work: Work, job: bytes) -> "Future[bytes]":
        return Future()


class Losing(Silent):
    """A cluster that loses jobs and notices nothing."""

    def check(self, future: "Future[bytes]") -> None:
        return


class KilledWorker(Exception):  # noqa: N818 - its name there
    """What Dask raises for a job that several workers died of."""


def work(job: bytes) -> bytes:
    return fit(job, job)


def test_a_job_whose_process_is_gone_is_done_by_another() -> None:
    with closing(Away("it", lambda: Played([CancelledError(), fit(b"", b"done")]), 1)) as away:
        assert away.answer(work, b"") == b"done"
        assert (away.done_count, away.returned_count, away.complaint()) == (1, 0, None)


def test_a_broken_pool_is_opened_again() -> None:
    opened = [Played([BrokenExecutor("died")]), Played([fit(b"", b"done")])]
    with closing(Away("it", lambda: opened.pop(0), 1)) as away:
        assert away.answer(work, b"") == b"done"
        assert away.complaint() is None


def test_a_pool_that_breaks_again_and_again_is_given_up() -> None:
    opened: list[Played] = []

    def reopened() -> Played:
        opened.append(Played([BrokenExecutor("died")]))
        return opened[-1]

    with closing(Away("it", reopened, 1)) as away:
        assert away.answer(work, b"") is None
        assert len(opened) == 3
        complaint = away.complaint()
        assert complaint is not None
        assert complaint.message == "the executor `it` failed: BrokenExecutor: died"


def test_a_job_that_kills_processes_comes_back_alone() -> None:
    with closing(Away("it", lambda: Played([KilledWorker(), fit(b"", b"done")]), 1)) as away:
        assert away.answer(work, b"") is None
        assert away.answer(work, b"") == b"done"
        assert away.complaint() is None


def test_a_process_that_is_unfit_is_left_out_and_another_asked() -> None:
    cluster = Played([b"-tcp://1\0it has other engines", fit(b"", b"done")])
    with closing(Away("it", lambda: cluster, 1)) as away:
        assert away.answer(work, b"") == b"done"
        assert cluster.left_out == ["tcp://1"]
        complaint = away.complaint()
        assert complaint is not None
        assert complaint.code == "executor/unfit"
        assert away.complaint() is None  # only once


def test_no_executor_is_asked_once_all_are_unfit() -> None:
    cluster = Played([unfit("it has other engines")] * 9)
    with closing(Away("it", lambda: cluster, 1)) as away:
        assert away.answer(work, b"") is None
        left = len(cluster.outcomes)
        assert left == 6
        assert away.answer(work, b"") is None
        assert len(cluster.outcomes) == left


def other_work(job: bytes) -> bytes:
    return fit(job, job)


def test_processes_that_are_unfit_for_one_work_do_another() -> None:
    cluster = Played([*[unfit("it has no files")] * 3, fit(b"", b"done")])
    with closing(Away("it", lambda: cluster, 1)) as away:
        assert away.answer(work, b"") is None
        assert away.answer(other_work, b"") == b"done"


def test_an_executor_that_does_not_answer_is_looked_after() -> None:
    with closing(Away("it", lambda: Silent([]), 1)) as away:
        assert away.answer(work, b"") is None
        complaint = away.complaint()
        assert complaint is not None
        assert complaint.message == "the executor `it` failed: nobody is there"
        assert complaint.notes == ("1 of 1 jobs were done here",)


def test_an_executor_that_loses_jobs_is_given_up() -> None:
    with closing(Away("it", lambda: Losing([]), 1, silent_seconds=0.1)) as away:
        assert away.answer(work, b"") is None
        complaint = away.complaint()
        assert complaint is not None
        assert complaint.message == "the executor `it` failed: it gives no answer"


def test_an_executor_is_closed_once() -> None:
    cluster = Played([fit(b"", b"done")])
    with closing(Away("it", lambda: cluster, 1)) as away:
        away.answer(work, b"")
    assert cluster.closed == 1
    assert away.answer(work, b"") is None
