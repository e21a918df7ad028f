"""docs/reference/api.md: its programs run unchanged."""

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import write_tree

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs/reference/api.md").read_text(encoding="utf-8")
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
    warning, file = done.stdout.splitlines()
    assert warning == "warning template/missing no asset is named `js/no.js`"
    assert (tmp_path / "build/assets" / file).exists()


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
