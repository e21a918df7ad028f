"""Virtual environments of other versions and other systems, filled by uv: pip takes many times as long."""

import math
import subprocess
import sys
from pathlib import Path
from typing import Final

from buildassets.disk.locks import locked
from tests.conftest import find_tool, missing_tool

CACHE: Final = Path(__file__).parents[1] / ".cache"


def uv() -> str:
    """The program; it comes with the tests' requirements."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else find_tool("uv")


def kept_environment(
    name: str, *requirements: str, python: str = sys.executable, state: str = "", cache: Path = CACHE
) -> Path:
    """The folder with the programs of an environment, made by one process and kept in `cache` under its `name`.

    There is one for each version of `python`. It is made again when the `requirements` or the `state` change. Where
    they cannot be installed, that is a missing tool.
    """
    version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
    folder = cache / name / version
    folder.mkdir(parents=True, exist_ok=True)
    whole, wanted = folder / "whole", "\n".join([*requirements, state])
    with locked(str(folder), limit_seconds=math.inf):
        if not whole.exists() or whole.read_text(encoding="utf-8") != wanted:
            whole.unlink(missing_ok=True)
            done = make_environment(folder / "env", *requirements, python=python)
            if done.returncode:
                missing_tool(f"cannot install {', '.join(requirements)}: {done.stderr}")
            whole.write_text(wanted, encoding="utf-8")
    return folder / "env/bin"


def make_environment(
    folder: Path, *requirements: str, python: str = sys.executable
) -> "subprocess.CompletedProcess[str]":
    """Make an environment again, with pip and `requirements` in it; return how the last step ended."""
    make = [uv(), "venv", "--quiet", "--clear", "--seed", f"--python={python}", str(folder)]
    made = subprocess.run(make, capture_output=True, text=True)
    if made.returncode:
        return made
    install = [uv(), "pip", "install", "--quiet", f"--python={folder / 'bin/python'}"]
    return subprocess.run([*install, *requirements], capture_output=True, text=True)
