"""Makes the entries of a manifest: for each asset its inputs, its references and its file.

Takes assets and their stored files, gives entries, and the settings that decided the contents.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from buildassets._version import __version__
from buildassets.compiler.body import digest_of_body
from buildassets.compiler.config.key_table import DECIDING
from buildassets.compiler.config.values import Config, ConfiguredCommand, Mode, variables
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.model import Linked, Stored, ViteEntry
from buildassets.compiler.write.kept_release import Totals
from buildassets.foundation.digest import fingerprint
from buildassets.foundation.frozen import is_frozen, replace, values_by_name
from buildassets.foundation.lazily import Lazily
from buildassets.foundation.media import released_type
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import LIVERELOAD_NAME, RELEASE_FILE, Entry, Manifest, ViteSource

if TYPE_CHECKING:
    from buildassets.compiler.graph.asset_graph import AssetGraph  # 10 ms


def manifest_of(
    config: Config,
    graph: "AssetGraph",
    stored: Mapping[LogicalPath, Stored],
    mode: Mode,
    *,
    totals: Totals,
    sources: Mapping[str, str],
    known: Lazily[str, Entry],
    fresh: Iterable[LogicalPath],
) -> Manifest:
    """The manifest of a release with the assets of `graph`, whose files are `stored`; no earlier release is in it.

    `sources` are the fingerprints of the sources of `several` files among the `totals`. `known` are the entries of all
    assets but those of the `fresh` ones, which are added.
    """
    known.update((path, _entry(config, graph, path, stored[path])) for path in fresh)
    return Manifest(
        version=__version__,
        engines={kind: version for engines in totals.engines.values() for kind, version in engines},
        url=config.url,
        assets=known,
        importmap=graph.importmap.imports,
        scopes=graph.importmap.scopes,
        modules=graph.importmap.modules,
        importmap_integrity={config.importmap[name]: text for name, text in config.importmap_integrity.items()},
        not_preloaded=graph.importmap.not_preloaded,
        packages=config.pieces,
        livereload=LIVERELOAD_NAME if mode == "development" else None,
        release_file=RELEASE_FILE if config.retain and mode == "production" else None,
        settings=deciding_settings(config, mode),
        sources=sources,
        blocks=config.plan.blocks if config.plan else {},
        vite={name: _vite_source(name, one) for name, one in graph.front_ends.entries.items()},
        integrity=config.integrity if config.sets_integrity else None,
        dev=next(iter(graph.front_ends.servers), None),
    )


def _vite_source(name: str, found: ViteEntry) -> ViteSource:
    return ViteSource(found.asset, found.css, found.dev, "" if found.source == name else found.source)


def _entry(config: Config, graph: "AssetGraph", path: LogicalPath, stored: Stored) -> Entry:
    """The entry of the asset `path`, whose file is `stored`."""
    asset = graph.assets[path]
    targets = asset.targets
    maps = {target for reference, target in asset.links if reference.kind is ReferenceKind.SOURCE_MAP}
    return Entry(
        file=stored.file,
        type=released_type(stored.file, config.types),
        size=stored.size,
        integrity=stored.integrity,
        encodings=stored.encodings,
        digests=stored.digests,
        inputs=tuple(sorted({config.input_name(path) for path in asset.draft.inputs})),
        references=tuple(target for target in targets if target not in maps),
        imports=graph.imports.get(path, ()),
        map=min(maps, default=None),
        own=_own(asset) if targets else None,
        width=asset.draft.size.width if asset.draft.size else None,
        height=asset.draft.size.height if asset.draft.size else None,
        names=asset.draft.names,
        variants=asset.draft.source.variants,
        preloads=graph.preloads.get(path, ()),
        icons=asset.draft.icons,
        plain=stored.is_plain,
    )


def _own(asset: Linked) -> str:
    """The fingerprint of the asset's text before the names of other assets are written into it."""
    draft = asset.draft
    return fingerprint(draft.digest or digest_of_body(draft.body))


def source_fingerprints(
    config: Config,
    several: Iterable[Sequence[str]],
    digest_of: Callable[[str], str],
    *,
    known: Mapping[str, str],
    changed: Collection[str],
) -> dict[str, str]:
    """The fingerprints of files by their names in a manifest: the inputs of each asset that is made of `several` ones.

    For an asset that is made of one file its own fingerprint is enough. `digest_of` gives the SHA-256 of a file as 64
    hex digits. Those of files that have not `changed` may be `known`.
    """
    names = {config.input_name(path): path for inputs in several for path in inputs}
    fingerprints = {
        name: known[name] if name in known and path not in changed else fingerprint(digest_of(path))
        for name, path in sorted(names.items())
    }
    return {name: text for name, text in fingerprints.items() if text}  # a file that is gone by now has no digest


def deciding_settings(config: Config, mode: Mode) -> dict[str, Any]:
    """The settings that decide contents, as plain JSON values, without those at their defaults."""
    usual = values_by_name(Config(folder="", sources=(), output="", permission=config.permission))
    given = {name: getattr(config, name) for name in DECIDING}
    given |= {name: given[name] and mode == "production" for name in ("minify", "inline_imports")}
    given["env"] = variables(config) or usual["env"]
    given["icons"] = {
        name: {"dir": config.shown(icons.path), "used_only": icons.used_only} for name, icons in config.icons.items()
    }
    given["commands"] = {name: _described(config, command) for name, command in sorted(config.commands.items())}
    return {name: _plain(value) for name, value in given.items() if value != usual[name]}


def _described(config: Config, command: ConfiguredCommand) -> dict[str, Any]:
    """A command with the keys that the configuration has for it, without those at their defaults."""
    command = replace(command, run=tuple(config.without_folder(text) for text in command.run))
    named = {"source_suffix": "from", "suffix": "to", "timeout_seconds": "timeout"}
    usual = values_by_name(ConfiguredCommand(run=()))
    given = values_by_name(command)
    return {named.get(name, name): _plain(value) for name, value in given.items() if value != usual[name]}


def _plain(value: Any) -> Any:
    if is_frozen(value):
        return {name: _plain(member) for name, member in values_by_name(value).items()}
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, tuple) else value
