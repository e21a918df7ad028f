"""A registry on loopback, and a machine with nothing but Python: no npm, no node, an empty HOME, no proxies."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packages.server import Registry, serving


@pytest.fixture
def registry() -> Iterator[Registry]:
    """An empty registry."""
    with serving() as one:
        yield one


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project, on a machine with nothing but this Python."""
    return bare_machine(tmp_path, monkeypatch)


def bare_machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave nothing in the environment that a registry or a tool could be found by."""
    for name in list(os.environ):
        if name.lower().startswith("npm_") or name.lower().endswith("_proxy") or name == "CI":
            monkeypatch.delenv(name)
    project, home = folder / "project", folder / "home"
    for one in (project, home):
        one.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(folder / "tools"))
    return project


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask again at once where that may help."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
