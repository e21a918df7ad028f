"""Pip for Windows takes the wheel for all platforms where none is for Windows, and what it installs runs."""

import os
import subprocess
import sys
from pathlib import Path

from tests.command import SITE, environment
from tests.conftest import PATIENCE_SECONDS, write_tree
from tests.windows.marks import ONLY_HERE

pytestmark = ONLY_HERE


def test_wheel_for_all_platforms_is_installed_and_builds(tmp_path: Path) -> None:
    write_tree(tmp_path, SITE)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--pre"]
    places = ["--find-links", os.environ["BUILDASSETS_WHEELS"], "--target", str(tmp_path / "packages")]
    subprocess.run([*pip, *places, "buildassets"], check=True, timeout=PATIENCE_SECONDS)
    program = (
        "import buildassets, runpy; print(buildassets.__file__); runpy.run_module('buildassets', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "build"],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(tmp_path / "packages")),
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.stdout.decode().startswith(str(tmp_path / "packages"))
    assert (tmp_path / "build/manifest.json").exists(), done.stderr
