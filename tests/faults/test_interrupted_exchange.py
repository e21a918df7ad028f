"""A build of many small sources, whose workers are busy with messages, ends at any signal."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import environment
from tests.conftest import PATIENCE_SECONDS, Tree, wait_for, write_tree
from tests.faults.interpreter import is_of_interpreter

pytestmark = pytest.mark.thorough

MOMENTS = 8  # for each signal, one in each eighth of a build: by turns to the process, and to its group
EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
SITE: Tree = {
    "buildassets.toml": "compress = []\n",
    **{
        f"assets/{name}.css": "".join(f".{name}{number:06} {{ color : red }}\n" for number in range(36_000))
        for name in ("one", "two")
    },
    **{f"assets/s{number}.css": f".s{number:04} {{ color : red }}".ljust(40) for number in range(1200)},
}


def start(site: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "buildassets", "build", "--no-cache", "--jobs", "4"]
    return subprocess.Popen(
        command,
        cwd=site,
        env=environment(BUILDASSETS_NATIVE="0"),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def in_session(leader: int) -> Iterator[int]:
    """List the processes that are left in the session of `leader`."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path("/proc", name, "stat").read_text().rpartition(") ")[2].split(" ")
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            yield int(name)


def faults(site: Path, number: signal.Signals, *, to_group: bool, after_seconds: float) -> Iterator[str]:
    """List the faults in how a build ends that gets the signal so many seconds after its start."""
    child = start(site)
    time.sleep(after_seconds)
    if child.poll() is None:
        (os.killpg if to_group else os.kill)(child.pid, number)
    try:
        _, printed = child.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        yield "it does not end"
        return
    # Before our code is reached the signal ends the interpreter in its own ways.
    if child.returncode not in (0, EXIT_CODES[number], -number) and not is_of_interpreter(printed):
        yield f"it exits with {child.returncode}: {printed}"
    if child.returncode == EXIT_CODES[number] and "error" in printed:
        yield f"it prints {printed}"
    try:
        wait_for(lambda: not any(in_session(child.pid)))
    except AssertionError:
        yield f"it leaves {[*in_session(child.pid)]}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_build_of_many_small_sources_ends_at_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    site = write_tree(tmp_path, SITE)
    began = time.monotonic()
    _, printed = start(site).communicate(timeout=PATIENCE_SECONDS)
    longest_seconds = time.monotonic() - began
    assert printed.startswith("built 1202 assets")
    moments = random.Random(int(number))
    found = []
    for moment in range(MOMENTS):
        seconds = (moment + moments.random()) * longest_seconds / MOMENTS
        left = faults(site, number, to_group=moment % 2 == 1, after_seconds=seconds)
        found += [f"{seconds:.3f} s: {fault}" for fault in left]
    assert not found, "\n".join(found)
