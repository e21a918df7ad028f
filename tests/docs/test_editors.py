"""The page of editors: its configuration names the schema, and taplo judges by it."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from buildassets.cli.verbs.schema import config_schema, schema_text
from buildassets.workspace.file import NAME, find_workspace
from tests.compiler.config.test_schema import judge
from tests.compiler.config.test_taplo import TAPLO
from tests.conftest import find_tool, write_tree
from tests.corpus.packages import packages_of

pytestmark = pytest.mark.thorough

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "guides/editors.md"


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


def _tables_of_pages() -> Iterator[tuple[str, dict[str, Any]]]:
    """The TOML on all pages but those that show mistakes."""
    for path in [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]:
        blocks = re.findall(r"```toml\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
        for block in () if "errors" in path.parts else blocks:
            yield path.name, tomllib.loads(block)


def _settings_of_pages() -> Iterator[tuple[str, dict[str, Any]]]:
    """The configurations among them: only the file of a workspace has `projects`."""
    known = config_schema()["properties"]
    for name, values in _tables_of_pages():
        ours = values.get("tool", {}).get("buildassets", values)
        if ours.keys() & known.keys() and "projects" not in values:
            yield name, ours


def test_the_configurations_of_all_pages_are_valid() -> None:
    judged = judge(config_schema(["tdewolff"]))  # the engine that docs/reference/engines.md makes
    found = list(_settings_of_pages())
    assert len(found) > 30
    assert [(name, fault.message) for name, ours in found for fault in judged.iter_errors(ours)] == []


def test_the_files_of_workspaces_on_all_pages_are_valid(tmp_path: Path) -> None:
    found = [values for _, values in _tables_of_pages() if "projects" in values]
    assert found
    for number, values in enumerate(found):
        folder = tmp_path / str(number)
        projects = [pattern.replace("*", "blog") for pattern in values["projects"]]
        write_tree(folder, {f"{project}/assets/a.txt": "" for project in projects})
        write_tree(folder, {NAME: "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())})
        assert [project.name for project in find_workspace(str(folder)).projects] == sorted(projects)
