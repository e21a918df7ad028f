"""A power cut at any moment leaves, on an ext4 that is mounted again, the old release or the new one, both whole.

What is on the disk at a moment is what the backing file of a loop device holds then: what the file system has not
written yet is not in a copy of it, and the journal is replayed when the copy is mounted.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from buildassets.release.verify.verify import verified
from tests.command import environment, run
from tests.conftest import NOT_SHOWN, find_tool, wait_for, write_tree

pytestmark = pytest.mark.thorough

CUTS = 4
SIZE_BYTES = 32 << 20  # releases of all states, and the journal
WITHOUT_SYNC = """
from buildassets.compiler.write import release_directory
release_directory.sync = lambda folder: None
from buildassets.cli.main import main
main()
"""


class Disk:
    """An ext4 with a project on it, whose sources go from state to state and of which each state is built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.image = folder / "disk"
        with self.image.open("wb") as file:
            file.truncate(SIZE_BYTES)
        subprocess.run([find_tool("mkfs.ext4"), "-q", str(self.image)], check=True)

    def start(self, project: Path, state: int, *python: str) -> "subprocess.Popen[bytes]":
        """A build of the sources in that `state`."""
        write_state(project, state)
        program = python or ("-m", "buildassets")
        return subprocess.Popen([sys.executable, *program, "build", "-q"], cwd=project, env=environment())

    def copy(self) -> Path:
        """Copy the content of the disk at one moment: it is read until two readings are equal."""
        content, again = b"", self.image.read_bytes()
        while content != again:
            content, again = again, self.image.read_bytes()
        copied = self.folder / "copy"
        copied.write_bytes(content)
        return copied

    def expected(self, state: int) -> bytes:
        """The manifest of a release of that `state`, built elsewhere."""
        project = self.folder / f"state {state}"
        if not project.exists():
            write_state(project, state)
            assert run(project, "build").returncode == 0
        return (project / "build/manifest.json").read_bytes()

    def manifest_after_cut(self) -> bytes:
        """Return the manifest in a copy of the disk, as it is now."""
        with mounted(self.copy(), self.folder / "again") as project:
            return manifest_of(project)

    def faults_after_cut(self, state: int) -> Iterator[str]:
        """List the faults of a copy of the disk, while `state` is built or has been."""
        with mounted(self.copy(), self.folder / "again") as project:
            yield from faults_of(project)
            if manifest_of(project) not in (self.expected(state - 1), self.expected(state)):
                yield "a manifest of neither release"
            write_state(project, state)
            done = run(project, "build")
            if done.returncode or manifest_of(project) != self.expected(state):
                yield f"the next build fails: {done.stderr}"
            yield from faults_of(project)
            yield from (f"litter: {path}" for path in (project / "build").glob(".new-*"))


def write_state(project: Path, state: int) -> None:
    """The sources in that state, in which most have other bytes than in any other."""
    blob = random.Random(state).randbytes(20_000)
    files: dict[str, str | bytes] = {f"assets/{number}.bin": blob + bytes([number]) for number in range(40)}
    write_tree(project, {"buildassets.toml": "compress = []\n", "assets/app.css": f"a {{ top: {state}px }}\n", **files})


def manifest_of(project: Path) -> bytes:
    return (project / "build/manifest.json").read_bytes()


def faults_of(project: Path) -> list[str]:
    report = verified(str(project / "build"), "build").report
    return [f"torn: {name}" for name in (*report.missing, *report.changed)]


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    """The file system in `image`, at `folder`. Its journal is written each second: often in the middle of a build.

    Skips where the kernel or a container refuses that: this is a limit of the machine, which lacks no tool.
    """
    if os.geteuid() != 0:
        pytest.skip(f"{NOT_SHOWN}: only root may mount a file system")
    folder.mkdir(exist_ok=True)
    command = [find_tool("mount"), "-o", "loop,commit=1", str(image), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{NOT_SHOWN}: this machine cannot mount an ext4 in a file: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([find_tool("umount"), str(folder)], check=True)


def test_power_cut_leaves_a_whole_release(tmp_path: Path) -> None:
    moments = random.Random(1)
    disk = Disk(tmp_path)
    found: list[str] = []
    with mounted(disk.image, tmp_path / "mounted") as project:
        assert disk.start(project, 0).wait(timeout=60) == 0
        os.sync()
        started = time.monotonic()
        disk.expected(1)
        seconds = time.monotonic() - started
        for state in range(1, CUTS + 1):
            with disk.start(project, state) as building:
                time.sleep(moments.uniform(0, 1.5 * seconds))
                found += disk.faults_after_cut(state)
            assert building.returncode == 0
    assert not found


def test_power_cut_without_a_sync_tears_a_release(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    with mounted(disk.image, tmp_path / "mounted") as project:
        assert disk.start(project, 0).wait(timeout=60) == 0
        os.sync()
        assert disk.start(project, 1, "-c", WITHOUT_SYNC).wait(timeout=60) == 0
        # The journal is on the disk after a second, and what was written to files not yet.
        wait_for(lambda: disk.manifest_after_cut() == disk.expected(1))
        with mounted(disk.copy(), tmp_path / "again") as again:
            assert faults_of(again)
