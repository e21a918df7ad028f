"""Makes the asset graph in four steps: collects what there is, walks to what it reaches, diagnoses, and settles links.

Takes what `discover` found and a function that makes drafts. Knows every stage before the naming of files.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping

from buildassets.compiler.config.values import HIDDEN, Config
from buildassets.compiler.facts.kinds import NAMES, SOURCE
from buildassets.compiler.facts.table import Facts
from buildassets.compiler.graph.checks.settings import lost_load_paths
from buildassets.compiler.graph.collect import Collected, GraphRequest, collected
from buildassets.compiler.graph.diagnose import Diagnosed, diagnosed
from buildassets.compiler.graph.font_faces import with_font_faces
from buildassets.compiler.graph.import_map import Settled, settle, settle_again, with_preloads
from buildassets.compiler.graph.link import imports_of
from buildassets.compiler.graph.output_maps import Origins, with_hidden_maps, with_maps
from buildassets.compiler.graph.plain_names import plain_names
from buildassets.compiler.graph.starts import Starts, starts_of
from buildassets.compiler.graph.walk import Progress, Walk
from buildassets.compiler.languages.reference import Link
from buildassets.compiler.model import FrontEnds, ImportMap, Linked, WithLinks
from buildassets.compiler.transform.scheduler import Drafts
from buildassets.disk.file_sets import FileSet
from buildassets.foundation.diagnostics import Diagnostic, sort_key
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.paths import LogicalPath


@frozen
class AssetGraph:
    """All assets by logical path, the links that are written into each, and the diagnostics.

    - `imports`: the modules that each script waits for
    - `unreached`: the sources that are not released
    - `uncompiled`: those in languages that nothing compiles
    - `inputs`: the absolute paths of all files and folders that were read or looked for
    - `sets`: the sets of files that engines listed, and those of templates
    - `parents`: those of `inputs` that are folders of which only the folders in them count
    - `of_others`: the sources in vendored roots, released or not
    - `hidden_maps`: the source maps that are no assets, by the assets that they belong to
    - `front_ends`: what Vite built
    - `module_imports`: the paths of files in module bundles, each with those that it imports
    - `preloads`: the fonts that pages preload, by the sheet that declares them
    - `icons`: the names of all icons in the folders of sprites
    - `plain`: the assets that keep their own names
    - `named_as`: the paths by which the files of some assets are named, where these are not the logical paths
    """

    assets: Mapping[LogicalPath, Linked]
    written: Mapping[LogicalPath, tuple[Link, ...]]
    importmap: ImportMap
    imports: Mapping[LogicalPath, tuple[LogicalPath, ...]]
    unreached: tuple[LogicalPath, ...]
    diagnostics: tuple[Diagnostic, ...]
    inputs: tuple[str, ...] = ()
    uncompiled: frozenset[LogicalPath] = frozenset()
    of_others: frozenset[LogicalPath] = frozenset()
    hidden_maps: Mapping[LogicalPath, bytes] = field(default_factory=dict)
    front_ends: FrontEnds = FrontEnds()
    module_imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    preloads: Mapping[LogicalPath, tuple[LogicalPath, ...]] = field(default_factory=dict)
    sets: tuple[FileSet, ...] = ()
    icons: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()
    plain: frozenset[LogicalPath] = frozenset()
    named_as: Mapping[LogicalPath, LogicalPath] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether there is an error, so that nothing may be released."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


class Graphing:
    """The graph of one configuration and mode, made in one build and renewed in the next ones."""

    def __init__(self) -> None:
        self._known: Collected | None = None
        self._holds = False  # whether what is known before compiling is known to hold
        self._starts = Starts(frozenset())
        self._walk: Walk | None = None
        self._settled: Settled | None = None
        self._graph: AssetGraph | None = None
        self._preload_faults: tuple[Diagnostic, ...] = ()
        self.changed: Collection[LogicalPath] | None = None  # the assets that are not as before; None if all may be

    def graph(self, request: GraphRequest, drafts_of: Drafts, progress: Progress | None = None) -> AssetGraph:
        """Every asset that the configuration names and all that these reach, compiled by `drafts_of`.

        Raises BuildError.
        """
        walk, self._walk = self._walk, None  # until this build is done
        before, known = self._known, self._renewed(request)
        is_same = before is not None and before.sources is known.sources
        if walk is None or not is_same or not walk.renew(drafts_of):
            self._starts = starts_of(known)
            walk = Walk(known, drafts_of, progress)
            walk.run(self._starts.paths)
        looks = len(walk.looked_at)
        found = diagnosed(known, walk)
        found = replace(found, diagnostics=(*self._starts.faults, *found.diagnostics))
        is_same = len(walk.looked_at) == looks
        graph = self._again(known, walk, found, is_same=is_same) or self._settle(known, walk, found)
        self._known, self._walk, self._graph = known, walk, graph
        return graph

    def begin(self, changed: Collection[str]) -> None:
        """Forget what those of the paths decided that changed since the last build, as far as that is no fact."""
        self._holds = self._known is not None and frozenset(changed).isdisjoint(self._known.looked_at)

    def knows(self, path: str) -> bool:
        """Whether what is at `path` decided what is known before anything is compiled."""
        return self._known is not None and path in set(self._known.looked_at)

    def _renewed(self, request: GraphRequest) -> Collected:
        """What is known before anything is compiled: what was, if the sources are the same and nothing is amiss."""
        before = self._known
        if before is not None and self._holds and before.holds_for(request):
            return replace(before, request=request)
        known = collected(request)
        if before is not None:
            _touch(request.facts, before, known)
        return known

    def _again(self, known: Collected, walk: Walk, found: Diagnosed, *, is_same: bool) -> AssetGraph | None:
        """The graph with the assets that were renewed; None where that may concern others.

        `is_same` is whether nothing else was looked at.
        """
        graph, settled, config = self._graph, self._settled, known.config
        if graph is None or settled is None or walk.is_new or known.request.discovery.fonts or config.source_maps:
            return None
        before = {path: asset for path, asset in walk.before.items() if path in graph.assets}
        leave_to_page = config.modules == "importmap"
        if not settle_again(settled, before, walk.assets, known.names, leave_to_page=leave_to_page):
            return None
        self.changed = before.keys()
        assert isinstance(graph.imports, dict)
        for path in before:
            graph.imports[path] = imports_of(path, (*walk.assets[path].links, *settled.by_name.get(path, ())))
        is_same = is_same and all(_deciding(one) == _deciding(walk.assets[path]) for path, one in before.items())
        return replace(
            graph,
            assets=walk.assets,
            written=settled.written,
            unreached=found.unreached,
            diagnostics=_relocated(config, (*found.diagnostics, *self._preload_faults)),
            inputs=graph.inputs if is_same else tuple(_inputs(known, walk)),
            sets=graph.sets if is_same else _sets(walk),
        )

    def _settle(self, known: Collected, walk: Walk, found: Diagnosed) -> AssetGraph:
        """The graph of the assets of `walk`, of which everything is known but their names."""
        self.changed = None
        config, names, discovery = known.config, known.names, known.request.discovery
        preloads = _write_font_faces(walk) if discovery.fonts else {}
        self._settled = settled = settle(walk.assets, names, leave_to_page=config.modules == "importmap")
        page_map, self._preload_faults = with_preloads(config, settled.importmap, names.packages)
        diagnostics = _relocated(config, (*found.diagnostics, *self._preload_faults))
        plain = plain_names(config, walk.assets)
        released = WithLinks(walk.assets, settled.written, plain=plain)
        if config.source_maps and not any(diagnostic.is_error for diagnostic in diagnostics):
            released = _with_maps(config, released)
        links = ((path, (*asset.links, *settled.by_name.get(path, ()))) for path, asset in walk.assets.items())
        return AssetGraph(
            released.assets,
            released.written,
            page_map,
            {path: imports_of(path, several) for path, several in links},
            unreached=found.unreached,
            diagnostics=diagnostics,
            inputs=tuple(_inputs(known, walk)),
            uncompiled=known.uncompiled,
            of_others=_of_others(known),
            hidden_maps=released.hidden_maps,
            front_ends=discovery.front_ends,
            module_imports=known.modules.imports,
            preloads=preloads,
            sets=_sets(walk),
            icons=discovery.icons,
            plain=plain,
            named_as=_named_as(config),
        )


def _touch(facts: Facts, before: Collected, known: Collected) -> None:
    """Note in `facts` which sources are others than `before`."""
    facts.touch(NAMES)
    was, now = before.listed, known.listed
    for path in facts.of_kind(SOURCE):
        is_listed = path in was or path in now
        if was.get(LogicalPath(path)) != now.get(LogicalPath(path)) or not is_listed:
            facts.touch((SOURCE, path))


def _deciding(asset: Linked) -> object:
    """The files that decided an asset."""
    draft = asset.draft
    return draft.inputs, draft.absences, draft.sets


def _sets(walk: Walk) -> tuple[FileSet, ...]:
    """The sets of files that engines listed."""
    return tuple(dict.fromkeys(one for asset in walk.compiled.values() for one in asset.draft.sets))


def _write_font_faces(walk: Walk) -> Mapping[LogicalPath, tuple[LogicalPath, ...]]:
    """Write what was made of fonts into the sheets of `walk`; gives the fonts that pages preload with each."""
    found = with_font_faces(walk.assets)
    walk.assets = dict(found.assets)
    return found.preloads


def _relocated(config: Config, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """`diagnostics`, each once and sorted by place; those of generated sources at what these were generated from."""
    if config.plan:
        from buildassets.compiler.config.block_plan import relocated

        diagnostics = [*relocated(config.plan, diagnostics), *config.plan.diagnostics]
    return tuple(sorted(set(diagnostics), key=sort_key))


def _inputs(known: Collected, walk: Walk) -> Iterator[str]:
    """Everything that was read or looked for."""
    config = known.config
    yield from config.read
    yield from known.looked_at
    yield from walk.inputs()
    yield from walk.looked_at
    yield from (path for _, path in lost_load_paths(config))
    if config.file:
        yield config.file
    if config.plan:
        yield from (config.plan.path, *config.plan.inputs)


def _of_others(known: Collected) -> frozenset[LogicalPath]:
    """The sources in vendored roots."""
    vendored = {index for index, root in enumerate(known.config.sources) if root.vendored}
    return frozenset(path for path, source in known.listed.items() if source.root in vendored)


def _named_as(config: Config) -> Mapping[LogicalPath, LogicalPath]:
    """The paths by which the files of some assets are named."""
    files = config.plan.files if config.plan else {}
    return {LogicalPath(path): LogicalPath(file) for path, file in files.items()}


def _with_maps(config: Config, released: WithLinks) -> WithLinks:
    """`released` with source maps, hidden ones if the configuration asks for these."""
    roots = [os.path.realpath(path) for path in (*(root.path for root in config.sources), *config.load_paths)]
    mapped = with_hidden_maps if config.source_maps == HIDDEN else with_maps
    return mapped(released, Origins(config.input_name, roots, config.sources_content))
