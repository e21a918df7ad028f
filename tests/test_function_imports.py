"""`scripts/function-imports` counts the imports inside functions, and fails above its bound."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import write_tree

_SCRIPT = Path(__file__).parents[1] / "scripts/function-imports"
_MODULE = """from typing import TYPE_CHECKING
import os
def door() -> None:
    import json
    if TYPE_CHECKING:
        import re
class Value:
    def read(self) -> None:
        from pathlib import Path
"""


def counted(folder: Path, modules: int) -> "subprocess.CompletedProcess[str]":
    write_tree(folder, {f"src/buildassets/m{number}.py": _MODULE for number in range(modules)})
    script = folder / "scripts/function-imports"
    script.parent.mkdir()
    shutil.copy(_SCRIPT, script)
    return subprocess.run([sys.executable, script], capture_output=True, text=True)


def test_imports_inside_functions_are_counted(tmp_path: Path) -> None:
    done = counted(tmp_path, 1)
    assert (done.returncode, done.stdout) == (0, "2 imports inside functions, of at most 200\n")


def test_more_imports_than_the_bound_fail(tmp_path: Path) -> None:
    done = counted(tmp_path, 101)
    assert done.returncode == 1
    assert "at the top of the module" in done.stderr
