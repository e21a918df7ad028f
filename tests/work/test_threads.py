"""Threads whose work may never end."""

import time
from concurrent.futures import CancelledError
from threading import Event

import pytest

from buildassets.work import threads
from buildassets.work.threads import UnwaitedThreads, within
from tests.conftest import PATIENCE_SECONDS


def test_results_are_in_the_order_of_the_arguments() -> None:
    with UnwaitedThreads(3) as executor:
        assert list(executor.map(lambda number: number * 2, range(50))) == [*range(0, 100, 2)]


def test_exception_of_a_call_is_that_of_its_result() -> None:
    with UnwaitedThreads(1) as executor, pytest.raises(ZeroDivisionError):
        executor.submit(lambda: 1 / 0).result()


def test_endless_work_is_abandoned_and_queued_work_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_GRACE_SECONDS", 0.1)
    has_begun, never = Event(), Event()

    def wait_for_ever() -> None:
        has_begun.set()
        never.wait()

    with UnwaitedThreads(1) as executor:
        endless = executor.submit(wait_for_ever)
        lined_up = executor.submit(lambda: pytest.fail("it is begun"))
        assert has_begun.wait(PATIENCE_SECONDS)
    assert not endless.done()
    with pytest.raises(CancelledError):
        lined_up.result(0)
    never.set()


def test_short_work_at_the_end_is_finished() -> None:
    has_begun = Event()

    def take_a_moment() -> None:
        has_begun.set()
        time.sleep(0.2)

    with UnwaitedThreads(1) as executor:
        future = executor.submit(take_a_moment)
        assert has_begun.wait(PATIENCE_SECONDS)
    assert future.done()


def test_work_beyond_its_limit_is_abandoned() -> None:
    never = Event()
    with pytest.raises(OSError, match="it takes longer than 0 seconds"):
        within(0.05, never.wait)
    never.set()
    assert within(PATIENCE_SECONDS, lambda: "a result") == "a result"
