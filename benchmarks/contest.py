"""One tree, several works on it one after the other, and contenders who take turns at each of them."""

import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Final

from benchmarks.checks import Left, mentions
from benchmarks.installed import MissingError
from benchmarks.measure import Command, FailedRunError, Run, run, run_watched
from benchmarks.tree import Tree

COLD: Final = "cold"
UNCHANGED: Final = "nothing changed"
NOT_RUN: Final = "not run:"
FAILED: Final = "failed:"
BUDGET_SECONDS: Final = 20.0
EDIT_PAUSE_SECONDS = 1.1  # some compare times of change in whole seconds, and would miss a second one within the first
_LONG_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where one contender works: it reads `tree` and writes `output`.

    `settings` is a folder of its own for what a project would have written by hand, and `cache` one for what the
    contender keeps; that one is emptied before a cold run.
    """

    tree: Tree
    output: Path
    settings: Path
    cache: Path


@dataclass(frozen=True, slots=True)
class Work:
    """What is done to the tree before each round: nothing, an edit, or (cold) all that was made before is removed.

    `edit` gets the folder and the number of the round, and returns text that the outputs must then have.
    """

    name: str
    edit: Callable[[Path, int], str] | None = None


@dataclass(frozen=True, slots=True)
class Contender:
    """One row. `prepare` fetches what is wanting and raises MissingError where it cannot.

    `makes` is what must be found in its output: a run without it is a failed one. `works` are those that it takes
    part in.
    """

    name: str
    leaves_out: str
    makes: frozenset[str]
    works: tuple[str, ...]
    prepare: Callable[[Place], Command]
    is_limit: bool = False


@dataclass(frozen=True, slots=True)
class Contest:
    """`look` finds out what was done; `absent` says of others why they do not compete."""

    name: str
    tree: Tree
    works: tuple[Work, ...]
    contenders: tuple[Contender, ...]
    look: Callable[[Path], Left]
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Result:
    """What is known of a contender at a work after all rounds; `fault` says why it has no runs."""

    version: str = ""
    runs: list[Run] = field(default_factory=list)
    total_peak_bytes: int | None = None
    left: Left = field(default_factory=lambda: Left(0, 0, ()))
    fault: str | None = None


@dataclass(slots=True)
class _Competitor:
    """A contender that can run, and the edit of the tree that it has seen last."""

    contender: Contender
    command: Command
    place: Place
    edits_seen: int = 0


def compete(contest: Contest, scratch: Path, rounds: int) -> dict[str, dict[str, Result]]:
    """The results by work and contender: `rounds` rounds of each work, after one in which the memory is watched.

    Each round has an order of its own, the same whenever the program runs: after one that takes much memory others were
    seen to need twice the time. Who has used up BUDGET_SECONDS runs no more; where a run takes long, the watched one
    counts too.
    """
    results = {
        work.name: {one.name: Result() for one in contest.contenders if work.name in one.works}
        for work in contest.works
    }
    competitors = list(_prepared(contest, scratch, results))
    edits = 0
    for work in contest.works:
        entered = [one for one in competitors if work.name in one.contender.works]
        for one in entered:
            _catch_up(one, edits, results[work.name][one.contender.name])
        for number in range(rounds + 1):
            marker = ""
            if work.edit:
                edits += 1
                sleep(EDIT_PAUSE_SECONDS)
                marker = work.edit(contest.tree.folder, edits)
            for one in random.Random(number).sample(entered, len(entered)):
                result = results[work.name][one.contender.name]
                if result.fault is None and sum(run.seconds for run in result.runs) < BUDGET_SECONDS:
                    _take_turn(one, work, contest.look, result, marker)
                    one.edits_seen = edits
        _clear_all(one for one in competitors if one.contender.works[-1] == work.name)
    return results


def _prepared(contest: Contest, scratch: Path, results: Mapping[str, Mapping[str, Result]]) -> Iterator[_Competitor]:
    """Those that can run; of the others the results say why not."""
    for number, contender in enumerate(contest.contenders):
        folder = scratch / str(number)
        place = Place(contest.tree, folder / "output", folder / "settings", folder / "cache")
        place.settings.mkdir(parents=True)
        own = [results[work][contender.name] for work in contender.works]
        try:
            command = contender.prepare(place)
            for result in own:
                result.version = command.version
            yield _Competitor(contender, command, place)
        except MissingError as reason:
            for result in own:
                result.fault = f"{NOT_RUN} {reason}"


def _catch_up(one: _Competitor, edits: int, result: Result) -> None:
    """Let it see what was edited while it had no turn."""
    if one.edits_seen < edits:
        try:
            run(one.command)
        except FailedRunError as reason:
            result.fault = f"{FAILED} {reason}"
        one.edits_seen = edits


def _take_turn(one: _Competitor, work: Work, look: Callable[[Path], Left], result: Result, marker: str) -> None:
    """One run, and a look at what it left."""
    is_watched = result.total_peak_bytes is None
    if work.name == COLD:
        _clear_all([one])
    try:
        if is_watched:
            done, result.total_peak_bytes = run_watched(one.command)
        else:
            done = run(one.command)
        result.left = look(one.place.output)
        _check(one, result.left, marker)
        if not is_watched or done.seconds > _LONG_SECONDS:
            result.runs.append(done)
    except FailedRunError as reason:
        result.fault = f"{FAILED} {reason}"
        result.runs.clear()


def _check(one: _Competitor, left: Left, marker: str) -> None:
    """Raise FailedRunError unless all is there that the contender makes."""
    wanting = sorted(one.contender.makes.difference(left.found))
    if wanting:
        raise FailedRunError(f"its output lacks: {', '.join(wanting)}")
    if marker and not mentions(one.place.output, marker):
        raise FailedRunError("its output lacks the edit")


def _clear_all(competitors: Iterable[_Competitor]) -> None:
    """Remove what they made and kept."""
    for one in competitors:
        shutil.rmtree(one.place.output, ignore_errors=True)
        shutil.rmtree(one.place.cache, ignore_errors=True)
        one.place.cache.mkdir()
