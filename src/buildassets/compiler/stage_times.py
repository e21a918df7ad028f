"""Measures how long the stages of a build take. The clock is injected."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, TypeVar

_Item = TypeVar("_Item")
STAGES: Final = ("sources", "transform", "bundle", "graph", "write", "compress", "other")


class StageTimes:
    """The seconds that each stage has taken. At any time one stage is running; one within another stops that one."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._seconds = dict.fromkeys(STAGES, 0.0)
        self._running = ["other"]
        self._since = clock()

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Count the time of the block for `stage`."""
        self._begin(stage)
        try:
            yield
        finally:
            self._end()

    def of_each(self, stage: str, items: Iterable[_Item]) -> Iterator[_Item]:
        """The same `items`; the time that they take to come is counted for `stage`."""
        iterator = iter(items)
        while True:
            self._begin(stage)
            try:
                item = next(iterator)
            except StopIteration:
                return
            finally:
                self._end()
            yield item

    def seconds(self) -> dict[str, float]:
        """The seconds until now by stage, in the order of STAGES; without those that took no time."""
        self._count()
        return {stage: round(seconds, 6) for stage, seconds in self._seconds.items() if seconds > 0}

    def _begin(self, stage: str) -> None:
        self._count()
        self._running.append(stage)

    def _end(self) -> None:
        self._count()
        self._running.pop()

    def _count(self) -> None:
        now = self._clock()
        self._seconds[self._running[-1]] += now - self._since
        self._since = now
