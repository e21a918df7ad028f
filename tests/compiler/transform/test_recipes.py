"""What is made by a recipe is drafted, planned again and compared with other machines as its row declares."""

from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from PIL import Image

from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Recipe, Source
from buildassets.compiler.sources.discover import discover
from buildassets.compiler.sources.sprites import NamedIcons, sprites
from buildassets.compiler.transform.draft import drafted
from buildassets.compiler.transform.engine_set import EngineSet, started_engines
from buildassets.compiler.transform.recipes import making_by
from buildassets.compiler.transform.versions import used_versions
from tests.building import load_config
from tests.conftest import write_tree
from tests.fonts import font_file
from tests.wheels.packages import install, site

__all__ = ["site"]

SETTINGS = """\
packages = ["cards"]
[images.variants]
"*" = { widths = [4], formats = ["webp"] }
[fonts]
"*" = { unicode_range = ["U+0061"] }
[icons]
"icons.svg" = { dir = "icons" }
"""


@pytest.fixture
def config(site: Path, tmp_path: Path) -> Config:
    """A project that has something of each recipe."""
    install(site, "cards")
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8"/></svg>'
    files: dict[str, str | bytes] = {
        "assets/a.png": picture.getvalue(),
        "assets/b.ttf": font_file("ab"),
        "icons/c.svg": icon,
    }
    files["buildassets.toml"] = SETTINGS
    write_tree(tmp_path, files)
    return load_config(start=str(tmp_path))


@pytest.fixture
def sources(config: Config) -> dict[type[Recipe], Source]:
    """A source of each recipe, by the class of that."""
    found = (*discover(config, {}).sources, *sprites(config, NamedIcons(), {}).sources)
    return {type(source.recipe): source for source in found if source.recipe is not None}


@pytest.fixture
def engines(config: Config) -> EngineSet:
    """The engines of a build."""
    with ExitStack() as stack:
        return started_engines(config, "production", stack)


@pytest.mark.parametrize("recipe", get_args(Recipe))
def test_a_draft_by_a_recipe_names_the_engine_of_the_row_in_the_version_that_is_here(
    recipe: type[Recipe], sources: dict[type[Recipe], Source], engines: EngineSet
) -> None:
    source = sources[recipe]
    assert source.recipe is not None
    making = making_by(source.recipe)
    draft = drafted(source, engines)
    assert draft.diagnostics == ()
    assert draft.body
    assert draft.inputs
    assert draft.engines == (((making.engine, making.version()),) if making.engine else ())
    assert used_versions(draft, engines) == dict(draft.engines)
    assert engines.have_work(source) is bool(making.engine)


@pytest.mark.parametrize("recipe", get_args(Recipe))
def test_a_recipe_is_planned_again_for_its_name_and_path(
    recipe: type[Recipe], sources: dict[type[Recipe], Source], config: Config
) -> None:
    source = sources[recipe]
    assert source.recipe is not None
    planned = making_by(source.recipe).planned(config, source.logical, source.path)
    assert planned == (source.recipe if making_by(source.recipe).engine else None)


@pytest.mark.parametrize("recipe", get_args(Recipe))
def test_what_decides_the_bytes_does_not_depend_on_the_folder_of_the_project(
    recipe: type[Recipe], sources: dict[type[Recipe], Source], tmp_path: Path
) -> None:
    source = sources[recipe]
    assert source.recipe is not None
    making = making_by(source.recipe)
    assert str(tmp_path) not in making.deciding(source.recipe)
