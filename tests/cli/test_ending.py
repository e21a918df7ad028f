"""Commands where a required package is not installed: one line and what to do, and no traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.cli.ending import missing_requirement
from tests.command import environment
from tests.conftest import write_tree

_HINT = (
    "hint: install it with all others: `pip install buildassets`, without `--no-deps`; "
    "or run the command in an earlier stage, and copy the release"
)


def run_without(module: str, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line where `module` cannot be imported."""
    program = f"import sys; sys.modules[{module!r}] = None; from buildassets.cli.main import main; main()"
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True)


@pytest.mark.parametrize(("module", "verb"), [("click", "check"), ("rjsmin", "build")])
def test_a_missing_requirement_is_named(module: str, verb: str, tmp_path: Path) -> None:
    done = run_without(module, write_tree(tmp_path, {"assets/a.css": "a { color: tan }"}), verb)
    message = f"error[environment/requirement]: this command needs the package of `{module}`, which is not installed"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{message}\n\n{_HINT}\n\n")


def test_missing_requirement_is_a_json_document(tmp_path: Path) -> None:
    done = run_without("click", tmp_path, "build", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"]) == (2, False)
    assert [found["code"] for found in document["diagnostics"]] == ["environment/requirement"]


def test_every_requirement_of_the_package_is_known() -> None:
    for module in ("brotli", "click", "jinja2", "nodesemver", "rjsmin", "watchdog", "yaml"):
        assert missing_requirement(ModuleNotFoundError(name=f"{module}.part")) is not None


def test_missing_third_party_module_is_not_a_requirement() -> None:
    assert missing_requirement(ModuleNotFoundError(name="json.nothing")) is None
