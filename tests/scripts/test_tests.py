"""`scripts/tests` gives what failed one more chance, and no more than one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_tree

SCRIPT = Path(__file__).parents[2] / "scripts" / "tests"
# Fails until it has run `FAILURES` times, each of which leaves a mark.
FLAKY = """
from pathlib import Path

def test_flaky():
    marks = Path("marks")
    with marks.open("a") as file:
        file.write("x")
    assert marks.stat().st_size > FAILURES

def test_sound():
    with Path("sound").open("a") as file:
        file.write("x")
"""


def run(folder: Path, tests: str) -> int:
    """The exit code of the script in a project that has these tests only."""
    write_tree(folder, {"tests/test_it.py": tests, "pytest.ini": "[pytest]\n"})
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run([SCRIPT, "-p", "no:randomly"], cwd=folder, env=environment, capture_output=True).returncode


@pytest.mark.parametrize(("failures", "code", "runs"), [(0, 0, 1), (1, 0, 2), (2, 1, 2)])
def test_what_fails_runs_once_more_and_decides(tmp_path: Path, failures: int, code: int, runs: int) -> None:
    assert run(tmp_path, FLAKY.replace("FAILURES", str(failures))) == code
    assert len((tmp_path / "marks").read_text()) == runs
    assert (tmp_path / "sound").read_text() == "x"


def test_what_cannot_be_collected_fails(tmp_path: Path) -> None:
    assert run(tmp_path, "import nothing_of_that_name") != 0
