"""All works of ours and of others on the same files, in one run: `python -m benchmarks --help`."""

import argparse
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from benchmarks import compiling, compressing, fingerprinting, report, requests, serving
from benchmarks.chart import draw
from benchmarks.contest import FAILED, compete
from benchmarks.installed import CACHE, HERE, corpus, install_debian_packages
from benchmarks.results import Section, load, save, section
from benchmarks.site import make_site
from benchmarks.tree import make_tree

WORKS: Final = ("fingerprint", "compile", "compress", "serve", "request")
_SHORT_TABLE: Final = re.compile(r"(<!-- benchmarks -->\n).*?(<!-- /benchmarks -->)", re.DOTALL)


def main() -> None:
    """Measure, keep the results, write the report. Exits 1 where a contender did not do its work."""
    options = _parser().parse_args()
    if options.install:
        install_debian_packages()
    kept = CACHE / "results"
    failed = []
    for measured in _measured(options):
        save(measured, kept)
        failed += _failures(measured)
    _write(load(kept), options.output)
    if failed:
        sys.exit("\n".join(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Compare asset tools on real files.")
    parser.add_argument("--install", action="store_true", help="first install the peers that Debian has (as root)")
    parser.add_argument("--only", nargs="*", choices=WORKS, default=WORKS, metavar="WORK", help=", ".join(WORKS))
    parser.add_argument("--size", nargs="+", type=int, choices=report.SIZES, default=report.SIZES, metavar="FILES")
    parser.add_argument("--repeat", type=_count, default=7, metavar="N", help="runs of each contender (default: 7)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="write the report there instead of into the project")
    parser.add_argument(
        "--scratch", type=_folder, default="/dev/shm", metavar="DIR", help="a folder in memory (default: /dev/shm)"
    )
    return parser


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return number


def _folder(text: str) -> str:
    if not os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"`{text}` is no folder")
    return text


def _measured(options: argparse.Namespace) -> Iterator[Section]:
    """The sections that are asked for, one after the other, each in a folder of its own."""
    packages = corpus()
    for work in options.only:
        for size in options.size if work == "fingerprint" else (_SIZES[work],):
            with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=options.scratch) as scratch:
                print(f"{work}, {size:,} files …" if size else f"{work} …", file=sys.stderr, flush=True)
                yield _MEASURES[work](packages, Path(scratch), size, options.repeat)


def _fingerprint(packages: Path, scratch: Path, size: int, rounds: int) -> Section:
    contest = fingerprinting.contest(make_tree(packages, scratch / "tree", size), size)
    return section(contest, compete(contest, scratch, rounds))


def _compile(packages: Path, scratch: Path, _: int, rounds: int) -> Section:
    contest = compiling.contest(make_site(packages, scratch / "tree"))
    return section(contest, compete(contest, scratch, rounds))


def _compress(packages: Path, scratch: Path, size: int, rounds: int) -> Section:
    contest = compressing.contest(make_tree(packages, scratch / "tree", size))
    return section(contest, compete(contest, scratch, rounds))


def _serve(_packages: Path, _scratch: Path, _size: int, rounds: int) -> Section:
    return serving.measure_costs(rounds)


def _request(packages: Path, scratch: Path, _: int, rounds: int) -> Section:
    return requests.measure(packages, scratch, rounds)


_MEASURES: Final[Mapping[str, Callable[[Path, Path, int, int], Section]]] = {
    "fingerprint": _fingerprint,
    "compile": _compile,
    "compress": _compress,
    "serve": _serve,
    "request": _request,
}
_SIZES: Final = {"compile": 0, "compress": 1650, "serve": 0, "request": 0}


def _failures(measured: Section) -> list[str]:
    """A sentence for each row that failed."""
    return [
        f"{measured.name}, {work}: {row.name} {row.fault}"
        for work, rows in measured.works.items()
        for row in rows
        if row.fault and row.fault.startswith(FAILED)
    ]


def _write(sections: Mapping[str, Section], output: Path | None) -> None:
    """Write the report, the picture and the aims, and, unless they go elsewhere, the short table into the README."""
    folder = output or HERE.parent / "docs/explain"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.md").write_text(report.whole(sections, _machine(sections.values())), "utf-8")
    kept = output or HERE.parent / "build"
    kept.mkdir(exist_ok=True)
    (kept / "aims.md").write_text("\n".join([*report.aims(sections), ""]), "utf-8")
    (folder / "benchmarks.svg").write_text(draw("buildassets and others, timed", report.panels(sections)), "utf-8")
    if output is None:
        rows = [core for core in report.CORE if core.in_readme]
        part = "\n".join([*report.short(sections, rows), "", _machine(report.of_core(sections))])
        readme = HERE.parent / "README.md"
        text = readme.read_text("utf-8")
        readme.write_text(_SHORT_TABLE.sub(lambda found: f"{found[1]}{part}\n{found[2]}", text), "utf-8")


def _machine(sections: Iterable[Section]) -> str:
    """What `sections` were measured on, and whether others were at work there."""
    models = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    system = f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    model = models[0] if models else platform.machine()
    cores = os.cpu_count() or 1
    measured = f"Measured on {cores} cores ({model}) with {memory_gb:.0f} GiB of memory, {system}."
    return f"{measured} {report.busyness(sections, cores)}".rstrip()


if __name__ == "__main__":
    main()
