"""The verbs for editors: `schema` and `lsp`."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from tests.command import environment
from tests.conftest import write_tree

_BUILDASSETS = [sys.executable, "-m", "buildassets"]


def test_schema_prints_what_the_package_has(tmp_path: Path) -> None:
    printed = subprocess.run([*_BUILDASSETS, "schema"], cwd=tmp_path, capture_output=True, check=True)
    assert printed.stdout == files("buildassets").joinpath("config.schema.json").read_bytes()
    assert not printed.stderr


def test_schema_has_the_engines_that_are_installed(tmp_path: Path) -> None:
    installed = {
        "mine-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: mine\nVersion: 1\n",
        "mine-1.dist-info/entry_points.txt": "[buildassets.engines]\nmine = mine:Engine\n",
    }
    write_tree(tmp_path, installed)
    program = [sys.executable, "-c", "from buildassets.cli.main import main; main()", "schema"]
    printed = subprocess.run(program, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=True)
    assert "mine" in json.loads(printed.stdout)["properties"]["engines"]["properties"]["css"]["enum"]


def test_lsp_without_pygls_names_the_extra(tmp_path: Path) -> None:
    program = "import sys; sys.modules['lsprotocol'] = None; from buildassets.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "lsp"], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error[environment/lsp]: the language server needs `lsprotocol`, which is not installed\n\n"
        'hint: run `pip install "buildassets[lsp]"`\n\n'
    )
