"""Workers and whoever sends them sources never wait for each other, however many and small the messages are."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import environment, run
from tests.conftest import Tree, read_tree, write_tree

pytestmark = pytest.mark.thorough

LIMIT_SECONDS = 240  # of CPU time the slowest takes 10 s

# Prints how many drafts there are, and whether so many threads get the same as one.
DRAFTS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from buildassets import load_config
from buildassets.compiler.transform.scheduler import drafting
from buildassets.compiler.transform.engine_set import RunningEngines
from buildassets.compiler.sources.discover import discover

config = load_config()
sources = discover(config, {}).sources

def drafts(jobs):
    with closing(RunningEngines()) as running, ThreadPoolExecutor(jobs) as executor:
        engines = running.started(config, "production")
        given = executor if jobs > 1 else None
        with drafting(engines, config, mode="production", executor=given, cache=None, bytes_per_worker=1) as drafts_of:
            return {draft.source.logical: draft for draft in drafts_of(sources)}

alone = drafts(1)
print(len(alone), *(drafts(int(jobs)) == alone for jobs in sys.argv[1:]))
"""
LARGE: Tree = {
    f"assets/{name}.css": "".join(f".{name}{number:06} {{ color : red }}\n" for number in range(36_000))
    for name in ("one", "two")
}


def drafted(folder: Path, files: Tree, *jobs: int) -> str:
    """Return the output of the program above for `files`."""
    write_tree(folder, {"buildassets.toml": "compress = []\n", **files})
    done = subprocess.run(
        [sys.executable, "-c", DRAFTS, *map(str, jobs)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert not done.stderr, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("suffix", "text", "size_bytes", "count"),
    [
        ("css", "a { color : red }", 20, 1000),
        ("css", ".a { color : red } /* of which nothing stays */", 60, 400),
        ("js", "function f ( a ) { return a ; }", 34, 1000),
    ],
)
def test_many_small_sources_are_drafted(tmp_path: Path, suffix: str, text: str, size_bytes: int, count: int) -> None:
    files = {f"assets/{number}.{suffix}": text.ljust(size_bytes) for number in range(count)}
    assert drafted(tmp_path, files, 2, 4) == f"{count} True True"


def test_tiny_sources_with_large_answers_are_drafted(tmp_path: Path) -> None:
    partial = "@mixin all { " + f".p {{ background: url(data:image/gif;base64,{'A' * 300_000}) }}" + " }"
    files: Tree = {f"assets/{number}.scss": "@import 'p'; @include all;" for number in range(12)}
    assert drafted(tmp_path, {**files, "assets/_p.scss": partial}, 2, 4) == "12 True True"


def test_many_small_sheets_with_two_large_ones_are_built(tmp_path: Path) -> None:
    small = {f"assets/s{number}.css": f".s{number:04} {{ color : red }}".ljust(40) for number in range(400)}
    write_tree(tmp_path, {"buildassets.toml": "compress = []\n", **LARGE, **small})
    for jobs in ("2", "1"):
        done = run(tmp_path, "build", "--no-cache", "--jobs", jobs, "-o", f"build{jobs}")
        assert done.returncode == 0, done.stderr
    assert read_tree(tmp_path / "build2") == read_tree(tmp_path / "build1")
