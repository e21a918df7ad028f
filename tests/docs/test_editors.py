"""The page of editors: its configuration names the schema, and taplo judges by it."""

import re
import subprocess
from pathlib import Path

import pytest

from buildassets.compiler.config.schema import config_schema, schema_text
from tests.compiler.config.test_schema import TAPLO
from tests.conftest import find_tool, write_tree
from tests.corpus.packages import packages_of

PAGE = Path(__file__).parents[2] / "docs/editors.md"


@pytest.mark.corpus
@pytest.mark.node
@pytest.mark.parametrize(("further", "code"), [("", 0), ("minifi = true\n", 1)])
def test_the_schema_in_the_first_line_counts(tmp_path: Path, further: str, code: int) -> None:
    (settings,) = re.findall(r"```toml\n(#:schema.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    write_tree(tmp_path, {"buildassets.toml": settings + further})
    write_tree(tmp_path, {"buildassets.schema.json": schema_text(config_schema())})
    program = str(packages_of(TAPLO) / "@taplo/cli/dist/cli.js")
    command = [find_tool("node"), program, "lint", "buildassets.toml"]
    linted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert linted.returncode == code, linted.stderr
