"""Distributions of this checkout, made as fast as they can be: by hatchling itself, in the environment of the tests."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
HOOK: Final[dict[str, Any]] = runpy.run_path(str(ROOT / "native/build_hook.py"))
LIBRARY: Final = f"buildassets/compiler/languages/native/{HOOK['library_name']()}"


def compiles() -> bool:
    """Return whether the library of lexers can be compiled here."""
    found = shutil.which("cargo") or shutil.which("cargo", path=str(Path.home() / ".cargo/bin"))
    return bool(found and shutil.which("cc"))


def linked_checkout(folder: Path) -> Path:
    """Copy the files of the checkout into `folder`, and link its folders, without environments and caches.

    Hatchling walks through all of a folder before it selects: those hold a hundred thousand files.
    """
    folder.mkdir(exist_ok=True)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
        elif not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    return folder


def hatchling(source: Path, target: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Have hatchling build the distribution `target` of `source` in `folder`, with these environment variables."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    kept = {name: value for name, value in os.environ.items() if name != HOOK["SWITCH"]}
    return subprocess.run(command, cwd=source, env={**kept, **variables}, capture_output=True, text=True, timeout=300)


def wheel_of(source: Path, folder: Path, **variables: str) -> Path:
    """Build the wheel of `source` in `folder`, and return its path."""
    done = hatchling(source, "wheel", folder, **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path
