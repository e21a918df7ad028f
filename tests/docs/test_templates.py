"""docs/guides/templates.md: its examples are read as they stand, and its table has every key."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from buildassets.compiler.config.values import Templates
from buildassets.compiler.templates.jinja import JinjaReader
from buildassets.compiler.templates.names import HELPERS
from tests.building import load_config
from tests.conftest import write_tree

PAGE = (Path(__file__).parents[2] / "docs/guides/templates.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_every_name_of_the_example_is_found() -> None:
    others = {"urls.html": "{% set icon = asset %}"}
    reading = JinjaReader((), (), others.get).read(block("jinja"))
    names = [use.written.text for use in reading.uses]
    expected = ["css/site.css", "img/day.svg", "img/night.svg", "js/a.js", "js/b.js", "css/site.css", "img/day.svg"]
    assert (names, reading.unchecked, reading.faults) == (expected, (), ())
    assert others["urls.html"] in PAGE


def test_configuration_is_valid(tmp_path: Path) -> None:
    write_tree(tmp_path, {"pyproject.toml": block("toml"), "assets/a.js": ""})
    assert load_config(start=str(tmp_path)).templates.functions == ("icon_url", "assets.url")


@pytest.mark.parametrize("field", [field.name for field in fields(Templates) if field.name != "further"])
def test_every_key_is_in_the_table(field: str) -> None:
    assert f"| `{field.replace('folders', 'dirs')}` |" in PAGE


@pytest.mark.parametrize("helper", sorted(HELPERS))
def test_every_helper_is_named(helper: str) -> None:
    assert f"`{helper}`" in PAGE
