"""docs/api.md: its programs run unchanged, and its table is the public API."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

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


def run_python(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with these arguments in `folder`."""
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_build_prints_the_released_file(tmp_path: Path) -> None:
    done = run_python(write_tree(tmp_path, SITE), "-c", PROGRAMS[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "build/assets" / done.stdout.strip()).exists()


def test_the_check_counts_errors(tmp_path: Path) -> None:
    done = run_python(write_tree(tmp_path, SITE), "-c", PROGRAMS[1])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 errors; nothing uses ")


def test_a_wrong_configuration_ends_with_its_exit_code(tmp_path: Path) -> None:
    done = run_python(
        write_tree(tmp_path, {**SITE, "pyproject.toml": "[tool.buildassets]\nentires = []\n"}), "-c", PROGRAMS[1]
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert "entires" in done.stdout


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
