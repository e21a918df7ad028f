"""The examples of docs/guides/modules.md are taken as they stand: configurations are read, the page is rendered."""

import re
from pathlib import Path

import pytest

from buildassets.runtime import Assets
from tests.building import load_config
from tests.conftest import write_tree
from tests.runtime.pages import elements, write_release

PAGE = (Path(__file__).parents[2] / "docs/guides/modules.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", blocks("toml"))
def test_configurations_are_valid(tmp_path: Path, text: str) -> None:
    write_tree(tmp_path, {"pyproject.toml": text, "assets/a.js": "", "node_modules/b/c.js": ""})
    assert load_config(start=str(tmp_path)).file == str(tmp_path / "pyproject.toml")


def test_the_page_has_the_import_map_first(tmp_path: Path) -> None:
    from jinja2 import Environment

    manifest = write_release(tmp_path, {"js/app.js": "1", "js/cart.js": "2"}, modules={"js/cart.js": "js/cart.js"})
    env = Environment(autoescape=True, extensions=["buildassets.runtime.jinja.AssetsExtension"])
    env.assets = Assets(manifest)  # type: ignore[attr-defined]  # the extension adds it
    (page,) = blocks("jinja")
    found = [(tag, given.get("type", given.get("rel"))) for tag, given in elements(env.from_string(page).render())]
    assert found == [("head", None), ("script", "importmap"), ("link", "modulepreload"), ("script", "module")]
