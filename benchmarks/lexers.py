"""How fast texts are read, natively and in Python, over real files: `python -m benchmarks.lexers --help`."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Final

from benchmarks.engines import PATTERNS
from benchmarks.installed import HERE, corpus

IMPLEMENTATIONS: Final = {"native": "require", "python": "0"}  # and what BUILDASSETS_NATIVE is for each
Read = Callable[[], object]


def main() -> None:
    """Measure and print the table."""
    options = _parser().parse_args()
    if options.run:
        print(json.dumps(measured(Path(options.run))))
        return
    packages = str(corpus())
    runs: dict[str, list[Mapping[str, float]]] = {name: [] for name in IMPLEMENTATIONS}
    for _ in range(options.repeat):
        for name, switch in IMPLEMENTATIONS.items():
            runs[name].append(_measured_apart(switch, packages))
    print("\n".join(_report(runs)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare the lexers in Rust with those in Python, on one core.")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="runs of each (default: 5)")
    parser.add_argument("--run", metavar="PACKAGES", help=argparse.SUPPRESS)
    return parser


def _measured_apart(switch: str, packages: str) -> Mapping[str, float]:
    command = [sys.executable, "-m", "benchmarks.lexers", "--run", packages]
    environment = {**os.environ, "BUILDASSETS_NATIVE": switch}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=HERE.parent, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _report(runs: Mapping[str, Sequence[Mapping[str, float]]]) -> list[str]:
    lines = ["| MB a second of CPU time | " + " | ".join(runs) + " |", "|---" + "|--:" * len(runs) + "|"]
    for work in next(iter(runs.values()))[0]:
        speeds = (f"{median(run[work] for run in each):.0f}" for each in runs.values())
        lines.append(f"| {work} | " + " | ".join(speeds) + " |")
    return lines


def measured(packages: Path) -> dict[str, float]:
    """For each work the megabytes of source that it takes in a second."""
    scripts, sheets = (texts(packages, kind) for kind in ("js", "css"))
    return {**_of_scripts(scripts), **_of_sheets(sheets)}


def texts(packages: Path, kind: str) -> list[str]:
    """The files of a kind that engines are compared with."""
    paths = {path for pattern in PATTERNS[kind] for path in packages.glob(pattern)}
    return [path.read_text("utf-8") for path in sorted(paths) if path.is_file() and ".min." not in path.name]


def _of_scripts(sources: Sequence[str]) -> dict[str, float]:
    import rjsmin

    from buildassets.compiler.engines.protocol import EngineInput
    from buildassets.compiler.engines.rjsmin import RjsminEngine
    from buildassets.compiler.languages.javascript import references, scopes
    from buildassets.compiler.languages.javascript.minify import ProvenScript

    minified = [str(rjsmin.jsmin(text, keep_bang_comments=True)) for text in sources]
    pairs = [*zip(sources, minified, strict=True)]
    engine = RjsminEngine()
    return {
        "references of scripts": speed(sources, [partial(references.scan, text) for text in sources]),
        "proof of minified scripts": speed(sources, [partial(_proven, ProvenScript, *pair) for pair in pairs]),
        "scripts minified and proven": speed(
            sources, [partial(engine.run, EngineInput(text, "/a.js", "a.js")) for text in sources]
        ),
        "outline of scripts, to join them": speed(sources, [partial(scopes.read_script, text) for text in sources]),
    }


def _proven(source: Callable[..., object], text: str, minified: str) -> object:
    return source(text, None).compared(minified)  # type: ignore[attr-defined]  # a class that is imported late


def _of_sheets(sources: Sequence[str]) -> dict[str, float]:
    from buildassets.compiler.engines.protocol import EngineInput
    from buildassets.compiler.engines.sheets import SheetEngine
    from buildassets.compiler.languages.css import join, references
    from buildassets.compiler.languages.css.proof import ProvenSheet

    engine = SheetEngine()
    return {
        "references of sheets": speed(sources, [partial(references.scan, text) for text in sources]),
        "essence of sheets": speed(sources, [partial(ProvenSheet, text) for text in sources]),
        "sheets minified and proven": speed(
            sources, [partial(engine.run, EngineInput(text, "/a.css", "a.css")) for text in sources]
        ),
        "outline of sheets, to join them": speed(sources, [partial(join.is_closed, text) for text in sources]),
    }


def speed(sources: Sequence[str], reads: Sequence[Read]) -> float:
    """Megabytes in a second of this process, after the patterns are compiled and the library is loaded."""
    for read in reads[:5]:
        read()
    started = process_time()
    for read in reads:
        read()
    return sum(len(text.encode()) for text in sources) / (process_time() - started) / 1e6


if __name__ == "__main__":
    main()
