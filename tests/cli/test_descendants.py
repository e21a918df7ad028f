"""The descendants of a command, by the system's list of processes."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from buildassets.cli.watching.descendants import Descendant, descendants, running, send
from tests.conftest import wait_for

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc")


@pytest.fixture
def shell() -> Iterator["subprocess.Popen[bytes]"]:
    """A shell that has started one process, and this another one."""
    with subprocess.Popen(["sh", "-c", "sh -c 'sleep 600; true'; true"], start_new_session=True) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_descendants_are_found_and_ended(shell: "subprocess.Popen[bytes]") -> None:
    wait_for(lambda: len(descendants(shell.pid)) == 2)
    found = descendants(shell.pid)
    assert running(found) == found
    send(found, signal.SIGTERM)
    wait_for(lambda: not running(found))


def test_reused_process_id_is_left_alone() -> None:
    assert running([Descendant(os.getpid(), "1")]) == []
    send([Descendant(os.getpid(), "1")], signal.SIGKILL)


def test_a_daemon_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as daemon:
        try:
            assert daemon.pid not in [one.number for one in descendants(os.getpid())]
        finally:
            daemon.kill()


def test_ended_process_has_no_descendants() -> None:
    assert descendants(2**22 + 1) == []
