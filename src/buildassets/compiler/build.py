"""`build`: makes the release directory of a configuration. The one module that knows every stage."""

import os
from binascii import a2b_base64
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import ENAMETOOLONG
from typing import TYPE_CHECKING

from buildassets.compiler.body import LostBodyError, text_of
from buildassets.compiler.cache.folder import unusable_cache
from buildassets.compiler.cache.measures import keep_measures
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.protocol import KnownEngine
from buildassets.compiler.graph.asset_graph import AssetGraph, asset_graph
from buildassets.compiler.graph.checks.kept_names import OTHER_NAME
from buildassets.compiler.graph.collect import GraphRequest
from buildassets.compiler.graph.fingerprint import Naming
from buildassets.compiler.incremental.kept_results import KeptResults
from buildassets.compiler.languages.native.library import oddity
from buildassets.compiler.means import Means
from buildassets.compiler.model import Content, ImportMap, Linked, Named, Source, Stored
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.compiler.sources.discover import Discovery, discover
from buildassets.compiler.sources.uncompiled import is_declaration
from buildassets.compiler.transform.draft_cache import names_for, rerun_reasons, shown_steps
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.compiler.write.carry import carried_over
from buildassets.compiler.write.companions import companions_of, described, precache_list, taken_names
from buildassets.compiler.write.hidden_maps import write_maps
from buildassets.compiler.write.manifest_entries import manifest_of
from buildassets.compiler.write.release_directory import KnownFiles, ReleaseWriter, release_directory, release_files
from buildassets.compiler.write.retain import superseded
from buildassets.disk.files import MOST_MANIFEST_BYTES, STAGING_PREFIX, bytes_at
from buildassets.disk.folders import is_within
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, sort_key
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import replace
from buildassets.foundation.measures import BundleContents, Measures
from buildassets.foundation.media import DELTA, SUFFIXES, script_name
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import (
    ASSETS_FOLDER,
    MANIFEST_NAME,
    MAPS_SUFFIX,
    RELEASE_FILE,
    Companion,
    Entry,
    Manifest,
    Retained,
    digest_of_release,
    dumps,
    entries_as_written,
    release_content,
)

if TYPE_CHECKING:
    from buildassets.compiler.cache.remote.remote import RemoteCache
    from buildassets.compiler.cache.remote.use import RemoteUse
    from buildassets.compiler.templates.named import NamesInTemplates

    _Reported = tuple[RemoteUse, list[Diagnostic]]


def build(request: BuildRequest, *, last: LastBuild | None = None) -> BuildResult:
    """Compile everything that the request's configuration names into its release directory.

    Unchanged files since the `last` build need no work.

    A user's mistake never raises: it is among the result's diagnostics, which are sorted by place, and the earlier
    release stays as it was.
    """
    config, away = request.config, request.away
    reported: list[_Reported] = []
    with _opened(request, reported) as cache:
        means = Means(request=request, cache=cache)
        result = replace(_built(means, last), seconds=means.times.seconds())
    more = [found for found in (away.complaint() if away else None, oddity()) if found]
    for use, found in reported:
        result = replace(result, remote=replace(use, kept_back=shown_steps(use.kept_back)))
        more += found
    if cache is not None and request.cache is not None:
        if cache.unusable:
            more.append(unusable_cache(config, request.cache, cache.unusable))
        if result.succeeded:
            measures = Measures(result.seconds, result.contents)
            keep_measures(request.cache, config.output, result.manifest_digest, measures)
        result = replace(result, rerun=rerun_reasons(cache), digests={**cache.files.found(), **result.digests})
    if more:  # else the diagnostics stay those of the last build, the same object
        result = replace(result, diagnostics=tuple(sorted((*result.diagnostics, *more), key=sort_key)))
    return result


@contextmanager
def _opened(request: BuildRequest, reported: "list[_Reported]") -> Iterator[Cache | None]:
    """The cache of the request, and the remote one behind it. It is saved at the end, also after an interrupt.

    What there is to report of the remote one is added to `reported`. Raises ConfigError if its keys cannot be read.
    """
    if request.cache is None:
        yield None
        return
    config = request.config
    remote = _remote(config, writes=request.cache_write) if config.cache.remote else None
    cache = Cache(request.cache, names=names_for(config), remote=remote, shared=request.shared)
    is_done = False
    try:
        yield cache
        is_done = True
    finally:
        cache.save()
        cache.share(config.folder)
        if remote is not None:
            reported.append(remote.close(waits=is_done))


def _remote(config: Config, *, writes: bool) -> "RemoteCache | None":
    from buildassets.compiler.cache.remote.remote import remote_cache  # most builds have none

    return remote_cache(config, writes=writes)


def _built(means: Means, last: LastBuild | None) -> BuildResult:
    try:
        return _built_with(means, last, KeptResults(means.config, last, means.cache))
    except LostBodyError:
        return _built_with(means, last, KeptResults(means.config, None, means.cache))


def _built_with(means: Means, last: LastBuild | None, kept: KeptResults) -> BuildResult:
    """The result of a build with what is `kept` of the last one. Raises LostBodyError if some of that is lost."""
    config = means.config
    graph = graph_of(means, kept)
    if graph.failed:
        return BuildResult(None, (), graph.diagnostics, graph.inputs)
    try:
        return _released(means, graph, last, kept)
    except BuildError as fault:
        diagnostics = sorted((*graph.diagnostics, *fault.diagnostics), key=sort_key)
        return BuildResult(None, (), tuple(diagnostics), graph.inputs)
    except OSError as fault:
        return BuildResult(None, (), (*graph.diagnostics, _unwritable(config, fault)), graph.inputs)


def _released(means: Means, graph: AssetGraph, last: LastBuild | None, kept: KeptResults) -> BuildResult:
    """Write the assets of `graph` into the release directory. Raises BuildError and OSError."""
    config, assets = means.config, graph.assets
    drafts = [one.draft for one in assets.values()]
    digests = {draft.source.path: draft.digest for draft in drafts if draft.digest}
    with (
        means.times.of("write"),
        release_directory(config.output, is_lasting=means.is_lasting, permission=config.permission) as release,
    ):
        naming = Naming(text_of, kept.names)
        named = means.times.of_each("graph", _noted(config, outputs(graph, naming, kept), digests))
        stored = means.store(release, named, _earlier(config, last))
        budgets = means.budgets(assets)
        sizes = budgets.stored_sizes(stored, release.chunks)
        if faults := budgets.faults(sizes, assets, release.manifest()):
            raise BuildError(faults)
        manifest = manifest_of(config, graph, stored, means.request.mode, digest_of=means.digest_of)
        manifest = replace(manifest, retained=_retained(means, release, manifest.assets))
        if means.makes_deltas:
            from buildassets.compiler.write.deltas import with_deltas

            level, executor = config.compress[DELTA], means.request.executor
            manifest = with_deltas(manifest, release, level, means.cache, executor=executor)
        maps, new_maps = _with_maps(config, graph, manifest)
        manifest = replace(manifest, maps=maps)
        companions = _companions(config, manifest)
        manifest = replace(manifest, companions=described(companions))
        content = dumps(manifest).encode("ascii")
        names = release.finish(content, {**companions, **_release_file(means, content)})
    names = (*(f"../{os.path.basename(config.output)}{MAPS_SUFFIX}/{name}" for name in new_maps), *names)
    files = (*release_files(config.output, manifest), *(f"{config.output}{MAPS_SUFFIX}/{name}" for name in maps))
    size_bytes = sum(asset.size for asset in stored.values())
    return BuildResult(
        manifest,
        names,
        diagnostics=graph.diagnostics,
        inputs=graph.inputs,
        outputs=files,
        record=kept.dumped(naming.for_next, (asset.draft for asset in assets.values())),
        reused=kept.reused_count,
        remade_for=kept.stale,
        read_again=kept.read_again,
        size_bytes=size_bytes,
        manifest_digest=digest(content),
        digests={path: (None, found) for path, found in {**digests, **_copies(config, stored)}.items()},
        contents=_contents(config, graph),
        sets=graph.sets,
        parents=graph.parents,
        stamps={draft.source.path: draft.stamp for draft in drafts if draft.stamp},
    )


def _contents(config: Config, graph: AssetGraph) -> dict[str, BundleContents]:
    """The contents of each bundle."""
    found: dict[str, BundleContents] = {}
    for path, asset in graph.assets.items():
        if not asset.draft.contents:
            continue
        sizes = {config.input_name(file): size_bytes for file, size_bytes in asset.draft.contents}
        imports = {
            config.input_name(file): tuple(config.input_name(target) for target in graph.module_imports[file])
            for file, _ in asset.draft.contents
            if file in graph.module_imports
        }
        entry = config.input_name(asset.draft.source.path) if imports else None
        found[path] = BundleContents(sizes, imports, entry)
    return found


def _noted(config: Config, assets: Iterable[Named], digests: dict[str, str]) -> Iterator[Named]:
    """The same `assets`; what the file of each will hold is added to `digests`, by path."""
    for asset in assets:
        digests[f"{config.output}/{ASSETS_FOLDER}/{asset.file}"] = asset.digest
        yield asset


def _copies(config: Config, stored: Mapping[LogicalPath, Stored]) -> dict[str, str]:
    """The digests of the compressed copies, by path."""
    return {
        f"{config.output}/{ASSETS_FOLDER}/{one.file}{SUFFIXES[coding]}": a2b_base64(found).hex()
        for one in stored.values()
        for coding, found in one.digests.items()
        if coding in SUFFIXES
    }


def _with_maps(config: Config, graph: AssetGraph, manifest: Manifest) -> tuple[Mapping[str, Companion], Sequence[str]]:
    """The record of the hidden source maps, which are written here, and the names of new ones. Raises OSError."""
    if not graph.hidden_maps:
        return {}, ()

    return write_maps(config.output, graph.hidden_maps, manifest.assets)


def _companions(config: Config, manifest: Manifest) -> dict[str, bytes]:
    """The configured files for other systems, by their names below `assets/`. Raises BuildError."""
    companions = companions_of(config.companions, manifest)
    if config.precache:
        companions = dict(sorted({**companions, config.precache: precache_list(manifest)}.items()))
    faults = [
        error("companion/name", f"`{path}` has the name of a file for another system", hint=OTHER_NAME)
        for path in taken_names(companions, manifest)
    ]
    if faults:
        raise BuildError(faults)
    return companions


def _release_file(means: Means, manifest: bytes) -> dict[str, bytes]:
    """The file in which open pages look for the release that is served, where earlier ones are retained for them."""
    if means.config.retain is None or not means.is_production:
        return {}

    return {RELEASE_FILE: release_content(digest_of_release(manifest))}


def _retained(means: Means, release: ReleaseWriter, assets: Mapping[str, Entry]) -> tuple[Retained, ...]:
    """The earlier releases that one with `assets` retains. Raises BuildError."""
    retaining = means.retaining
    if retaining is None:
        return ()

    if means.request.previous:
        return carried_over(release, retaining, means.request.previous, assets)
    shown = means.config.shown(os.path.join(means.config.output, MANIFEST_NAME))
    return retaining.retained(superseded(release.manifest(), shown), assets, release.holds)


def _earlier(config: Config, last: LastBuild | None) -> KnownFiles:
    """The files of the release directory that are known from the `last` build, and so need not be read."""
    manifest = bytes_at(os.path.join(config.output, MANIFEST_NAME), MOST_MANIFEST_BYTES)
    if last is None or manifest is None or digest(manifest) != last.manifest_digest:
        return KnownFiles()
    return KnownFiles(last.unchanged, entries_as_written(manifest))


def graph_of(means: Means, kept: KeptResults | None = None) -> AssetGraph:
    """The graph of all assets; if an engine cannot be started, an empty one with the diagnostics.

    Drafts that are `kept` are not made again.
    """
    config = means.config
    try:
        with means.engines() as engines:
            compiles_to = {kind: engine.compiles_to for kind, engine in engines.compilers.items()}
            discovery = _discovered(means, compiles_to)
            with means.drafting(engines) as drafts_of, means.times.of("graph"):
                timed = means.timed(kept.reused(drafts_of) if kept else drafts_of)
                templates = _InTemplates(config)
                decided = _is_decided_by_templates(config, discovery.sources)
                discovery = _with_sprites(config, discovery, templates.read() if decided else None)
                asked = GraphRequest(
                    config=config,
                    mode=means.request.mode,
                    discovery=discovery,
                    compiles_to=compiles_to,
                    named=templates.names() if decided else (),
                    in_templates=templates.names,
                    times=means.times,
                )
                graph = asset_graph(asked, timed, means.request.progress)
            used = (*engines.all, *_tailwind_where_used(engines, graph))
            programs = (path for engine in used for path in engine.programs)
            graph = replace(graph, inputs=tuple(dict.fromkeys((*graph.inputs, *programs))))
            graph = _decided_by(graph, templates.found, config.output) if templates.found else graph
            return _without_templates(config, graph) if means.is_production else graph
    except BuildError as fault:
        return AssetGraph({}, {}, importmap=ImportMap(), imports={}, unreached=(), diagnostics=fault.diagnostics)


def _without_templates(config: Config, graph: AssetGraph) -> AssetGraph:
    """The graph with an error for each configured folder of templates that is not there, as in half an image."""
    if not config.templates.folders:
        return graph
    from buildassets.compiler.templates.files import absent_folders, named_folders

    absent = [one for one in absent_folders(config) if one not in graph.diagnostics]
    inputs = dict.fromkeys((*graph.inputs, *named_folders(config)))
    return replace(graph, inputs=tuple(inputs), diagnostics=(*graph.diagnostics, *absent)) if absent else graph


def _discovered(means: Means, compiles_to: Mapping[str, str]) -> Discovery:
    with means.times.of("sources"):
        return discover(means.config, compiles_to, means.request.mode)


class _InTemplates:
    """The names in templates, read when something asks for them; `found` is None until then."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.found: NamesInTemplates | None = None

    def read(self) -> "NamesInTemplates":
        """Everything that they name."""
        if self.found is None:
            from buildassets.compiler.templates.named import named_in_templates

            self.found = named_in_templates(self._config)
        return self.found

    def names(self) -> Collection[str]:
        """The names of assets, those of the plan included."""
        return self.read().names.union(self._config.plan.named if self._config.plan else ())


def _is_decided_by_templates(config: Config, sources: Iterable[Source]) -> bool:
    """Whether the names in templates decide what is released."""
    has_typed = any(script_name(source.path) and not is_declaration(source.path) for source in sources)
    return (has_typed and not config.entries) or any(icons.used_only for icons in config.icons.values())


def _decided_by(graph: AssetGraph, named: "NamesInTemplates", output: str) -> AssetGraph:
    """`graph`, of which what is `named` in templates decided something. A build writes to `output`."""
    inputs = dict.fromkeys((*graph.inputs, *named.looked_at))
    searched = {folder for found in named.sets for folder in found.folders if not is_within(output, folder)}
    parents = searched.difference(inputs)
    return replace(
        graph, inputs=(*inputs, *sorted(parents)), sets=(*graph.sets, *named.sets), parents=frozenset(parents)
    )


def _with_sprites(config: Config, discovery: Discovery, named: "NamesInTemplates | None") -> Discovery:
    """`discovery` together with the sources of sprites."""
    if not config.icons:
        return discovery
    from buildassets.compiler.sources.sprites import NamedIcons, sprites  # few projects have icons

    found = sprites(
        config, named.icons if named else NamedIcons(), {source.logical: source for source in discovery.sources}
    )
    by_logical = {source.logical: source for source in (*discovery.sources, *found.sources)}
    return replace(
        discovery,
        sources=tuple(by_logical[logical] for logical in sorted(by_logical)),
        diagnostics=tuple(sorted((*discovery.diagnostics, *found.diagnostics), key=sort_key)),
        looked_at=(*discovery.looked_at, *found.looked_at),
        icons=found.known,
    )


def _tailwind_where_used(engines: EngineSet, graph: AssetGraph) -> Iterator[KnownEngine]:
    """Tailwind, if it made an asset: otherwise nothing has looked for it."""
    kinds = (kind for asset in graph.assets.values() for kind, _ in asset.draft.engines)
    if engines.tailwind is not None and engines.tailwind.name in kinds:
        yield engines.tailwind


def outputs(graph: AssetGraph, naming: Naming, kept: KeptResults) -> Iterator[Named]:
    """The assets with the names that `naming` gives, and with their final contents, made one by one.

    `kept` knows the digests of bodies.
    """
    contents = {path: _content(graph, path, asset, kept.digest_of(asset.draft)) for path, asset in graph.assets.items()}
    return naming.named(contents)


def _content(graph: AssetGraph, path: LogicalPath, asset: Linked, digest: str | None) -> Content:
    keeps_name = asset.draft.source.keeps_name
    return Content(
        asset.draft.body,
        () if keeps_name else graph.written[path],
        keeps_name=keeps_name,
        digest=digest,
        named_as=graph.named_as.get(path),
        is_plain=path in graph.plain,
    )


def _unwritable(config: Config, fault: OSError) -> Diagnostic:
    path = os.fspath(fault.filename2 or fault.filename or config.output)
    if os.path.relpath(path, config.output).startswith(STAGING_PREFIX):
        path = config.output  # a staging folder has another name each time
    message = f"cannot write the release directory `{config.shown(config.output)}`: {reason_text(fault)}"
    has_earlier = os.path.lexists(os.path.join(config.output, MANIFEST_NAME))
    notes = ["the earlier release is unchanged"] if has_earlier else []
    hint = "check the permissions and the free space there, or name another folder with `-o` or as `output`"
    if fault.errno == ENAMETOOLONG:
        hint = (
            "shorten the name of the source: its fingerprint makes it 13 bytes longer, a compressed copy up to 4 more"
        )
    return error("output/unwritable", message, Location(config.shown(path)), notes=notes, hint=hint)
