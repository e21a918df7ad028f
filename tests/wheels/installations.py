"""Environments in which pip installs packages from their sources: buildassets and build backends are there already."""

import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.conftest import find_tool, permitted
from tests.distributions import ROOT
from tests.environments import kept_environment

_BACKENDS = (
    "hatchling==1.27.0",
    "editables==0.5",
    "setuptools==80.9.0",
    "wheel==0.45.1",
    "flit==3.12.0",
    "flit-core==3.12.0",
    "uv-build==0.9.11",
    "build==1.3.0",
)


@cache
def programs() -> Path:
    """The folder of programs of an environment with the backends and buildassets."""
    state = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return kept_environment("backends", *_BACKENDS, "--editable", str(ROOT), state=state)


def libraries() -> str:
    """The folder of packages of the same."""
    return str(next(programs().parent.glob("lib/python*/site-packages")))


def new_environment(folder: Path) -> Path:
    """Make an environment in `folder` with the backends; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "backends.pth").write_text(f"import site; site.addsitedir({libraries()!r})\n")
    return folder / "bin/python"


def pip_install(python: Path, *arguments: str) -> None:
    """Install with pip, without a network, Node or any other program of this machine."""
    inside = permitted([find_tool("unshare"), "--map-root-user", "--net"])
    install = ["-m", "pip", "install", "--no-build-isolation", "--no-deps", "--no-index", "--quiet", *arguments]
    done = ended([*inside, str(python), *install], python.parents[1], PATH=str(programs()))
    assert done.returncode == 0, done.stderr


def ended(command: list[str], folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in `folder`, with these variables only."""
    return subprocess.run(command, cwd=folder, env={"HOME": str(folder), **environment}, capture_output=True, text=True)
