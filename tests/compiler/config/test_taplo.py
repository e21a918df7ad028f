"""Taplo accepts and refuses the same settings by the schema as the program does."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from buildassets.cli.verbs.schema import config_schema, schema_text
from tests.compiler.config.test_schema import BAD, GOOD
from tests.conftest import find_tool, write_tree
from tests.corpus.packages import packages_of

pytestmark = [pytest.mark.thorough, pytest.mark.corpus, pytest.mark.node]


TAPLO: Final = Path(__file__).parents[2] / "corpus/taplo"


def test_taplo_agrees_with_the_program(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"{number}.toml": text for number, text in enumerate((*GOOD, *BAD))})
    (tmp_path / "schema.json").write_text(schema_text(config_schema()), encoding="utf-8")
    program = packages_of(TAPLO) / "@taplo/cli/dist/cli.js"
    command = [find_tool("node"), str(program), "lint", "--schema", (tmp_path / "schema.json").as_uri(), "*.toml"]
    linted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    refused = {int(number) for number in re.findall(r'schema validation failed.*?(\d+)\.toml"', linted.stderr)}
    assert refused == set(range(len(GOOD), len(GOOD) + len(BAD))), linted.stderr
