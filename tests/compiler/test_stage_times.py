"""How the time of a build is divided among its stages."""

from itertools import count

from buildassets.compiler.stage_times import StageTimes


def times() -> StageTimes:
    """With a clock that shows a second more each time."""
    ticks = count()
    return StageTimes(lambda: float(next(ticks)))


def test_time_is_counted_for_the_stage_that_runs() -> None:
    measured = times()
    with measured.of("sources"):
        pass
    assert measured.seconds() == {"sources": 1.0, "other": 2.0}


def test_a_stage_within_another_stops_that_one() -> None:
    measured = times()
    with measured.of("graph"), measured.of("bundle"):
        pass
    assert measured.seconds() == {"bundle": 1.0, "graph": 2.0, "other": 2.0}


def test_items_are_counted_while_they_come_and_not_while_they_are_used() -> None:
    measured = times()
    with measured.of("graph"):
        assert list(measured.of_each("transform", "ab")) == ["a", "b"]
    assert measured.seconds()["transform"] == 3.0  # two items, and their end
