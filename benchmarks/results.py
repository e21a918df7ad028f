"""What was measured, as it is kept between runs and read by the report: medians, by section, work and row."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.contest import Contender, Contest, Result


@dataclass(frozen=True, slots=True)
class Row:
    """A contender at a work. `figures` are medians of `runs` runs by quantity; it is empty where `fault` says why.

    Quantities: `seconds`, `cpu_seconds` (on all cores), `total_mb` (the memory of all processes at once), `output_mb`
    of the output; of a web process those that `peers/runtime_costs.py` prints.
    """

    name: str
    version: str = ""
    leaves_out: str = ""
    is_limit: bool = False
    runs: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)
    found: Sequence[str] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What was measured of one tree. `about` says what it is; `absent` has the reasons of those who did not compete.

    `load` is the machine's load average over the last five minutes, at the end.
    """

    name: str
    about: str
    files: int
    works: Mapping[str, Sequence[Row]]
    absent: Mapping[str, str] = field(default_factory=dict)
    load: float = 0.0

    def row(self, work: str, name: str) -> Row | None:
        """The row of that name, or None."""
        return next((row for row in self.works.get(work, ()) if row.name == name), None)


def section(contest: Contest, results: Mapping[str, Mapping[str, Result]]) -> Section:
    """What a contest came to."""
    tree = contest.tree
    rows = {
        work.name: [_row(one, results[work.name][one.name]) for one in contest.contenders if work.name in one.works]
        for work in contest.works
    }
    about = f"{len(tree.files):,} files of {tree.size_bytes / 1e6:.1f} MB"
    return Section(contest.name, about, len(tree.files), rows, contest.absent, os.getloadavg()[1])


def save(one: Section, folder: Path) -> None:
    """Keep a section in a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{one.name}.json").write_text(json.dumps(asdict(one), indent=1) + "\n", "utf-8")


def load(folder: Path) -> dict[str, Section]:
    """All sections that are kept, by name."""
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.json"))]
    return {one.name: one for one in map(_loaded, texts)}


def _loaded(text: str) -> Section:
    kept = json.loads(text)
    works = {work: [Row(**row) for row in rows] for work, rows in kept.pop("works").items()}
    return Section(works=works, **kept)


def _row(contender: Contender, result: Result) -> Row:
    return Row(
        contender.name,
        result.version,
        contender.leaves_out,
        contender.is_limit,
        len(result.runs),
        _figures(result) if result.runs else {},
        result.left.found,
        result.fault,
    )


def _figures(result: Result) -> Mapping[str, float]:
    figures: dict[str, float] = {
        "seconds": median(run.seconds for run in result.runs),
        "cpu_seconds": median(run.cpu_seconds for run in result.runs),
        "output_mb": result.left.size_bytes / 1e6,
    }
    if result.total_peak_bytes:  # a run may be shorter than the time between two looks
        figures["total_mb"] = result.total_peak_bytes / 1e6
    return figures
