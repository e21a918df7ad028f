"""`build`: makes the release directory of a configuration. The one module that knows every stage."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from errno import ENAMETOOLONG
from typing import TYPE_CHECKING

from buildassets.compiler.body import LostBodyError
from buildassets.compiler.cache.folder import unusable_cache
from buildassets.compiler.cache.measures import keep_measures
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.named_settings import hinted
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.protocol import KnownEngine
from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.graph.collect import GraphRequest
from buildassets.compiler.incremental.stored_facts import stored_build
from buildassets.compiler.kept import NO_REPORT, Kept, TemplateReport
from buildassets.compiler.languages.native.library import oddity
from buildassets.compiler.means import Means
from buildassets.compiler.model import ImportMap, Source
from buildassets.compiler.released import released
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.compiler.sources.discover import Discovery, discover
from buildassets.compiler.sources.uncompiled import is_declaration
from buildassets.compiler.templates.build_names import NO_NAMES, names_of_build
from buildassets.compiler.templates.files import absent_folders
from buildassets.compiler.templates.named import NamedInTemplates
from buildassets.compiler.transform.draft_cache import KeptResults, names_for, rerun_reasons, shown_steps
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.disk.files import STAGING_PREFIX
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, sort_key
from buildassets.foundation.frozen import replace
from buildassets.foundation.measures import Measures
from buildassets.foundation.media import script_name
from buildassets.manifest.model import (
    MANIFEST_NAME,
)

if TYPE_CHECKING:
    from buildassets.compiler.cache.remote.remote import RemoteCache
    from buildassets.compiler.cache.remote.use import RemoteUse

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
        means = Means(request=request, cache=cache, kept=request.kept or Kept())
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
    return replace(result, diagnostics=hinted(config, result.diagnostics))


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
    kept = means.kept
    try:
        if kept.changed is None and last is not None and (stored := stored_build(last)):
            kept.restore(means.config, means.request.mode, stored, last)
        return _built_with(means, last)
    except LostBodyError:
        kept.clear()
        return _built_with(means, last)


def _built_with(means: Means, last: LastBuild | None) -> BuildResult:
    """The result of a build with what is kept. Raises LostBodyError if some of that is lost, and then forgets it."""
    config = means.config
    means.kept.begin(config, means.request.mode)
    templates = NamedInTemplates(config, means.request.cache)
    graph = _with_templates(means, graph_of(means, templates), templates)
    if graph.failed:
        return BuildResult(None, (), graph.diagnostics, graph.inputs)
    try:
        return released(means, graph, last)
    except BuildError as fault:
        diagnostics = sorted((*graph.diagnostics, *fault.diagnostics), key=sort_key)
        return BuildResult(None, (), tuple(diagnostics), graph.inputs)
    except OSError as fault:
        return BuildResult(None, (), (*graph.diagnostics, _unwritable(config, fault)), graph.inputs)


def graph_of(means: Means, templates: NamedInTemplates) -> AssetGraph:
    """The graph of all assets; if an engine cannot be started, an empty one with the diagnostics.

    The `templates` are read if what is released depends on them.
    """
    kept = means.kept
    config = means.config
    try:
        with means.engines() as engines:
            compiles_to = {kind: engine.compiles_to for kind, engine in engines.compilers.items()}
            discovery = _discovered(means, compiles_to, kept)
            with means.drafting(engines) as drafts_of, means.times.of("graph"):
                timed = means.timed(drafts_of)
                decided = kept.has_typed or any(icons.used_only for icons in config.icons.values())
                discovery = _with_sprites(config, discovery, templates if decided else None)
                asked = GraphRequest(
                    config=config,
                    mode=means.request.mode,
                    discovery=discovery,
                    compiles_to=compiles_to,
                    named=templates.names() if decided else (),
                    in_templates=templates.names,
                    times=means.times,
                    facts=kept.facts,
                    results=KeptResults(means.cache, config),
                )
                graph = kept.graphing.graph(asked, timed, means.request.progress)
            kept.graphed()
            used = (*engines.all, *_tailwind_where_used(engines, graph))
            programs = tuple(path for engine in used for path in engine.programs)
            return replace(graph, inputs=kept.inputs(graph.inputs, programs, of="programs"))
    except BuildError as fault:
        return AssetGraph({}, {}, importmap=ImportMap(), imports={}, unreached=(), diagnostics=fault.diagnostics)


def _with_templates(means: Means, graph: AssetGraph, templates: NamedInTemplates) -> AssetGraph:
    """The graph with a warning for each name in templates that the release lacks, and with what decided these.

    In production a configured folder of templates that is not there, as in half an image, is an error.
    """
    if graph.failed and not graph.assets:
        return graph
    report = means.kept.templates = _report(means, graph, templates)
    absent = absent_folders(means.config) if means.is_production else ()
    places = {one.location for one in graph.diagnostics}  # where a plan of blocks has the same fault
    warnings = report.warnings if means.request.checks_templates else ()
    lacking = (one for one in warnings if one.location not in places)
    more = (*lacking, *absent)
    return replace(
        graph,
        diagnostics=tuple(sorted({*graph.diagnostics, *more}, key=sort_key)) if more else graph.diagnostics,
        inputs=means.kept.inputs(graph.inputs, report.inputs, of="templates"),
        sets=(*graph.sets, *report.sets),
        parents=report.parents.difference(graph.inputs),
    )


def _report(means: Means, graph: AssetGraph, templates: NamedInTemplates) -> TemplateReport:
    """The report on the templates: that of the last build if nothing changed that it is about."""
    if not (means.request.checks_templates or templates.is_decisive):
        return NO_REPORT
    report, renewed = means.kept.templates, means.kept.graphing.changed
    drafts = (graph.assets[path].draft for path in renewed or ())
    if report and renewed is not None and not any(one.names or one.size or one.icons for one in drafts):
        return report
    released = names_of_build(means.config, graph) if templates.are_there else NO_NAMES
    if report and report.released == released:
        return report
    return templates.report(released, is_watched=means.request.kept is not None)


def _discovered(means: Means, compiles_to: Mapping[str, str], kept: Kept) -> Discovery:
    if kept.discovery is None:
        with means.times.of("sources"):
            kept.discovery = discover(means.config, compiles_to, means.request.mode, digest_of=means.digest_of)
            kept.has_typed = not means.config.entries and _has_typed(kept.discovery.sources)
    return kept.discovery


def _has_typed(sources: Iterable[Source]) -> bool:
    """Whether there are modules in TypeScript or JSX, which are released where templates name them."""
    return any(script_name(source.path) and not is_declaration(source.path) for source in sources)


def _with_sprites(config: Config, discovery: Discovery, templates: NamedInTemplates | None) -> Discovery:
    """`discovery` together with the sources of sprites."""
    if not config.icons:
        return discovery
    from buildassets.compiler.sources.sprites import NamedIcons, sprites  # few projects have icons

    names = templates.all() if templates else None
    icons = NamedIcons(names.icons, names.computed_icons) if names else NamedIcons()
    found = sprites(config, icons, {source.logical: source for source in discovery.sources})
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
    if engines.tailwind is not None and engines.tailwind.name in graph.kinds:
        yield engines.tailwind


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
