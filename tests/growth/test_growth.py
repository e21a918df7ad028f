"""Time grows with the size of the input and not with its square, whatever the input is made of.

Times are of the CPU. Sizes are such that a square shows: what is fast enough there passes, and what seems slow is
measured again, and larger, as another process may have taken the caches.
"""

import gc
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.growth.projects import PROJECTS, build_and_render
from tests.growth.readers import READERS, Reader
from tests.growth.shapes import EVERYWHERE

CHARACTERS = 400
UNITS = 40  # at least
SLOWEST = 4
TRIES = 4
FAST_SECONDS = 0.01


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the seconds that this process and its children that have ended spend on `work`."""
    gc.disable()
    try:
        began = _spent()
        work()
        return _spent() - began
    finally:
        gc.enable()


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def growth(seconds: Callable[[int], float], size: int, times: int, limit: float) -> float:
    """Return the factor by which work that is `times` as large takes longer: the first below `limit`, or the least."""
    factors = []
    for attempt in range(TRIES):
        large = seconds(size * times)
        if large < FAST_SECONDS:
            return times
        factors.append(large / max(seconds(size), 1e-6))
        if factors[-1] < limit:
            break
        size *= 2 if attempt else 1  # at last beyond what the search for names that are near is limited to
    return min(factors)


def _repeated(before: str, unit: str, after: str, size: int) -> str:
    return before + unit * (size * max(CHARACTERS // len(unit), UNITS)) + after


def _slowest(reader: Reader) -> list[tuple[str, str, str]]:
    """Return the shapes of text that take the reader longest."""
    shapes = dict.fromkeys(("", unit, "") for unit in EVERYWHERE)
    shapes |= dict.fromkeys((before, unit, after) for unit in reader.units for before, after in reader.around)
    taken = {}
    for shape in shapes:
        began = time.process_time()
        reader.read(_repeated(*shape, 1))
        taken[shape] = time.process_time() - began
    return sorted(shapes, key=taken.__getitem__, reverse=True)[:SLOWEST]


compares_times = pytest.mark.busy(reason="compares CPU times, which grow where other processes take the caches")


@compares_times
@pytest.mark.parametrize("name", READERS)
def test_time_to_read_grows_with_the_text(name: str) -> None:
    reader = READERS[name]
    for before, unit, after in _slowest(reader):

        def seconds(size: int, before: str = before, unit: str = unit, after: str = after) -> float:
            text = _repeated(before, unit, after, size)
            return cpu_seconds(lambda: reader.read(text))

        assert growth(seconds, 12, 2, limit=2.8) < 2.8, (before, unit, after)


@compares_times
@pytest.mark.parametrize("name", PROJECTS)
def test_time_to_build_grows_with_the_project(name: str, tmp_path: Path) -> None:
    folders: list[Path] = []

    def seconds(size: int) -> float:
        folders.append(write_tree(tmp_path / f"{len(folders)}", PROJECTS[name](size)))
        return cpu_seconds(lambda: build_and_render(folders[-1]))

    seconds(10)  # loads what is needed
    assert growth(seconds, 50, 4, limit=5.7) < 5.7
