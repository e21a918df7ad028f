"""docs/reference/engines.md names every engine and every public name, and shows the package that the tests install."""

import re
from pathlib import Path

import pytest

import buildassets.engines
from buildassets.compiler.engines.registry import BUILT_IN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/engines.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "language"), [("pyproject.toml", "toml"), ("buildassets_pages.py", "python")])
def test_the_package_is_the_one_that_is_tested(name: str, language: str) -> None:
    code = (ROOT / "tests/engines_package" / name).read_text(encoding="utf-8")
    assert f"`{name}`" in PAGE
    assert f"```{language}\n{code}```" in PAGE


def test_every_built_in_engine_is_in_the_table() -> None:
    assert sorted(set(re.findall(r"^\| `\w+` \| `([\w-]+)` \|", PAGE, re.MULTILINE)) - {"none"}) == sorted(BUILT_IN)


@pytest.mark.parametrize("name", ["Compiled", "EngineInput", "EngineOptions"])
def test_every_field_is_in_a_table(name: str) -> None:
    table = PAGE.partition(f"\n| `{name}` |")[2].partition("\n\n")[0]
    documented = set(re.findall(r"`(\w+)(?:\(\w+\))?`(?=[^|]*\|)", "\n".join(re.findall(r"^\| [^|]*\|", table, re.M))))
    fields = set(getattr(buildassets.engines, name).__dataclass_fields__)
    assert documented == {"EngineInput": fields - {"reader"} | {"read", "list"}}.get(name, fields)


@pytest.mark.parametrize("name", buildassets.engines.__all__)
def test_every_public_name_is_on_the_page(name: str) -> None:
    assert f"`{name}" in PAGE
