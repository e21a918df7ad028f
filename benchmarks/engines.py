"""Time, memory and output size of each engine over the same real files: `python -m benchmarks.engines --help`."""

import argparse
import gzip
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter
from typing import Final

from benchmarks.installed import HERE, corpus
from benchmarks.measure import descendants, high_water_bytes

# The engines of each kind, the default one first: it is what the others are compared with.
ENGINES: Final = {
    "scss": ("dart-sass", "libsass"),
    "css": ("builtin", "lightningcss"),
    "js": ("rjsmin", "esbuild"),
}
# What is compiled or minified, below the packages of tests/corpus. What is published minified is left out.
PATTERNS: Final = {
    "scss": ("bootstrap/scss/bootstrap*.scss", "bootstrap4/scss/bootstrap*.scss"),
    "css": ("**/*.css",),
    "js": (
        "@hotwired/turbo/dist/*.js",
        "alpinejs/dist/*.js",
        "bootstrap/dist/js/*.js",
        "chart.js/dist/*.js",
        "d3/dist/*.js",
        "htmx.org/dist/*.js",
        "jquery/dist/*.js",
        "leaflet/dist/*.js",
        "lodash-es/*.js",
        "lodash/lodash.js",
        "three/build/*js",
        "three/examples/jsm/**/*.js",
        "vue/dist/*.js",
    ),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One run over all files of a kind, in one thread.

    `seconds` are from the start of the engine to its last result, `cpu_seconds` those of all its processes to their
    end. `peak_bytes` is the resident memory, at its highest, of the Python process and of those that the engine
    started, added up. `warned` are the files that another engine had to minify.
    """

    version: str
    files: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    before_bytes: int
    after_bytes: int
    gzip_bytes: int
    brotli_bytes: int
    warned: int


def main() -> None:
    """Measure and print the table."""
    options = _parser().parse_args()
    if options.run:
        print(json.dumps(asdict(measure(*options.run))))
        return
    packages = str(corpus())
    names = [(kind, engine) for kind, engines in ENGINES.items() for engine in engines]
    runs: dict[str, list[Measured]] = {engine: [] for _, engine in names}
    for _ in range(options.repeat):
        for kind, engine in names:
            runs[engine].append(_measured_apart(kind, engine, packages))
    text = "\n".join(_report(runs, options.repeat)) + "\n"
    print(text)
    if options.output:
        options.output.write_text(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare the engines over real files.")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="runs of each engine (default: 5)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="also write the Markdown table there")
    parser.add_argument("--run", nargs=3, metavar=("KIND", "ENGINE", "PACKAGES"), help=argparse.SUPPRESS)
    return parser


def _measured_apart(kind: str, engine: str, packages: str) -> Measured:
    """The same from a process of its own, so that no engine finds what another one left in memory."""
    command = [sys.executable, "-m", "benchmarks.engines", "--run", kind, engine, packages]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE.parent)
    return Measured(**json.loads(done.stdout))


def measure(kind: str, name: str, packages: str) -> Measured:
    """Run the engine `name` over the files of its kind, each once."""
    from buildassets.compiler.engines.protocol import EngineInput, EngineOptions
    from buildassets.compiler.engines.registry import start_engine

    given = [EngineInput(path.read_text("utf-8"), str(path), path.name) for path in _files(kind, Path(packages))]
    before_bytes = sum(len(one.text.encode()) for one in given)
    texts = []
    warned = 0
    started, cpu_started = perf_counter(), _cpu_seconds()
    with closing(start_engine(name, EngineOptions(packages, os.path.basename, (packages,)))) as engine:
        version = engine.version
        for one in given:
            result = engine.run(one)
            if any(found.is_error for found in result.diagnostics):
                sys.exit(f"{name} fails on {one.path}: {result.diagnostics}")
            texts.append(result.text.encode())
            warned += any(found.code.endswith(("/refused", "/unproven")) for found in result.diagnostics)
        seconds = perf_counter() - started
        peak_bytes = _peak_bytes()
    cpu_seconds = _cpu_seconds() - cpu_started
    sizes = {
        "after_bytes": sum(map(len, texts)),
        "gzip_bytes": sum(len(gzip.compress(text, 9)) for text in texts),
        "brotli_bytes": sum(map(_brotli_bytes, texts)),
    }
    return Measured(version, len(given), seconds, cpu_seconds, peak_bytes, before_bytes, warned=warned, **sizes)


def _cpu_seconds() -> float:
    """What this process and those that it has ended took so far."""
    usages = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _files(kind: str, packages: Path) -> list[Path]:
    found = {path for pattern in PATTERNS[kind] for path in packages.glob(pattern)}
    return sorted(path for path in found if path.is_file() and ".min." not in path.name)


def _brotli_bytes(text: bytes) -> int:
    import brotli

    return len(brotli.compress(text, quality=9))  # type: ignore[no-untyped-call, unused-ignore]


def _peak_bytes() -> int:
    """The most that this process had, and those that it started: the ones at work, or else the largest that was."""
    at_work = sum(high_water_bytes(pid) for pid in descendants(os.getpid()))
    ended = getrusage(RUSAGE_CHILDREN).ru_maxrss * 1024
    return high_water_bytes(os.getpid()) + max(at_work, ended)


def _report(runs: Mapping[str, Sequence[Measured]], repeat: int) -> Iterator[str]:
    yield f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; medians of {repeat} runs."
    yield ""
    yield "| engine | files | seconds | CPU seconds | MB | output | gzip | brotli | by the default one |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for engines in ENGINES.values():
        default = runs[engines[0]]
        for engine in engines:
            yield _row(runs[engine], default)


def _row(runs: Sequence[Measured], default: Sequence[Measured]) -> str:
    one, other = runs[0], default[0]
    times = [
        (median(getattr(run, name) for run in runs), median(getattr(run, name) for run in default))
        for name in ("seconds", "cpu_seconds")
    ]
    cells = (
        f"`{one.version}`",
        str(one.files),
        *(f"{seconds:.2f} (x {seconds / other_seconds:.2f})" for seconds, other_seconds in times),
        f"{median(run.peak_bytes for run in runs) / 1e6:.0f}",
        *(
            f"{getattr(one, size):,} (x {getattr(one, size) / getattr(other, size):.3f})"
            for size in ("after_bytes", "gzip_bytes", "brotli_bytes")
        ),
        str(one.warned) if runs is not default else "",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
