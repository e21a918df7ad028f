"""A build that is interrupted at any moment leaves a whole release, no process and no litter."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from buildassets.release.verify.verify import verified
from tests.cli.processes import is_gone
from tests.command import environment
from tests.conftest import PATIENCE_SECONDS, Tree, wait_for, write_tree
from tests.faults.interpreter import is_of_interpreter

pytestmark = pytest.mark.thorough

EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
SCRIPT = "".join(f"function f{number}(value) {{ return value + {number}; }}\n" for number in range(17_000))
SITE: Tree = {
    "buildassets.toml": "compress = { gzip = 1 }\n",
    "assets/css/_theme.scss": "$edge: 1px;\n",
    "assets/img/a.svg": "<svg/>",
}
LARGE: Tree = {
    f"assets/js/{name}.js": SCRIPT for name in ("one", "two")
}  # enough for two workers, with the lexers in Python
STATES: tuple[Tree, ...] = tuple(
    {
        f"assets/css/{name}.scss": f"@use 'theme' as *;a {{ top: $edge; left:{left}px; background: url(../img/a.svg) }}"
        for name in ("app", "page")
    }
    for left in (1, 2)
)


class Site:
    """A project whose sources go from one state to the other and back, and its release."""

    def __init__(self, folder: Path, more: Tree, *options: str) -> None:
        self.folder = write_tree(folder, {**SITE, **more})
        self._command = [sys.executable, "-m", "buildassets", "build", *options]
        self.manifests: list[bytes] = []
        for state in (1, 0):
            started = time.monotonic()
            self.build(state)
            self.seconds = time.monotonic() - started
            self.manifests.insert(0, self.manifest())

    def manifest(self) -> bytes:
        return (self.folder / "build/manifest.json").read_bytes()

    def start(self, state: int) -> "subprocess.Popen[str]":
        write_tree(self.folder, STATES[state])
        return subprocess.Popen(
            self._command,
            cwd=self.folder,
            env=environment(BUILDASSETS_NATIVE="0"),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def build(self, state: int) -> None:
        child = self.start(state)
        _, printed = child.communicate(timeout=PATIENCE_SECONDS)
        assert child.returncode == 0, printed

    def faults(self, state: int, number: signal.Signals, after_seconds: float) -> Iterator[str]:
        """List the faults of a build that gets that signal, and of what it leaves to the next one."""
        child = self.start(state)
        time.sleep(after_seconds)
        # A terminal sends it to the whole group, others to one process.
        (os.killpg if number == signal.SIGINT else os.kill)(child.pid, number)
        _, printed = child.communicate(timeout=PATIENCE_SECONDS)
        wait_for(lambda: is_gone(child.pid))
        # `python -m` exits with 1 where the signal comes before it has loaded `runpy`.
        if _code(child.returncode) not in (0, EXIT_CODES[number]) and not is_of_interpreter(printed):
            yield f"it exits with {child.returncode}: {printed}"
        # One that was done when the signal came has printed what it did.
        if child.returncode and printed.strip() and not printed.startswith("built ") and not is_of_interpreter(printed):
            yield f"it prints {printed}"
        yield from self._faults_of_release(state, has_succeeded=child.returncode == 0)
        self.build(state)
        if self.manifest() != self.manifests[state]:
            yield "the next build gives another release"
        yield from (f"litter: {path}" for path in (self.folder / "build").glob(".new-*"))

    def _faults_of_release(self, state: int, *, has_succeeded: bool) -> Iterator[str]:
        report = verified(str(self.folder / "build"), "build").report
        if report.missing or report.changed:
            yield f"torn: {report}"
        if self.manifest() not in (self.manifests[state:][:1] if has_succeeded else self.manifests):
            yield "another release"


def _code(status: int) -> int:
    """The exit code as a shell has it, also where the interpreter had not come to our code and the signal killed it."""
    return 128 - status if status < 0 else status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_build_leaves_a_whole_release(tmp_path: Path, number: signal.Signals) -> None:
    assert_safe(Site(tmp_path, {}, "--jobs", "1"), number, 6)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_build_ends_its_workers(tmp_path: Path, number: signal.Signals) -> None:
    assert_safe(Site(tmp_path, LARGE, "--jobs", "4", "--no-cache"), number, 3)


def assert_safe(site: Site, number: signal.Signals, signals: int) -> None:
    """Check that builds which get so many signals, each at another moment, leave what they should."""
    moments = random.Random(int(number))
    found = []
    for turn in range(1, signals + 1):
        seconds = moments.uniform(0, 1.1 * site.seconds)
        found += [f"{seconds:.3f} s: {fault}" for fault in site.faults(turn % 2, number, seconds)]
    assert not found, "\n".join(found)
