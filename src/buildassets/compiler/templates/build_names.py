"""Lists the names that a build makes, for the templates that use them. Takes a graph, gives names."""

from collections.abc import Collection

from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.templates.check import NamesOfBuild, Widths
from buildassets.foundation.paths import LogicalPath


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
