"""From which size on a Dask cluster pays: `python -m benchmarks.executor`.

A scheduler and workers run on this machine. As they share its cores with the build, the clock proves nothing; what
counts is how much of the time on the cores is left to the machine that builds.
"""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from benchmarks.installed import corpus
from benchmarks.measure import Command, Run, run
from benchmarks.workspaces import Size, make_workspace

FILES: Final = (20, 200, 2_000)
_SETTINGS: Final = 'load_paths = ["../../shared"]\nmissing = "ignore"\n'  # of modules that are left out
_WORKERS: Final = 2
_PATIENCE_SECONDS: Final = 60
_COUNTED_WORKERS: Final = (4, 16)


def main() -> None:
    """Print a table of Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.executor", description="Measure builds on a cluster.")
    parser.add_argument("--scratch", default="/dev/shm", metavar="DIR", help="a folder in memory (default: /dev/shm)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="executor-", dir=options.scratch) as scratch, _cluster() as name:
        for files in FILES:
            print(row(files, *_runs(Path(scratch) / str(files), files, name)), flush=True)


def row(files: int, here: Run, there: Run, idle: Run) -> str:
    """One size as a row: on the cores of one machine alone, what is left to it with a cluster, and what that gives.

    `idle` is a build with the same cluster that has nothing to do there, but connects: what it takes on the clock is
    waited for in any case.
    """
    moved = max(0.0, here.cpu_seconds - (there.cpu_seconds - idle.cpu_seconds))
    left = there.cpu_seconds
    guesses = (f"{left + moved / workers:.1f}" for workers in _COUNTED_WORKERS)
    return f"| {files:,} | {here.cpu_seconds:.1f} | {left:.1f} | {' | '.join(guesses)} |"


def _runs(folder: Path, files: int, name: str) -> Iterator[Run]:
    make_workspace(corpus(), folder, Size(files, 1), folder)
    project = folder / "sites/site001"
    (project / "buildassets.toml").write_text(_SETTINGS)
    yield run(_build(project, "--jobs", "1"))
    run(_build(project, "--executor", name))  # so that the workers have their engines started
    yield run(_build(project, "--executor", name))
    for asset in (project / "assets").iterdir():
        if asset.is_dir():
            asset.rename(folder / asset.name)
    yield run(_build(project, "--executor", name))


def _build(project: Path, *options: str) -> Command:
    return Command([sys.executable, "-m", "buildassets", "build", "-q", "--no-cache", *options], "", project)


@contextmanager
def _cluster() -> Iterator[str]:
    """The name of a cluster of workers with one thread each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    dask = [sys.executable, "-m", "dask"]
    scheduler = [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = [*dask, "worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    with ExitStack() as stack:
        stack.enter_context(_running(scheduler))
        _wait_for(port)
        for _ in range(_WORKERS):
            stack.enter_context(_running(worker))
        time.sleep(_PATIENCE_SECONDS / 6)  # for them to be there
        yield f"dask://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tempfile.gettempdir())
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


if __name__ == "__main__":
    main()
