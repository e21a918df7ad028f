"""What a workspace of many projects costs, from 2,000 files to 200,000: `python -m benchmarks.scale --help`.

Each size is measured in a folder of its own in memory: cold, with nothing changed, from the local cache, with one sheet
changed, with `--since`, and from the remote cache in an empty clone. What was found is kept for each size, and the
report is written of all that there is.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.chart import Bar, Panel, draw
from benchmarks.installed import CACHE, HERE, corpus
from benchmarks.measure import Command, Run, run_watched
from benchmarks.workspaces import Size, edit_sheet, make_workspace

SIZES: Final = {2_000: 1, 20_000: 10, 200_000: 100}  # files in projects of 2,000 each
_WATCH_SECONDS: Final = 0.25  # between looks at the memory of builds that take minutes
_PART: Final = ("<!-- measured -->\n", "<!-- /measured -->")
STEPS: Final = {
    "cold": "cold, and written to the remote cache",
    "nothing": "with nothing changed",
    "local": "releases removed, from the local cache",
    "edit": "one sheet changed",
    "since": "one sheet changed, `--since HEAD`",
    "remote": "an empty clone, from the remote cache",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One step at one size. `peak_bytes` is that of the largest process, `together_bytes` that of all."""

    files: int
    step: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    together_bytes: int
    hits: int = 0
    misses: int = 0

    @property
    def cpu_milliseconds_each(self) -> float:
        """The time on the cores for each file."""
        return self.cpu_seconds * 1000 / self.files


def main() -> None:
    """Measure the sizes that are asked for, keep what was found, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Measure workspaces of many files.")
    parser.add_argument("--files", nargs="*", type=int, choices=SIZES, default=list(SIZES), metavar="FILES")
    parser.add_argument("--output", type=Path, default=HERE.parent / "docs/explain", metavar="DIR")
    parser.add_argument("--scratch", default="/dev/shm", metavar="DIR", help="a folder with 8 GB (default: /dev/shm)")
    options = parser.parse_args()
    for files in options.files:
        with tempfile.TemporaryDirectory(prefix="scale-", dir=options.scratch) as scratch:
            _measure(corpus(), Path(scratch), Size(files, SIZES[files]))
    found = [Measured(**one) for files in SIZES for one in _kept(files)]
    if found:
        write_report(found, options.output)


def _measure(packages: Path, scratch: Path, size: Size) -> None:
    """Measure all steps at one size. What is found is kept after each, as the last ones may take long."""
    found: list[Measured] = []
    for measured in _steps(packages, scratch, size):
        found.append(measured)
        print(f"{measured.files:,} {measured.step}: {_line(measured)}", file=sys.stderr, flush=True)
        _file(size.files).parent.mkdir(parents=True, exist_ok=True)
        _file(size.files).write_text(json.dumps([asdict(one) for one in found]), encoding="utf-8")


def _steps(packages: Path, scratch: Path, size: Size) -> Iterator[Measured]:
    folder, clone = scratch / "here", scratch / "there"
    make_workspace(packages, folder, size, scratch / "remote")
    _commit(folder)
    yield _built(folder, size, "cold", "--cache-write")
    yield _built(folder, size, "nothing")
    _remove(folder, "build")
    yield _built(folder, size, "local")
    edit_sheet(folder, 1)
    yield _built(folder, size, "edit")
    edit_sheet(folder, 2)
    yield _built(folder, size, "since", "--since", "HEAD")
    for left in ("build", ".buildassets"):  # memory is scarce
        _remove(folder, left)
    _git(scratch, "clone", "-q", str(folder), str(clone))
    yield _built(clone, size, "remote")


def _built(folder: Path, size: Size, step: str, *options: str) -> Measured:
    """Build the workspace in `folder`, and count what its remote cache gave."""
    with tempfile.NamedTemporaryFile(dir=folder.parent) as document:
        program = [sys.executable, "-m", "buildassets", "build", "--workspace", "--json", *options]
        shell = ["sh", "-c", 'exec "$@" > "$0"', document.name, *program]
        run, together = run_watched(Command(shell, "", folder), _WATCH_SECONDS)
        hits, misses = _counts(json.load(document))
    return _measured(size.files, step, run, together, hits, misses)


def _measured(files: int, step: str, run: Run, together: int, hits: int, misses: int) -> Measured:
    return Measured(files, step, run.seconds, run.cpu_seconds, run.peak_bytes, together, hits, misses)


def _counts(document: Mapping[str, Any]) -> tuple[int, int]:
    uses = [project["cache"]["remote"] for project in document["projects"].values() if "cache" in project]
    return sum(use["hits"] for use in uses), sum(use["misses"] for use in uses)


def _commit(folder: Path) -> None:
    _git(folder, "init", "-q")
    _git(folder, "add", ".")
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org", "-c", "gc.auto=0")
    _git(folder, *author, "commit", "-q", "-m", "All files")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def _remove(folder: Path, name: str) -> None:
    for project in (folder / "sites").iterdir():
        shutil.rmtree(project / name, ignore_errors=True)


def _file(files: int) -> Path:
    return CACHE / "scale" / f"{files}.json"


def _kept(files: int) -> list[dict[str, Any]]:
    path = _file(files)
    kept: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return kept


def write_report(found: Sequence[Measured], folder: Path) -> None:
    """Write the picture `scale.svg`, and the table between the marks in `scale.md` if that is there."""
    (folder / "scale.svg").write_text(draw("What many files cost", panels(found)), encoding="utf-8")
    page = folder / "scale.md"
    text = page.read_text(encoding="utf-8") if page.exists() else "".join(_PART)
    before, _, rest = text.partition(_PART[0])
    page.write_text(f"{before}{_PART[0]}{table(found)}{_PART[1]}{rest.partition(_PART[1])[2]}", encoding="utf-8")


def table(found: Sequence[Measured]) -> str:
    """The measured steps as a table of Markdown, and the machine."""
    lines = [
        f"On {os.cpu_count()} cores; time on the cores and memory are those of all processes.",
        "",
        "| files | step | seconds | on the cores | ms a file | one process | all together | hits |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    return "\n".join([*lines, *(f"| {one.files:,} | {STEPS[one.step]} | {_cells(one)} |" for one in found), ""])


def _cells(one: Measured) -> str:
    asked = one.hits + one.misses
    hits = f"{100 * one.hits / asked:.1f} %" if one.step == "remote" and asked else ""
    times = f"{one.seconds:,.1f} | {one.cpu_seconds:,.1f} | {one.cpu_milliseconds_each:.2f}"
    return f"{times} | {one.peak_bytes / 1e6:,.0f} MB | {one.together_bytes / 1e6:,.0f} MB | {hits}".rstrip()


def _line(one: Measured) -> str:
    return f"{_cells(one)} {one.hits}/{one.misses}"


def panels(found: Sequence[Measured]) -> list[Panel]:
    """A chart for each step of the time on the cores a file, and one of the memory."""
    each: list[Panel] = [
        _panel(found, step, "ms on the cores, a file", lambda one: one.cpu_milliseconds_each, "{:.2f} ms")
        for step in STEPS
        if any(one.step == step for one in found)
    ]
    memory = _panel(
        found, "cold", "memory of all processes together", lambda one: one.together_bytes / 1e6, "{:,.0f} MB"
    )
    return [*each, memory]


def _panel(found: Sequence[Measured], step: str, note: str, value: Callable[[Measured], float], form: str) -> Panel:
    shown = [one for one in found if one.step == step]
    bars = [Bar(f"{one.files:,} files", value(one), form.format(value(one)), is_ours=True) for one in shown]
    return Panel(STEPS[step].replace("`", ""), note, bars)


if __name__ == "__main__":
    main()
