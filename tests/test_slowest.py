"""`scripts/slowest` prints the dearest tests of the last run."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import write_tree

_SCRIPT = Path(__file__).parents[1] / "scripts/slowest"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A copy of the script in a project with the durations of many tests."""
    tests = {f"tests/test_{number}.py::test": float(number) for number in range(5000)}
    durations = {"tests": tests, "fixtures": {"browser": 7.0}}
    write_tree(tmp_path, {"build/durations.json": json.dumps(durations), "scripts/slowest": ""})
    return Path(shutil.copy(_SCRIPT, tmp_path / "scripts/slowest"))


def test_the_dearest_are_printed(script: Path) -> None:
    printed = subprocess.run([script, "1"], capture_output=True, text=True, check=True).stdout
    assert " 4999.0  tests/test_4999.py\n" in printed
    assert "test_4998" not in printed
    assert "    7.0  browser\n" in printed


def test_a_reader_that_stops_early_sees_no_traceback(script: Path) -> None:
    """As `head` does."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([script], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert done.stderr == ""
