import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measure import Command, FailedRunError, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and sizes as Linux counts them")


# Measures a program of two processes that hold so much each at the same time: more than the process that measures has
# had, which is the floor of what can be measured.
MEASURE = """
import resource
import sys
from benchmarks.measure import Command, run_watched
held_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + 20_000_000
program = f'''
import os, time
ends = os.pipe(), os.pipe()
child = os.fork()
held = b"x" * {held_bytes}
os.write(ends[child == 0][1], b"x")
os.read(ends[child != 0][0], 1)
time.sleep(0.5)
if child:
    os.waitpid(child, 0)
'''
done, total_bytes = run_watched(Command([sys.executable, "-c", program], "", None))
print(held_bytes, done.peak_bytes, total_bytes)
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def measured() -> tuple[int, int, int]:
    """The bytes that each of two processes held, the peak of the larger, and the peak of both together."""
    done = subprocess.run([sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, check=True)
    held_bytes, peak_bytes, total_bytes = map(int, done.stdout.split())
    return held_bytes, peak_bytes, total_bytes


def python(program: str, folder: Path | None = None) -> Command:
    return Command([sys.executable, "-c", program], "", folder)


def test_cpu_time_includes_that_of_child_processes() -> None:
    busy = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'for _ in range(5_000_000): pass'])"
    idle = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'pass'])"
    assert run(python(busy)).cpu_seconds > run(python(idle)).cpu_seconds


def test_peak_is_that_of_the_largest_process(measured: tuple[int, int, int]) -> None:
    held_bytes, peak_bytes, _ = measured
    assert held_bytes < peak_bytes < 2 * held_bytes


def test_watch_adds_up_the_memory_of_processes(measured: tuple[int, int, int]) -> None:
    held_bytes, _, total_bytes = measured
    assert total_bytes > 2 * held_bytes


def test_a_command_runs_in_its_folder(tmp_path: Path) -> None:
    run(python("open('here', 'w')", tmp_path))
    assert (tmp_path / "here").is_file()


def test_failed_run_reports_its_last_line() -> None:
    with pytest.raises(FailedRunError, match=r"^no room$"):
        run(python("import sys; print('first', flush=True); sys.exit('no room')"))


def test_silent_failed_run_reports_its_exit_code() -> None:
    with pytest.raises(FailedRunError, match=r"^exit code 3$"):
        run(python("raise SystemExit(3)"))


def test_python_may_keep_what_it_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    run(python("import sys; sys.exit('kept not') if sys.dont_write_bytecode else None"))
