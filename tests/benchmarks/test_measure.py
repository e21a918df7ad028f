import sys
from pathlib import Path

import pytest

from benchmarks.measure import Command, FailedRunError, floor_bytes, run, run_watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and sizes as Linux tells them")


def two_hold(held_bytes: int) -> str:
    """A program of two processes that hold so much each at the same time."""
    return f"""
import os, time
child = os.fork()
held = b"x" * {held_bytes}
time.sleep(0.5)
if child:
    os.waitpid(child, 0)
"""


def enough_bytes() -> int:
    """More than this process has had, which is the floor of what can be measured."""
    return floor_bytes() + 40_000_000


def python(program: str, folder: Path | None = None) -> Command:
    return Command([sys.executable, "-c", program], "", folder)


def test_the_time_on_the_cores_is_that_of_child_processes_too() -> None:
    busy = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'for _ in range(5_000_000): pass'])"
    idle = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'pass'])"
    assert run(python(busy)).cpu_seconds > run(python(idle)).cpu_seconds


def test_the_peak_is_that_of_the_largest_process() -> None:
    held_bytes = enough_bytes()
    assert held_bytes < run(python(two_hold(held_bytes))).peak_bytes < 2 * held_bytes


def test_watching_adds_up_what_processes_hold_at_once() -> None:
    held_bytes = enough_bytes()
    done, total_bytes = run_watched(python(two_hold(held_bytes)))
    assert total_bytes > 2 * held_bytes > done.peak_bytes


def test_a_command_runs_in_its_folder(tmp_path: Path) -> None:
    run(python("open('here', 'w')", tmp_path))
    assert (tmp_path / "here").is_file()


def test_a_failed_run_says_the_last_words() -> None:
    with pytest.raises(FailedRunError, match=r"^no room$"):
        run(python("import sys; print('first'); sys.exit('no room')"))


def test_a_run_that_fails_without_words_says_its_exit_code() -> None:
    with pytest.raises(FailedRunError, match=r"^exit code 3$"):
        run(python("raise SystemExit(3)"))


def test_python_may_keep_what_it_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    run(python("import sys; sys.exit('kept not') if sys.dont_write_bytecode else None"))
