from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.checks import Left
from benchmarks.contest import COLD, UNCHANGED, Contender, Contest, Place, Result, Work, compete
from benchmarks.installed import MissingError
from benchmarks.measure import Command
from benchmarks.tree import Tree

Program = Callable[[Place], str]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands here have no clock that goes by seconds."""
    monkeypatch.setattr("benchmarks.contest.EDIT_PAUSE_SECONDS", 0)


def contender(program: Program, *works: str, makes: str = "copy") -> Contender:
    def prepare(place: Place) -> Command:
        return Command(["sh", "-c", program(place)], "1.0")

    return Contender("sh", "", frozenset({makes}), works, prepare)


def compete_alone(tmp_path: Path, contender: Contender, *works: Work, rounds: int = 1) -> list[Result]:
    """The results of one contender, work by work. The tree is one style sheet."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.css").write_text("a {}")
    contest = Contest("copies", Tree(tree, ("a.css",), 4), works, (contender,), look)
    results = compete(contest, tmp_path / "scratch", rounds)
    return [results[work.name]["sh"] for work in works]


def look(output: Path) -> Left:
    files = [path for path in output.rglob("*") if path.is_file()] if output.is_dir() else []
    return Left(len(files), 0, ("copy",) if any(path.name == "a.css" for path in files) else ())


def copies(place: Place) -> str:
    return f"mkdir -p {place.output} && cp {place.tree.folder}/* {place.output}"


def edit(folder: Path, number: int) -> str:
    (folder / "a.css").write_text(f".edit-{number} {{}}")
    return f"edit-{number}"


def test_rounds_are_counted_and_the_watched_one_is_not(tmp_path: Path) -> None:
    (result,) = compete_alone(tmp_path, contender(copies, COLD), Work(COLD), rounds=3)
    assert (len(result.runs), result.fault, result.version) == (3, None, "1.0")
    assert result.total_peak_bytes is not None


def test_cache_of_a_cold_run_is_removed_before_the_next(tmp_path: Path) -> None:
    def fails_where_something_was_kept(place: Place) -> str:
        return f"test ! -e {place.output} && mkdir {place.cache}/kept && {copies(place)}"

    (result,) = compete_alone(tmp_path, contender(fails_where_something_was_kept, COLD), Work(COLD), rounds=2)
    assert (len(result.runs), result.fault) == (2, None)


def test_cache_is_kept_where_nothing_changed(tmp_path: Path) -> None:
    def counts(place: Place) -> str:
        return f"echo run >> {place.cache}/runs; {copies(place)}; cp {place.cache}/runs {place.output}"

    cold, unchanged = compete_alone(tmp_path, contender(counts, COLD, UNCHANGED), Work(COLD), Work(UNCHANGED))
    assert (cold.fault, unchanged.fault, unchanged.left.files) == (None, None, 2)


def test_a_run_that_lacks_what_it_makes_fails(tmp_path: Path) -> None:
    (result,) = compete_alone(tmp_path, contender(lambda place: f"mkdir {place.output}", COLD), Work(COLD))
    assert (result.runs, result.fault) == ([], "failed: its output lacks: copy")


def test_a_command_that_fails_is_quoted(tmp_path: Path) -> None:
    (result,) = compete_alone(tmp_path, contender(lambda _: "echo no room >&2; exit 3", COLD), Work(COLD))
    assert (result.runs, result.fault) == ([], "failed: no room")


def test_an_edit_that_does_not_reach_the_output_fails(tmp_path: Path) -> None:
    def copies_once(place: Place) -> str:
        return f"test -e {place.output} || {{ {copies(place)}; }}"

    works = (Work(COLD), Work("edited", edit))
    cold, edited = compete_alone(tmp_path, contender(copies_once, COLD, "edited"), *works)
    assert (cold.fault, edited.fault) == (None, "failed: its output lacks the edit")


def test_each_round_has_its_own_edit(tmp_path: Path) -> None:
    works = (Work(COLD), Work("edited", edit))
    _, edited = compete_alone(tmp_path, contender(copies, COLD, "edited"), *works, rounds=2)
    assert (len(edited.runs), edited.fault) == (2, None)
    assert (tmp_path / "tree/a.css").read_text() == ".edit-3 {}"


def test_competitor_that_cannot_run_reports_the_reason(tmp_path: Path) -> None:
    def prepare(_: Place) -> Command:
        raise MissingError("`sass` is not installed")

    missing = Contender("sh", "", frozenset(), (COLD,), prepare)
    (result,) = compete_alone(tmp_path, missing, Work(COLD))
    assert (result.runs, result.fault) == ([], "not run: `sass` is not installed")


def test_former_competitor_leaves_no_row(tmp_path: Path) -> None:
    (result,) = compete_alone(tmp_path, contender(copies, COLD), Work(COLD))
    assert result.left.files == 1
    assert not (tmp_path / "scratch/0/output").exists()
