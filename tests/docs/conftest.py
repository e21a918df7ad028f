"""The folder in which the examples of a page run."""

import os
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def example_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an example, which is the working directory; PATH has `buildassets`, `python` and the system's."""
    for name in ("CI", "NO_COLOR", "PYTHONWARNINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONUTF8", "1")
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / ".tools"))
    monkeypatch.setenv("PATH", os.pathsep.join((str(Path(sys.executable).parent), os.defpath)))
    monkeypatch.setattr("time.sleep", _sleep_shortly)
    monkeypatch.chdir(tmp_path)
    return tmp_path


_sleep = time.sleep


def _sleep_shortly(seconds: float) -> None:
    """Sleep, but at most for the time in which files settle: a registry is asked again after a second and more."""
    _sleep(min(seconds, 0.03))


@pytest.fixture
def update_golden(pytestconfig: pytest.Config) -> bool:
    """Whether pages are to be written again."""
    return bool(pytestconfig.getoption("--update-golden"))
