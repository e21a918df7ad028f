"""Finds assets that nothing uses: no template, no other asset, no import map, no entry. Pure."""

from collections.abc import Collection, Iterator, Mapping

from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.components import components
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.model import ImportMap, Linked
from buildassets.compiler.sources.globs import named_by
from buildassets.paths import LogicalPath


def unused(
    config: Config, assets: Mapping[LogicalPath, Linked], importmap: ImportMap, named: Collection[LogicalPath]
) -> tuple[LogicalPath, ...]:
    """Those of `assets` that are not `named` by templates and that no other asset refers to or was made of, sorted.

    Assets that only refer to one another are among them; those that only unused assets refer to are not.
    """
    by_file = {asset.draft.source.path: path for path, asset in assets.items() if asset.draft.source.path}
    uses = {path: tuple(_used_by(asset, by_file)) for path, asset in assets.items()}
    used: set[str] = {path for path in assets if path in named}
    used.update(*(named_by(pattern, assets) for pattern in config.entries))
    for names in (importmap.imports, importmap.modules, *importmap.scopes.values()):
        used |= {*names.values()}
    groups = components(uses)
    group_of = {path: group for group in groups for path in group}
    used |= {target for path, targets in uses.items() for target in targets if target not in group_of[path]}
    return tuple(sorted(path for group in groups if used.isdisjoint(group) for path in group))


def _used_by(asset: Linked, by_file: Mapping[str, LogicalPath]) -> Iterator[LogicalPath]:
    """The assets that `asset` refers to or was made of."""
    yield from (target for reference, target in asset.links if reference.kind is not ReferenceKind.ORIGINAL)
    yield from (by_file[path] for path in asset.draft.inputs if path in by_file)
