"""Tailwind called by hand, to which builds are compared."""

import subprocess
from pathlib import Path

from buildassets.compiler.engines.failures import UnavailableError
from buildassets.compiler.engines.tailwind.command import find_tailwind
from buildassets.foundation.permission import BUILDING
from tests.conftest import missing_tool


def program() -> str:
    """The program of the wheel, which the tests' environment has."""
    try:
        return find_tailwind("/", permission=BUILDING).program.command[0]
    except UnavailableError as why:
        return missing_tool(why.message)


def by_hand(sheet: Path) -> str:
    """What the program makes of a sheet, as its user would call it."""
    command = [program(), "--input", str(sheet), "--output", "-"]
    done = subprocess.run(command, cwd=sheet.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
