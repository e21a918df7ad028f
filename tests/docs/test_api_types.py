"""The programs of docs/reference/api.md pass type checkers, which find the fault in a wrong one."""

import sys
from pathlib import Path

import pytest

from tests.conftest import write_tree
from tests.docs.test_api import PROGRAMS, run_python

pytestmark = pytest.mark.thorough

_WRONG = 'from buildassets import build, load_config\n\nbuild(load_config(), mode="fast")\n'


@pytest.mark.parametrize(
    "checker", [("mypy", "--strict"), ("pyright", "--pythonpath", sys.executable)], ids=lambda one: one[0]
)
def test_checker_finds_only_the_fault_in_the_wrong_program(checker: tuple[str, ...], tmp_path: Path) -> None:
    programs = {f"program_{number}.py": program for number, program in enumerate(PROGRAMS)}
    strict = '[tool.pyright]\ntypeCheckingMode = "strict"\n'
    write_tree(tmp_path, {**programs, "wrong.py": _WRONG, "pyproject.toml": strict})
    done = run_python(tmp_path, "-m", *checker, *programs, "wrong.py")
    assert done.returncode == 1, done.stdout + done.stderr
    errors = [line for line in done.stdout.splitlines() if " error: " in line or " - error: " in line]
    assert errors
    assert [line for line in errors if "wrong.py:3:" not in line] == []
