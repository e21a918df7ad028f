"""Finds assets that nothing uses: no template, no other asset, no import map, no entry. Pure."""

from collections.abc import Collection, Iterator, Mapping

from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.components import components
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.model import ImportMap, Linked
from buildassets.compiler.sources.globs import named_by
from buildassets.foundation.media import Syntax, media_of
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import Entry


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


def unused_entries(
    config: Config, entries: Mapping[str, Entry], mapped: Collection[str], named: Collection[str]
) -> tuple[str, ...]:
    """The same for a release: `mapped` are the values of its import map, and `named` what templates name."""
    sources: dict[str, set[str]] = {}
    for path, entry in entries.items():
        if len(entry.inputs) == 1:
            sources.setdefault(entry.inputs[0], set()).add(path)
    uses = {LogicalPath(path): tuple(_entry_uses(path, entry, entries, sources)) for path, entry in entries.items()}
    used = {path for path in entries if path in named or path in mapped}
    used.update(*(named_by(pattern, entries) for pattern in config.entries))
    groups = components(uses)
    group_of = {path: group for group in groups for path in group}
    used |= {target for path, targets in uses.items() for target in targets if target not in group_of[path]}
    return tuple(sorted(path for group in groups if used.isdisjoint(group) for path in group))


def _entry_uses(
    path: str, entry: Entry, entries: Mapping[str, Entry], sources: Mapping[str, set[str]]
) -> Iterator[LogicalPath]:
    """The assets that an asset refers to, or was made of; `sources` has those that are made of one input each."""
    for target in (*entry.references, *entry.imports, *([entry.map] if entry.map else [])):
        if target in entries and media_of(path).syntax is not Syntax.SOURCE_MAP:
            yield LogicalPath(target)
    for name in entry.inputs:
        yield from (LogicalPath(source) for source in sources.get(name, ()) if source != path)


def _used_by(asset: Linked, by_file: Mapping[str, LogicalPath]) -> Iterator[LogicalPath]:
    """The assets that `asset` refers to or was made of."""
    if asset.draft.source.variant is not None:  # which is made of its picture, and shown in place of it
        return
    yield from asset.draft.source.variants
    yield from (target for reference, target in asset.links if reference.kind is not ReferenceKind.ORIGINAL)
    yield from (by_file[path] for path in asset.draft.inputs if path in by_file)
