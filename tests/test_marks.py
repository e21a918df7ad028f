"""Marks: a busy test has a second run, and what the machine cannot show is listed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOT_SHOWN, permitted, write_tree

_ROOT = Path(__file__).parents[1]
_PROJECT = {
    "pytest.ini": "[pytest]\naddopts = --strict-markers\n",
    "test_it.py": """
from pathlib import Path
import pytest

@pytest.mark.busy(reason="it fails as often as the variable has it")
def test_busy():
    mark = Path("busy")
    mark.write_text((mark.read_text() if mark.exists() else "") + "x")
    assert len(mark.read_text()) > {failures}

def test_calm():
    mark = Path("calm")
    mark.write_text((mark.read_text() if mark.exists() else "") + "x")
    assert {calm}

@pytest.mark.thorough
def test_thorough():
    pytest.skip("not shown: no nginx")
""",
}


def pytest_run(folder: Path, *options: str, failures: int = 0, calm: bool = True) -> tuple[int, str]:
    """Run pytest on a project of one module, and return its exit code and what it printed."""
    write_tree(folder, {name: text.format(failures=failures, calm=calm) for name, text in _PROJECT.items()})
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    variables = {**kept, "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-m", "pytest", "-p", "tests.marks", "-p", "no:randomly", *options]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize(("failures", "code", "runs"), [(0, 0, 1), (1, 0, 2), (2, 1, 2)])
def test_busy_test_that_fails_runs_once_more_and_is_counted(
    tmp_path: Path, failures: int, code: int, runs: int
) -> None:
    ended, printed = pytest_run(tmp_path, failures=failures)
    assert (ended, len((tmp_path / "busy").read_text())) == (code, runs)
    assert ("1 rerun" in printed) == (runs == 2)


def test_other_test_that_fails_has_no_second_run(tmp_path: Path) -> None:
    assert pytest_run(tmp_path, calm=False)[0] == 1
    assert (tmp_path / "calm").read_text() == "x"


def test_skipped_tool_is_listed_at_the_end_and_thorough_tests_can_be_left_out(tmp_path: Path) -> None:
    assert "not shown: no nginx (1 test)" in pytest_run(tmp_path)[1]
    code, printed = pytest_run(tmp_path, "-m", "not thorough")
    assert (code, "no nginx" in printed, "1 deselected" in printed) == (0, False, True)


def failing(message: str) -> list[str]:
    return ["sh", "-c", f"echo {message} >&2; exit 1", "sh"]


def test_what_the_kernel_refuses_is_listed_as_not_shown_also_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.skip.Exception, match=f"^{NOT_SHOWN}: "):
        permitted(failing("unshare: unshare failed: Operation not permitted"))


def test_a_tool_that_cannot_do_what_it_should_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception):
        permitted(failing("unshare: unrecognized option"))
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=f"^{NOT_SHOWN}: "):
        permitted(failing("unshare: unrecognized option"))


def test_no_single_test_is_thorough() -> None:
    single = re.compile(r"^\s*@pytest\.mark\.thorough|marks=.*\bthorough\b", re.MULTILINE)
    modules = (path for path in _ROOT.glob("tests/**/test_*.py") if path != Path(__file__))
    assert [str(path) for path in modules if single.search(path.read_text())] == []


def test_each_package_keeps_quick_tests() -> None:
    packages = {
        path.parent.relative_to(_ROOT / "src/buildassets") for path in _ROOT.glob("src/buildassets/**/__init__.py")
    }
    mirrored = [_ROOT / "tests" / package for package in packages if (_ROOT / "tests" / package).is_dir()]
    assert len(mirrored) > 20
    for folder in mirrored:
        assert any(map(_is_quick, folder.rglob("test_*.py"))), f"{folder} has thorough tests only"


def _is_quick(module: Path) -> bool:
    """Whether neither the module nor a folder around it is marked as thorough."""
    around = [folder / "__init__.py" for folder in module.parents if folder.is_relative_to(_ROOT / "tests")]
    marked = re.compile(r"^pytestmark = .*\bthorough\b", re.MULTILINE)
    return not any(marked.search(path.read_text()) for path in (module, *filter(Path.exists, around)))
