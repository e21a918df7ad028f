"""docs/explain/stateless.md: its tests are run as they stand, and its tables are those of the code."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

from buildassets.testing.pytest_plugin import Stateless
from tests.conftest import write_tree
from tests.runtime.served import build_release
from tests.runtime.stateless.workers import SERVERS

PAGE = (Path(__file__).parents[2] / "docs/explain/stateless.md").read_text(encoding="utf-8")


def test_shown_tests_pass(tmp_path: Path) -> None:
    build_release(tmp_path, {"css/site.css": "a { b: c }"})
    shown = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    write_tree(tmp_path, {f"test_{number}.py": text for number, text in enumerate(shown)})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "buildassets.testing.pytest_plugin"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout


def test_every_argument_is_in_the_table() -> None:
    arguments = [name for name in inspect.signature(Stateless.__call__).parameters if name != "self"]
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == arguments


def test_the_frameworks_that_are_tested_are_named() -> None:
    named = re.findall(r"Flask|Django|Starlette|FastAPI|Litestar|Quart", PAGE)
    assert {name.lower() for name in named} == SERVERS.keys() - {"hoarder"}
