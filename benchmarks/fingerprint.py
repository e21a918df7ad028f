"""Fingerprinting alone, ours and others', on one tree in one run: `python benchmarks/fingerprint.py --help`."""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median

from contenders import DEBIAN_PACKAGES, HERE, OURS, Command, Contender, MissingError, Place, contenders
from measure import FailedRunError, Run, count_files, rewritten_kinds, run
from tree import Tree, make_tree


@dataclass(slots=True)
class Result:
    """What is known of a contender after all rounds; `fault` says why it has no runs."""

    version: str = ""
    runs: list[Run] = field(default_factory=list)
    files: int = 0
    rewritten: Sequence[str] = ()
    fault: str | None = None

    @property
    def seconds(self) -> float:
        return median(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        return median(run.cpu_seconds for run in self.runs)

    @property
    def peak_bytes(self) -> float:
        return median(run.peak_bytes for run in self.runs)


def main() -> None:
    """Measure and print the table."""
    options = _parser().parse_args()
    if options.install:
        subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", *DEBIAN_PACKAGES], check=True)
    with tempfile.TemporaryDirectory(prefix="fingerprint-", dir=options.scratch) as scratch:
        tree = make_tree(_packages(), Path(scratch, "tree"))
        competing = contenders(options.propshaft)
        results = compete(competing, tree, Path(scratch), options.repeat)
    text = "\n".join(report(competing, results, tree, options.repeat)) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare how fast asset tools fingerprint a tree of real files.")
    parser.add_argument("--repeat", type=int, default=7, metavar="N", help="runs of each contender (default: 7)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="also write the Markdown table there")
    parser.add_argument("--propshaft", type=Path, metavar="DIR", help="a checkout of Propshaft")
    parser.add_argument("--scratch", default="/dev/shm", metavar="DIR", help="a folder in memory (default: /dev/shm)")
    parser.add_argument("--install", action="store_true", help="first install the Debian packages (as root)")
    return parser


def _packages() -> Path:
    """The packages of tests/corpus, from a process of its own, so that this one stays small."""
    ask = "from tests.corpus.packages import node_modules; print(node_modules())"
    answer = subprocess.run([sys.executable, "-c", ask], cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=True)
    return Path(answer.stdout.strip())


def compete(competing: Sequence[Contender], tree: Tree, scratch: Path, rounds: int) -> Mapping[Contender, Result]:
    """Run all contenders in turn, `rounds` times after one round that only warms up."""
    commands: dict[Contender, Command] = {}
    results = {contender: Result() for contender in competing}
    for contender, result in results.items():
        place = Place(tree, scratch / "output", Path(tempfile.mkdtemp(dir=scratch)))
        try:
            commands[contender] = contender.prepare(place)
            result.version = commands[contender].version
        except MissingError as reason:
            result.fault = f"not run: {reason}"
    for number in range(rounds + 1):
        for contender, command in commands.items():
            result = results[contender]
            is_due = number == 1 if contender.is_slow else True
            if is_due and result.fault is None:
                _take_turn(command, result, scratch / "output", is_counted=number > 0)
    return results


def _take_turn(command: Command, result: Result, output: Path, is_counted: bool) -> None:
    """One run into an output folder that is not there yet, looked at and then removed."""
    try:
        measured = run(command.arguments)
        result.files = count_files(output)
        result.rewritten = rewritten_kinds(output)
        if is_counted:
            result.runs.append(measured)
    except FailedRunError as reason:
        result.fault = f"failed: {reason}"
    finally:
        shutil.rmtree(output, ignore_errors=True)


def report(
    competing: Sequence[Contender], results: Mapping[Contender, Result], tree: Tree, rounds: int
) -> Iterator[str]:
    """The lines of a Markdown text: what was measured on what, and a row for each contender."""
    ours = next(result for contender, result in results.items() if contender.name == OURS)
    unit = ours.seconds if ours.runs else None
    floor_bytes = getrusage(RUSAGE_SELF).ru_maxrss * 1024
    yield f"{len(tree.files):,} files of {tree.size_bytes / 1e6:.1f} MB, read from and written to memory;"
    yield f"medians of {rounds} runs taken in turn; {os.cpu_count()} cores ({platform.machine()})."
    yield ""
    yield "| | version | seconds | ÷ ours | CPU seconds | MB | files | rewrites | leaves out |"
    yield "|---|---|--:|--:|--:|--:|--:|---|---|"
    for contender in competing:
        result = results[contender]
        cells = [contender.name, result.version, *_figures(result, unit, floor_bytes), contender.leaves_out]
        yield f"| {' | '.join(cells)} |"


def _figures(result: Result, unit: float | None, floor_bytes: float) -> list[str]:
    """Seconds, ratio, memory, files and kinds of reference as the table shows them."""
    if not result.runs:
        return ["", "", "", "", "", result.fault or ""]
    megabytes = f"{result.peak_bytes / 1e6:.0f}"
    if result.peak_bytes <= floor_bytes:
        megabytes = f"< {floor_bytes / 1e6:.0f}"  # the memory of this process hides it
    ratio = f"{result.seconds / unit:.2f}" if unit else ""
    times = [f"{result.seconds:.2f}", ratio, f"{result.cpu_seconds:.2f}"]
    return [*times, megabytes, str(result.files), ", ".join(result.rewritten) or "none"]


if __name__ == "__main__":
    main()
