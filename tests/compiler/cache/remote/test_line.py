"""The line to a server: what it still asks after a fault, and how long a build waits."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import pytest

from buildassets.compiler.cache.remote.address import opened_store
from buildassets.compiler.cache.remote.line import PATIENCE_SECONDS, READ_FIRST, WRITE_LAST, CallOutcome, Line
from buildassets.compiler.cache.remote.store import StoreError
from buildassets.foundation.permission import BUILDING


def _refused() -> None:
    raise StoreError("it answers 403", is_final=True)


def _outcome(line: Line, priority: int, work: Callable[[], object]) -> CallOutcome | None:
    answers: SimpleQueue[CallOutcome] = SimpleQueue()
    line.call(answers, priority, "a", work)
    return line.outcome(answers)


@pytest.fixture
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    return Line(opened_store(tmp_path_factory.mktemp("cache").as_uri(), {}, permission=BUILDING))


def test_a_server_that_refuses_a_write_is_still_read(line: Line) -> None:
    assert _outcome(line, WRITE_LAST, _refused) == CallOutcome("a", fault="it answers 403")
    assert _outcome(line, WRITE_LAST, lambda: 1) == CallOutcome("a", fault="it answers 403")
    assert _outcome(line, READ_FIRST, lambda: 1) == CallOutcome("a", 1)
    assert line.faults == ["it answers 403"]
    line.stop()


def test_a_server_that_refuses_to_be_read_is_asked_no_more(line: Line) -> None:
    _outcome(line, READ_FIRST, _refused)
    assert _outcome(line, READ_FIRST, lambda: 1) is None
    assert line.ended
    line.stop()


class Answers(SimpleQueue[CallOutcome]):
    """Has an answer at once, and records how long a build would wait for it."""

    def __init__(self) -> None:
        self.waits_seconds: list[float] = []

    def get(self, block: bool = True, timeout: float | None = None) -> CallOutcome:
        assert timeout is not None
        self.waits_seconds.append(timeout)
        return CallOutcome("a")


def test_waits_in_vain_add_up_until_the_server_is_given_up(tmp_path: Path) -> None:
    ticks = count()  # by this clock each wait takes a second
    line, answers = Line(opened_store(tmp_path.as_uri(), {}, permission=BUILDING), clock=lambda: next(ticks)), Answers()
    for _ in range(3):
        assert line.outcome(answers) == CallOutcome("a")
    assert answers.waits_seconds == pytest.approx([PATIENCE_SECONDS, PATIENCE_SECONDS - 1, 0])
    line.gained(5)  # more than was lost, and no patience for later
    assert line.outcome(answers) == CallOutcome("a")
    assert answers.waits_seconds[-1] == PATIENCE_SECONDS
    line.stop()


def test_a_build_that_waits_in_vain_gives_the_server_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PATIENCE_SECONDS < 2
    monkeypatch.setattr("buildassets.compiler.cache.remote.line.PATIENCE_SECONDS", 0.01)
    line = Line(opened_store(tmp_path.as_uri(), {}, permission=BUILDING))
    assert line.outcome(SimpleQueue()) is None
    assert line.faults == ["it takes longer than what it saves"]
    line.stop()
