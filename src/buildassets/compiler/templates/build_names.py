"""Lists the names that a build makes, for the templates that use them. Takes a graph, gives names."""

from collections.abc import Collection, Mapping
from typing import Final, TypeAlias

from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.foundation.frozen import field, frozen, frozen_by_name
from buildassets.foundation.paths import LogicalPath

CssModules: TypeAlias = Mapping[str, Mapping[LogicalPath, Collection[str]]]  # module → bundle → names


@frozen
class Widths:
    """The width of a picture, if it is known, and those of its variants, ascending; in pixels."""

    own: int | None = None
    made: tuple[int, ...] = ()


@frozen_by_name
class NamesOfBuild:
    """The names of a build that templates may use, and those of sources that it does not release.

    - `released`: the assets.
    - `unreached`: sources that no entry reaches; `uncompiled`: those that nothing compiles.
    - `css_modules`: those of bundles, each with its bundles and the names in these; None where they are not known.
    - `pictures`: the widths of the released ones.
    - `icons`: those of sprites, each with a sprite that has it; None without sprites, where no icon is reported.
    """

    released: Collection[LogicalPath]
    unreached: Collection[LogicalPath] = ()
    uncompiled: Collection[LogicalPath] = ()
    css_modules: CssModules | None = None
    pictures: Mapping[LogicalPath, Widths] = field(default_factory=dict)
    icons: Mapping[str, LogicalPath] | None = None


NO_NAMES: Final = NamesOfBuild(released=())  # where no template uses any


def names_of_build(config: Config, graph: AssetGraph) -> NamesOfBuild:
    """The names of the assets in `graph`, and of what templates may ask of them."""
    css_modules: dict[str, dict[LogicalPath, Collection[str]]] = {}
    for path, asset in sorted(graph.assets.items()):
        for module, names in asset.draft.names.items():
            css_modules.setdefault(module, {})[path] = names.keys()
    return NamesOfBuild(
        released=[*graph.assets, *map(LogicalPath, graph.front_ends.entries)],
        unreached=graph.unreached,
        uncompiled=graph.uncompiled,
        css_modules=css_modules,
        pictures=_pictures(graph),
        icons=_icons(config, graph),
    )


def _pictures(graph: AssetGraph) -> dict[LogicalPath, Widths]:
    """The widths of all pictures, and of the variants of each."""
    found = {}
    for path, asset in graph.assets.items():
        variants = (graph.assets[one].draft.source.variant for one in asset.draft.source.variants)
        size = asset.draft.size
        if size or asset.draft.source.variants:
            made = {variant.width for variant in variants if variant}
            found[path] = Widths(size.width if size else None, tuple(sorted(made)))
    return found


def _icons(config: Config, graph: AssetGraph) -> dict[str, LogicalPath] | None:
    """The icons of all sprites, each with the first one that has it; None if none is configured."""
    if not config.icons:
        return None
    first = LogicalPath(min(config.icons))
    found = dict.fromkeys(sorted(graph.icons), first)  # those too in which there is a fault, which is reported
    for path, asset in sorted(graph.assets.items(), reverse=True):
        for name in asset.draft.icons:
            found[name] = path
    return found
