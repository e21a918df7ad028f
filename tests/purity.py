"""Which modules of the package are pure, and what keeps them so while a test runs.

The list of pure modules is the import contract of that name in `pyproject.toml`, and no other. An import contract
cannot see `open` or `os.stat`, nor can an audit hook see the latter, so both are replaced here.
"""

import ast
import builtins
import io
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, Final

import pytest

from buildassets.work.jobs import paused_collector

_PROJECT: Final = Path(__file__).parents[1] / "pyproject.toml"
_CONTRACT: Final = "Pure modules touch no disk and start no process"
# What no pure module may call, by way of `os.path`, `pathlib` or another library neither: all of these look it up here
# when they are called.
REPLACED: Final[tuple[tuple[ModuleType | type, str], ...]] = (
    *((builtins, "open"), (io, "open")),
    *((os, name) for name in ("open", "stat", "lstat", "scandir", "listdir")),
    (subprocess.Popen, "__init__"),
)


@cache
def pure_modules() -> tuple[str, ...]:
    """The modules and packages that the import contract lists."""
    contracts = tomllib.loads(_PROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return tuple(next(one["source_modules"] for one in contracts if one["name"] == _CONTRACT))


@cache
def is_pure(name: str) -> bool:
    """Whether `name` is a pure module, or is in one."""
    return name.startswith("buildassets.") and any(f"{name}.".startswith(f"{one}.") for one in pure_modules())


@cache
def imports_pure_modules(test_file: Path) -> bool:
    """Whether a test file imports a pure module: then its tests are guarded."""
    names: set[str] = set()
    with paused_collector():  # up to Python 3.12 what garbage runs may disturb the parser: "recursion depth mismatch"
        tree = ast.parse(test_file.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return any(map(is_pure, names))


def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each of REPLACED fail the test where a pure module calls it. Whoever else calls it gets what it gives."""
    for home, name in REPLACED:
        monkeypatch.setattr(home, name, _guarded(getattr(home, name), f"{home.__name__}.{name}"))


def _guarded(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    @wraps(function)
    def called(*arguments: Any, **options: Any) -> Any:
        if is_pure(caller := _caller()):
            pytest.fail(f"`{caller}` has to be pure and calls `{name}`")
        return function(*arguments, **options)

    return called


def _caller() -> str:
    """The innermost module that is running of the package and its tests: a function that a pure one is given may read.

    What an import statement reads is nobody's doing, nor the lines that are quoted in a traceback which a library logs.
    """
    frame: FrameType | None = sys._getframe(2)
    while frame:
        name: str = frame.f_globals.get("__name__", "")
        if name.startswith(("buildassets.", "tests.", "importlib.", "linecache")):
            return name
        frame = frame.f_back
    return ""
