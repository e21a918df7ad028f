from pathlib import Path

from benchmarks.checks import Left, fingerprinted
from benchmarks.contest import COLD, Contender, Contest, Place, Result, Work
from benchmarks.measure import Command, Run
from benchmarks.results import Row, Section, load, save, section
from benchmarks.tree import Tree


def never_prepared(_: Place) -> Command:
    raise AssertionError


def contest() -> Contest:
    one = Contender("cp", "all", frozenset(), (COLD,), never_prepared, is_limit=True)
    return Contest("copies", Tree(Path(), ("a", "b"), 2_000_000), (Work(COLD),), (one,), fingerprinted, {"mv": "no"})


def test_a_row_has_the_medians_of_its_runs() -> None:
    runs = [Run(3.0, 1.0, 2 * 10**12), Run(1.0, 3.0, 3 * 10**12), Run(2.0, 2.0, 10**12)]
    result = Result("9.1", runs, 5_000_000, Left(7, 4_000_000, ("hashed names",)))
    (row,) = section(contest(), {COLD: {"cp": result}}).works[COLD]
    assert row.figures == {
        "seconds": 2,
        "cpu_seconds": 2,
        "total_mb": 5,
        "output_mb": 4,
    }
    assert (row.runs, row.is_limit, row.found) == (3, True, ("hashed names",))


def test_a_row_without_runs_has_its_fault_and_no_figures() -> None:
    (row,) = section(contest(), {COLD: {"cp": Result(fault="not run: no cp")}}).works[COLD]
    assert (row.figures, row.fault) == ({}, "not run: no cp")


def test_sections_are_kept_whole(tmp_path: Path) -> None:
    row = Row("cp", "9.1", "all", True, 3, {"seconds": 0.1}, ["hashed names"], None)
    kept = Section("copies", "2 files", 2, {COLD: [row]}, {"mv": "no"})
    save(kept, tmp_path)
    assert load(tmp_path) == {"copies": kept}
