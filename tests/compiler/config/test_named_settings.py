"""Hints name settings as the configuration file of the project has them."""

from pathlib import Path

import pytest

from buildassets.compiler.config.named_settings import in_file
from tests.building import load_config
from tests.conftest import Tree, write_tree


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ({"buildassets.toml": ""}, "`js` under `[engines]` in `buildassets.toml`, `url` in `buildassets.toml`"),
        ({}, "`js` under `[engines]` in `buildassets.toml`, `url` in `buildassets.toml`"),
        ({"pyproject.toml": ""}, "`js` under `[tool.buildassets.engines]`, `url` under `[tool.buildassets]`"),
        (
            {"pyproject.toml": "[tool.buildassets]\n"},
            "`js` under `[tool.buildassets.engines]`, `url` under `[tool.buildassets]`",
        ),
    ],
)
def test_tables_are_named_as_in_the_file_that_is_there(tmp_path: Path, files: Tree, text: str) -> None:
    config = load_config(start=str(write_tree(tmp_path, {**files, "assets/a.css": ""})))
    written = "`js` under `[tool.buildassets.engines]`, `url` under `[tool.buildassets]`"
    assert in_file(config, written) == text
