"""Programs in process groups of their own, and what is left of them: nothing."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from buildassets.compiler.engines.commands.running import Limits, ProcessGroups, ProgramOutcome
from buildassets.compiler.engines.process.child import ClosedError
from buildassets.programs.start import Permitted
from tests.cli.processes import is_running
from tests.conftest import PATIENCE_SECONDS, wait_for

# Starts a process that ignores SIGTERM, keeps our outputs open and writes its number.
WITH_GRANDCHILD = """
import os, pathlib, signal, sys, time
if os.fork():
    while not pathlib.Path("grandchild").exists():
        time.sleep(0.01)
    {then}
else:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pathlib.Path("new").write_text(str(os.getpid()))
    os.rename("new", "grandchild")
    time.sleep(600)
"""


def python(program: str) -> Permitted:
    return Permitted((sys.executable, "-c", program))


def outcome_of(
    program: str, folder: Path, *, seconds: float = PATIENCE_SECONDS, most: int | None = None
) -> ProgramOutcome:
    with open(os.devnull, "rb") as given:
        limits = Limits(seconds, most)
        return ProcessGroups().run(
            python(program),
            str(folder),
            os.environ,
            given.fileno(),
            limits=limits,
        )


def grandchild(folder: Path) -> int:
    return int((folder / "grandchild").read_text())


def test_output_and_exit_code_of_a_program_are_returned(tmp_path: Path) -> None:
    program = "import os, sys; print(os.getcwd()); print('no', file=sys.stderr); sys.exit(3)"
    assert outcome_of(program, tmp_path) == ProgramOutcome(3, f"{tmp_path}\n".encode(), b"no\n")


def test_a_signal_is_a_negative_code(tmp_path: Path) -> None:
    assert outcome_of("import os; os.kill(os.getpid(), 11)", tmp_path).code == -11


def test_process_that_a_program_leaves_is_ended_and_delays_nothing(tmp_path: Path) -> None:
    outcome = outcome_of(WITH_GRANDCHILD.format(then="print('done', flush=True); os._exit(0)"), tmp_path)
    assert (outcome.code, outcome.out) == (0, b"done\n")
    wait_for(lambda: not is_running(grandchild(tmp_path)))


def test_at_its_time_limit_the_whole_group_is_ended(tmp_path: Path) -> None:
    for seconds in (0.3, 3, 30):  # a busy machine may take longer to start both
        assert outcome_of(WITH_GRANDCHILD.format(then="time.sleep(600)"), tmp_path, seconds=seconds).timed_out
        if (tmp_path / "grandchild").exists():
            break
    wait_for(lambda: not is_running(grandchild(tmp_path)))


def test_a_program_that_closes_its_outputs_is_waited_for(tmp_path: Path) -> None:
    program = "import os, pathlib, time; os.close(1); os.close(2); time.sleep(0.3); pathlib.Path('made').touch()"
    assert outcome_of(program, tmp_path).code == 0
    assert (tmp_path / "made").exists()


def test_one_that_prints_more_than_it_may_is_ended(tmp_path: Path) -> None:
    outcome = outcome_of("while True: print('x' * 100_000)", tmp_path, most=1_000_000)
    assert outcome.overflowed
    assert len(outcome.out) == 1_000_000


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_messages_without_end_are_read_and_dropped(tmp_path: Path, stream: str) -> None:
    program = f"import sys\nfor _ in range(300): sys.{stream}.write('x' * 100_000)"
    outcome = outcome_of(program, tmp_path)
    assert (outcome.code, outcome.overflowed) == (0, False)
    assert len(outcome.out + outcome.err) == 1 << 20


def test_a_program_that_is_not_there_raises(tmp_path: Path) -> None:
    with open(os.devnull, "rb") as given, pytest.raises(FileNotFoundError):
        ProcessGroups().run(Permitted(("./none",)), str(tmp_path), {}, given.fileno(), limits=Limits(1))


def test_closing_ends_what_runs_and_starts_nothing_more(tmp_path: Path) -> None:
    groups, outcomes = ProcessGroups(), list[ProgramOutcome]()
    program = python(WITH_GRANDCHILD.format(then="time.sleep(600)"))

    def wait() -> None:
        with open(os.devnull, "rb") as given:
            outcomes.append(
                groups.run(program, str(tmp_path), os.environ, given.fileno(), limits=Limits(PATIENCE_SECONDS))
            )

    thread = Thread(target=wait)
    thread.start()
    wait_for((tmp_path / "grandchild").exists)
    groups.close()
    thread.join(PATIENCE_SECONDS)
    assert [outcome.code for outcome in outcomes] == [-9]
    wait_for(lambda: not is_running(grandchild(tmp_path)))
    with open(os.devnull, "rb") as given, pytest.raises(ClosedError):
        groups.run(program, str(tmp_path), os.environ, given.fileno(), limits=Limits(1))


def test_uninterrupted_work_ends_before_a_signal_does(tmp_path: Path) -> None:
    program = f"""
import os, pathlib, signal, time
from buildassets.compiler.engines.commands.running import uninterrupted

def end(number, _):
    raise SystemExit(3)

def work():
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.3)
    pathlib.Path({str(tmp_path / "done")!r}).touch()

signal.signal(signal.SIGTERM, end)
try:
    uninterrupted(work)
finally:
    print(pathlib.Path({str(tmp_path / "done")!r}).exists())
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (3, "True\n"), done.stderr
