"""Who waits for a release directory that another process holds."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Timer

import pytest

from buildassets import locks
from tests.command import environment, run
from tests.conftest import write_tree

EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Another process is at work there."""
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("verb", [["build", "--no-cache"], ["verify"]])
def test_who_waits_reports_for_what_and_ends_at_a_signal(
    tmp_path: Path, verb: list[str], number: signal.Signals
) -> None:
    assert run(write_tree(tmp_path, {"assets/a.css": "a { top: 1px }"}), "build").returncode == 0
    command = [sys.executable, "-m", "buildassets", *verb]
    with held(tmp_path / "build"):
        child = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
        assert child.stderr is not None
        assert child.stderr.readline() == "waiting for another program that is at work in `build`\n"
        child.send_signal(number)
        _, printed = child.communicate(timeout=30)
    assert (child.returncode, printed.strip()) == (EXIT_CODES[number], "")


def test_who_waits_goes_on_once_the_other_is_done(tmp_path: Path) -> None:
    assert run(write_tree(tmp_path, {"assets/a.css": "a { top: 1px }"}), "build").returncode == 0
    command = [sys.executable, "-m", "buildassets", "build", "--no-cache"]
    with held(tmp_path / "build"):
        child = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
        assert child.stderr is not None
        assert child.stderr.readline().startswith("waiting ")
    _, printed = child.communicate(timeout=30)
    assert (child.returncode, printed.startswith("built 1 asset")) == (0, True)


class Full(StringIO):
    """A stream that nothing can be written to."""

    def write(self, text: str) -> int:
        raise OSError(28, "no space left on device")


@pytest.mark.parametrize("stream", [None, Full()], ids=["none", "full"])
def test_a_wait_does_not_need_anybody_who_reads_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: StringIO | None
) -> None:
    monkeypatch.setattr(locks, "_SILENT_SECONDS", 0.0)
    monkeypatch.setattr(sys, "stderr", stream)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    Timer(0.3, os.close, (descriptor,)).start()
    with locks.locked(str(tmp_path)):
        pass
