"""Programs that wait for a release directory that another program holds."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path

import pytest

from buildassets.disk import locks
from tests.command import environment, release_site

EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
# The program with a wait that is reported at once, which both signals end, whatever this process does with them.
PROGRAM = """
import signal
from buildassets.disk import locks
locks._SILENT_SECONDS = 0
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
from buildassets.cli.main import main
main()
"""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder` as another program would."""
    with locks.locked(str(folder)):
        yield


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A project with a release."""
    return release_site(tmp_path, {"assets/a.css": "a { top: 1px }"})


def start(site: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.Popen(command, cwd=site, env=environment(), stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("verb", [["build", "--no-cache"], ["verify"]])
def test_waiting_command_reports_the_folder_and_ends_at_a_signal(
    site: Path, verb: list[str], number: signal.Signals
) -> None:
    with held(site / "build"):
        child = start(site, *verb)
        assert child.stderr is not None
        assert child.stderr.readline() == "waiting for another program that is at work in `build`\n"
        child.send_signal(number)
        _, printed = child.communicate(timeout=30)
    assert (child.returncode, printed.strip()) == (EXIT_CODES[number], "")


def test_waiting_build_continues_once_the_lock_is_free(site: Path) -> None:
    with held(site / "build"):
        child = start(site, "build", "--no-cache")
        assert child.stderr is not None
        assert child.stderr.readline().startswith("waiting ")
        assert child.poll() is None
    _, printed = child.communicate(timeout=30)
    assert (child.returncode, printed.startswith("built 1 asset")) == (0, True)


class Full(StringIO):
    """A stream that nothing can be written to."""

    def write(self, text: str) -> int:
        raise OSError(28, "no space left on device")


@pytest.mark.parametrize("stream", [None, Full()], ids=["none", "full"])
def test_wait_needs_no_stream_for_its_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: StringIO | None
) -> None:
    monkeypatch.setattr(locks, "_SILENT_SECONDS", 0.0)
    monkeypatch.setattr(sys, "stderr", stream)
    reported = []
    report = locks._report
    other = ExitStack()
    other.enter_context(locks.locked(str(tmp_path)))

    def report_and_free(folder: str) -> None:
        report(folder)
        reported.append(folder)
        other.close()

    monkeypatch.setattr(locks, "_report", report_and_free)
    with locks.locked(str(tmp_path)):
        assert reported == [str(tmp_path)]
