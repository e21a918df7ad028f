"""The graph of a build: its sources, those of sprites among them, and the drafts of all that they reach."""

from collections.abc import Iterable, Iterator, Mapping

from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.protocol import KnownEngine
from buildassets.compiler.graph.asset_graph import AssetGraph
from buildassets.compiler.graph.collect import GraphRequest
from buildassets.compiler.kept import Kept
from buildassets.compiler.means import Means
from buildassets.compiler.model import ImportMap, Source
from buildassets.compiler.sources.discover import Discovery, discover
from buildassets.compiler.sources.uncompiled import is_declaration
from buildassets.compiler.templates.named import NamedInTemplates
from buildassets.compiler.transform.draft_cache import KeptResults
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import sort_key
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import script_name


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
