"""The fixture `stateless`, in a run of pytest as a user has it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_tree

PLUGIN = "buildassets.testing.pytest_plugin"


def outcome(folder: Path, body: str) -> tuple[int, str]:
    """The exit code and the output of a suite of one test with that body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    write_tree(folder, {"test_it.py": f"import os, pathlib, subprocess\n\ndef test_it(stateless, tmp_path):\n{lines}"})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:cacheprovider", "test_it.py"],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    "body",
    [
        "with stateless(): pass",
        "(tmp_path / 'a').touch()\nwith stateless(): (tmp_path / 'a').read_text()",
        "with stateless(changes=['*/a.log']): (tmp_path / 'a.log').touch()",
        "with stateless(reads=['*.py']): open(__file__).close()",
        "with stateless(runs=True): subprocess.run('true')",
        "with stateless(reads=[], changes=['*/a.log']): (tmp_path / 'a.log').touch()",
    ],
)
def test_allowed_access_passes(tmp_path: Path, body: str) -> None:
    code, printed = outcome(tmp_path, body)
    assert code == 0, printed


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("with stateless(): (tmp_path / 'a').touch()", "changes .*/a .open.\n    .*/test_it.py:4 in test_it"),
        ("with stateless(reads=['*.mo']): open(__file__).close()", "opens .*/test_it.py .open."),
        ("with stateless(): subprocess.run(['true', 'x'])", "runs true x .subprocess.Popen."),
        ("with stateless():\n    for n in range(50): (tmp_path / str(n)).mkdir()", "not stateless: 50 accesses"),
    ],
)
def test_forbidden_access_fails_with_its_place(tmp_path: Path, body: str, message: str) -> None:
    code, printed = outcome(tmp_path, body)
    assert code == 1
    assert re.search(message, printed), printed


def test_reported_stack_ends_with_the_test(tmp_path: Path) -> None:
    _, printed = outcome(tmp_path, "with stateless(): (tmp_path / 'a').mkdir()")
    places = [line.split(" in ")[1] for line in printed.splitlines() if line.startswith("    /")]
    assert set(places) == {"test_it"}, printed


def test_failure_in_the_block_is_reported_alone(tmp_path: Path) -> None:
    code, printed = outcome(tmp_path, "with stateless():\n    (tmp_path / 'a').touch()\n    assert 1 == 2")
    assert (code, "not stateless" in printed, "assert 1 == 2" in printed) == (1, False, True)


def test_the_accesses_can_be_looked_at(tmp_path: Path) -> None:
    body = "with stateless() as accesses: open(__file__).close()\nassert len(accesses.reads) == 1"
    assert outcome(tmp_path, body)[0] == 0


def test_a_run_that_does_not_use_it_loads_nothing_of_it(tmp_path: Path) -> None:
    program = f"import sys, pytest, {PLUGIN}; print(*(name for name in sys.modules if name.startswith('buildassets')))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"buildassets", "buildassets._version", "buildassets.testing", PLUGIN}
