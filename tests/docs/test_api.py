"""docs/api.md: its programs run as they stand and hold under type checkers, and its table is the public API."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import buildassets
from tests.conftest import write_tree

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs/api.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SITE = {
    "pyproject.toml": "[tool.buildassets]\n",
    "assets/js/app.js": "call()\n",
    "templates/page.html": "{{ asset('js/no.js') }}",
}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_build_prints_the_released_file(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "-c", PROGRAMS[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "build/assets" / done.stdout.strip()).exists()


def test_the_check_counts_errors(tmp_path: Path) -> None:
    done = run(write_tree(tmp_path, SITE), "-c", PROGRAMS[1])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 errors; nothing uses ")


def test_a_wrong_configuration_ends_with_its_exit_code(tmp_path: Path) -> None:
    done = run(
        write_tree(tmp_path, {**SITE, "pyproject.toml": "[tool.buildassets]\nentires = []\n"}), "-c", PROGRAMS[1]
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert "entires" in done.stdout


@pytest.mark.parametrize(
    "checker", [("mypy", "--strict"), ("pyright", "--pythonpath", sys.executable)], ids=lambda one: one[0]
)
def test_the_programs_hold_under(checker: tuple[str, ...], tmp_path: Path) -> None:
    names = [f"program_{number}.py" for number in range(len(PROGRAMS))]
    write_tree(
        tmp_path,
        {**dict(zip(names, PROGRAMS, strict=True)), "pyproject.toml": '[tool.pyright]\ntypeCheckingMode = "strict"\n'},
    )
    done = run(tmp_path, "-m", *checker, *names)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "checker", [("mypy", "--strict"), ("pyright", "--pythonpath", sys.executable)], ids=lambda one: one[0]
)
def test_a_wrong_program_does_not_hold_under(checker: tuple[str, ...], tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"program.py": 'from buildassets import build, load_config\n\nbuild(load_config(), mode="fast")\n'}
    )
    assert run(tmp_path, "-m", *checker, "program.py").returncode == 1


def test_the_table_has_the_public_names() -> None:
    rows = [row.split("|")[1] for row in re.findall(r"^\| `.*", PAGE, re.MULTILINE)]
    named = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    assert named == set(buildassets.__all__)


def test_the_table_has_the_parameters() -> None:
    for name, written in re.findall(
        r"`(load_config|build|check)\((.*?)\)`",
        PAGE.partition("## What can go wrong")[0].partition("## What there is")[2],
    ):
        parameters = list(inspect.signature(getattr(buildassets, name)).parameters)
        assert [part.partition("=")[0] for part in written.replace("*, ", "").split(", ")] == parameters
