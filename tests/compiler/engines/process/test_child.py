"""Real programs that behave badly: waiting for them has an end, and none outlives the process that started it."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from buildassets.compiler.engines.esbuild.command import EsbuildCommand
from buildassets.compiler.engines.esbuild.process import EsbuildProcess
from buildassets.compiler.engines.failures import DiedError
from buildassets.compiler.engines.process import child
from buildassets.compiler.engines.process.child import (
    ClosedError,
    Processes,
    PythonProcess,
    SharedProcesses,
    SocketProcess,
)
from buildassets.compiler.engines.sass.dart_process import SassProcess
from buildassets.programs.start import Permitted
from tests.conftest import PATIENCE_SECONDS

LONG = "import time; time.sleep(600)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); {LONG}"
# Fills what is between us before it reads anything.
TALKATIVE = """
import os
os.write(1, bytes(5_000_000))
left = 5_000_000
while left:
    left -= len(os.read(0, left))
print("done", flush=True)
"""
GRACE_SECONDS = 0.05  # for a process that hears no signal


@pytest.fixture(params=["read from a socket", "relayed"])
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, where sockets can be shared, programs cannot read from them."""
    if request.param == "relayed":
        monkeypatch.setattr(socket.socket, "share", None, raising=False)


@pytest.fixture
def _little_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has little time to exit after it has closed its output."""
    monkeypatch.setattr(child, "_LAST_SECONDS", GRACE_SECONDS)


def program(text: str) -> SocketProcess:
    return SocketProcess(
        Permitted(
            (
                sys.executable,
                "-c",
                text,
            )
        )
    )


@pytest.fixture
def processes() -> Iterator["Processes[SocketProcess]"]:
    """Processes that are closed after the test."""
    with closing(Processes[SocketProcess]()) as made:
        yield made


def test_nothing_is_started_once_closing_has_begun(processes: "Processes[SocketProcess]") -> None:
    processes.close()
    with pytest.raises(ClosedError):
        processes.take(lambda: pytest.fail("it is started"))


def test_process_that_starts_while_closing_begins_is_ended(processes: "Processes[SocketProcess]") -> None:
    has_begun, may_go_on = Event(), Event()
    started: list[SocketProcess] = []

    def start() -> SocketProcess:
        has_begun.set()
        assert may_go_on.wait(PATIENCE_SECONDS)
        started.append(program(LONG))
        return started[0]

    taking = Thread(target=processes.take, args=(start,))
    taking.start()
    assert has_begun.wait(PATIENCE_SECONDS)
    closing_ = Thread(target=processes.close)
    closing_.start()
    may_go_on.set()
    for thread in (taking, closing_):
        thread.join(PATIENCE_SECONDS)
    started[0]._process.wait(PATIENCE_SECONDS)
    started[0].end()


def test_a_process_that_is_lent_outlives_its_first_engine() -> None:
    with closing(SharedProcesses()) as shared:
        first, second, other = (shared.lent(kind) for kind in ("a", "a", "b"))
        process = first.take(lambda: program(LONG))
        first.give_back(process)
        first.close()
        assert second.take(lambda: pytest.fail("another one is started")) is process
        second.give_back(process)
        other.give_back(other.take(lambda: program(LONG)))
    assert process.has_ended
    with pytest.raises(ClosedError):
        other.take(lambda: pytest.fail("another one is started"))


def test_process_that_is_given_back_after_close_is_ended(processes: "Processes[SocketProcess]") -> None:
    process = processes.take(lambda: program(DEAF))
    process.channel.receive()  # it hears no signal by now
    processes.close(GRACE_SECONDS)
    processes.give_back(process)
    assert process.has_ended
    assert not processes.waiting


@pytest.mark.usefixtures("_both_ways")
@pytest.mark.parametrize("is_waiting", [False, True])
def test_process_that_ignores_signals_is_ended_by_force(
    processes: "Processes[SocketProcess]", is_waiting: bool
) -> None:
    process = processes.take(lambda: program(DEAF))
    process.channel.receive()
    if is_waiting:
        processes.give_back(process)
    processes.close(GRACE_SECONDS)
    process._process.wait(PATIENCE_SECONDS)
    if not is_waiting:
        process.end()


@pytest.mark.usefixtures("_both_ways", "_little_grace")
def test_a_program_that_closes_its_output_and_goes_on_is_ended() -> None:
    process = program(f"import os; os.close(0); os.close(1); {LONG}")
    with pytest.raises(ConnectionError):
        process.channel.receive()
    assert process.how_it_ended() == "it closed its output"
    process.end()


@pytest.mark.usefixtures("_both_ways")
def test_program_that_reads_only_after_all_of_its_output_is_answered() -> None:
    process = program(TALKATIVE)
    process.channel.send(bytes(5_000_000), time.monotonic() + PATIENCE_SECONDS)
    while not process.channel.received.endswith(b"done\n"):
        process.channel.receive(time.monotonic() + PATIENCE_SECONDS)
    process.end()


@pytest.mark.usefixtures("_both_ways")
def test_program_gets_the_environment_and_defaults_for_missing_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "kept")
    monkeypatch.delenv("THEIRS", raising=False)
    text = "import os; os.write(1, (os.environ['OURS'] + ' ' + os.environ['THEIRS'] + '.').encode())"
    process = SocketProcess(
        Permitted(
            (
                sys.executable,
                "-c",
                text,
            )
        ),
        defaults={"OURS": "a default", "THEIRS": "a default"},
    )
    while not process.channel.received.endswith(b"."):
        process.channel.receive(time.monotonic() + PATIENCE_SECONDS)
    process.end()
    assert process.channel.received == b"kept a default."


def executable(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(0o755)
    return str(path)


Work = Callable[[float], object]


def started_sass(path: str) -> tuple[SassProcess, Work]:
    process = SassProcess(Permitted((path,)))

    def work(seconds: float) -> None:
        process.begin(bytes(3_000_000), seconds)
        list(process.messages(seconds, lambda _: b""))

    return process, work


def started_esbuild(path: str) -> tuple[EsbuildProcess, Work]:
    process = EsbuildProcess(EsbuildCommand(Permitted((path,)), "0.28.0", "PATH"))
    return process, lambda seconds: process.transform("a" * 3_000_000, (), seconds)


@pytest.mark.usefixtures("_both_ways", "_little_grace")
@pytest.mark.parametrize("start", [started_sass, started_esbuild])
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (LONG, 0.1),
        ("import os\nwhile True: os.read(0, 100_000)", 0.1),
        ("import os, time\nwhile True: os.write(1, b'\\xff'); time.sleep(0.01)", 0.1),
        ("import os\nwhile True: os.write(1, b'\\xff\\xff\\xff\\x7f' * 1000)", 0.1),
        (f"import os; os.close(0); os.close(1); {LONG}", PATIENCE_SECONDS),
        ("import os; os.close(0); os.write(1, bytes(100)); os._exit(3)", PATIENCE_SECONDS),
    ],
)
def test_a_compiler_that_misbehaves_is_given_up(
    tmp_path: Path, start: Callable[[str], tuple[SocketProcess, Work]], text: str, seconds: float
) -> None:
    process, work = start(executable(tmp_path / "compiler", text))
    with pytest.raises(DiedError if seconds == PATIENCE_SECONDS else (DiedError, TimeoutError)):
        work(seconds)
    process.end()
    assert process.has_ended


def test_answer_that_breaks_the_protocol_ends_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ("import os, pickle", "def main(end):")
    sends = "    end.sendall(len(answer).to_bytes(8, 'big') + answer)"
    (tmp_path / "planted.py").write_text("\n".join((*lines, "    answer = pickle.dumps(os.system)", sends)))
    monkeypatch.syspath_prepend(tmp_path)
    process = PythonProcess("planted")
    with pytest.raises(DiedError, match=r"its answer breaks our protocol: it holds a `posix\.system`"):
        process.receive(PATIENCE_SECONDS)
    process.end()


STARTER = f"""
import sys, time
from buildassets.compiler.engines.process.child import SocketProcess
from buildassets.programs.start import Permitted
started = SocketProcess(Permitted((sys.executable, "-c", {LONG!r},)))
print(started._process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux ends it")
def test_process_that_does_not_read_its_input_ends_with_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        started = os.pidfd_open(int(starter.stdout.readline()))
        try:
            assert select.select([started], [], [], 0)[0] == []
            starter.send_signal(signal.SIGKILL)
            assert select.select([started], [], [], 60)[0] == [started]
        finally:
            os.close(started)


def test_a_process_that_cannot_be_started_leaves_no_descriptor(tmp_path: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with pytest.raises(OSError, match="No such file"):
            SocketProcess(Permitted((str(tmp_path / "none"),)))
    assert len(os.listdir("/dev/fd")) <= before  # those of an earlier test may go meanwhile
