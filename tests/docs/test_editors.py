"""The page of editors: its configuration names the schema, and taplo judges by it."""

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

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


def _settings_of_pages() -> Iterator[tuple[str, dict[str, Any]]]:
    """The configurations on all pages but those that show mistakes."""
    known = config_schema()["properties"]
    for path in [PAGE.parents[1] / "README.md", *sorted(PAGE.parent.rglob("*.md"))]:
        blocks = re.findall(r"```toml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
        for block in () if "errors" in path.parts else blocks:
            values = tomllib.loads(block)
            ours = values.get("tool", {}).get("buildassets", values)
            if ours.keys() & known.keys():
                yield path.name, ours


def test_the_configurations_of_all_pages_are_valid() -> None:
    judge = Draft7Validator(config_schema(["tdewolff"]))  # the engine that docs/engines.md makes
    found = list(_settings_of_pages())
    assert len(found) > 30
    assert [(name, fault.message) for name, ours in found for fault in judge.iter_errors(ours)] == []
