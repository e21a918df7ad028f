"""How drafts are made by recipes: of variants of pictures, of parts of fonts, of sprites of icons.

A row for each class of recipes is what draft, cache, scheduler and executors ask. The module that has the row is
imported with the first source of its class, as few projects have any, and Pillow and fontTools take 0.1 s to import.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.fonts.subset import Subset
from buildassets.compiler.images.variant import Sprite, Variant
from buildassets.compiler.model import Draft, Recipe, Source
from buildassets.foundation.frozen import frozen_by_name
from buildassets.foundation.paths import LogicalPath
from buildassets.wheels.contents import ReleasedFile


@frozen_by_name
class Making:
    """How drafts are made by the recipes of one class, each of which the functions take.

    - `draft`: gives the draft of a source
    - `deciding`: gives all that decides the bytes, except the content and the folders of files
    - `engine`: the key of the engine in the manifest; empty where the draft takes no longer than a look into the cache
    - `version`: gives the name and version of the engine
    - `work_bytes`: gives the size of a style sheet that takes as long; anything that an engine works on counts as much
      as one for which a worker is started
    - `memory_bytes`: gives the memory that it needs, where that is much
    - `planned`: gives the recipe that the configuration has for a logical path and the path of its source, if any
    """

    draft: Callable[[Source, Any], Draft]
    deciding: Callable[[Any], str]
    engine: str = ""
    version: Callable[[], str] = str
    work_bytes: Callable[[Any], int] = lambda _: 0
    memory_bytes: Callable[[Any], int] = lambda _: 0
    planned: Callable[[Config, LogicalPath, str], Recipe | None] = lambda *_: None


_MODULES: Final[Mapping[type[Recipe], str]] = {
    Variant: "variant",
    Subset: "subset",
    Sprite: "sprite",
    ReleasedFile: "released_file",
}


def making_by(recipe: Recipe) -> Making:
    """The row for `recipe`."""
    return _row(_MODULES[type(recipe)])


def makings() -> Iterator[Making]:
    """All rows."""
    return map(_row, _MODULES.values())


def _row(module: str) -> Making:
    row = import_module(f"buildassets.compiler.transform.{module}").MAKING
    assert isinstance(row, Making)
    return row
