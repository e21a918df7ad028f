"""Virtual environments of other versions and other systems, filled by uv: pip takes many times as long."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import find_tool


def uv() -> str:
    """The program; it comes with the tests' requirements."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else find_tool("uv")


def make_environment(
    folder: Path, *requirements: str, python: str = sys.executable
) -> "subprocess.CompletedProcess[str]":
    """Make an environment anew, with pip and `requirements` in it; gives how the installation of these ended."""
    subprocess.run([uv(), "venv", "--quiet", "--clear", "--seed", f"--python={python}", str(folder)], check=True)
    install = [uv(), "pip", "install", "--quiet", f"--python={folder / 'bin/python'}"]
    return subprocess.run([*install, *requirements], capture_output=True, text=True)
