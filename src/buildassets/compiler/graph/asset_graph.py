"""Makes the asset graph in four steps: collects what there is, walks to what it reaches, diagnoses, and settles links.

Takes what `discover` found and a function that makes drafts. Knows every stage before the naming of files.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, Protocol

from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.traces import Stale
from buildassets.compiler.config.values import HIDDEN, Config
from buildassets.compiler.facts.table import NAMES, SOURCE, Facts
from buildassets.compiler.graph.checks.settings import lost_load_paths
from buildassets.compiler.graph.collect import Collected, GraphRequest, collected
from buildassets.compiler.graph.diagnose import Diagnosed, are_all_checks, diagnosed, found_before
from buildassets.compiler.graph.font_faces import with_font_faces
from buildassets.compiler.graph.import_map import (
    Settled,
    settle,
    settle_again,
    settled_before,
    unnamed_hosts,
    with_preloads,
)
from buildassets.compiler.graph.link import imports_of
from buildassets.compiler.graph.output_maps import Origins, with_hidden_maps, with_maps
from buildassets.compiler.graph.starts import Starts, starts_of
from buildassets.compiler.graph.walk import Progress, Walk
from buildassets.compiler.languages.reference import Link
from buildassets.compiler.model import Draft, FrontEnds, ImportMap, Linked, Source, WithLinks
from buildassets.compiler.sources.globs import plain_names
from buildassets.compiler.transform.scheduler import Drafts
from buildassets.disk.file_sets import FileSet
from buildassets.foundation.diagnostics import Diagnostic, sort_key, to_json
from buildassets.foundation.digest import digest, digest_of_all
from buildassets.foundation.frozen import field, frozen, frozen_by_name, replace
from buildassets.foundation.lazily import Lazily
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
    - `joined`: the assets that are joined of several sources
    - `preloads`: the fonts that pages preload, by the sheet that declares them
    - `icons`: the names of all icons in the folders of sprites
    - `plain`: the assets that keep their own names
    - `named_as`: the paths by which the files of some assets are named, where these are not the logical paths
    - `kinds`: those of the engines that made an asset, perhaps in an earlier build
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
    joined: tuple[LogicalPath, ...] = ()
    preloads: Mapping[LogicalPath, tuple[LogicalPath, ...]] = field(default_factory=dict)
    sets: tuple[FileSet, ...] = ()
    icons: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()
    plain: frozenset[LogicalPath] = frozenset()
    named_as: Mapping[LogicalPath, LogicalPath] = field(default_factory=dict)
    kinds: Collection[str] = ()

    @property
    def failed(self) -> bool:
        """Whether there is an error, so that nothing may be released."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


_FORM: Final = 16  # hex digits of the digest of a source


@frozen
class StoredSources:
    """The forms of sources by logical path, and a digest of all names; empty if these may have changed unseen."""

    sources: Mapping[str, object]
    of_names: str


@frozen_by_name
class StoredGraph:
    """A graph, as far as it is no fact, for another process. All of its assets are compiled sources.

    - `looked_at`: the paths that decided its sources; `checked`: those at which checks looked for files
    - `found`: the assets with findings, and `gathered` the diagnostics of all of them, by check
    - `faulty`: the assets whose sources have diagnostics of their own
    - `apart`: the scripts that may run where no import map applies
    - `kinds`: those of the engines that made an asset
    """

    looked_at: frozenset[str]
    checked: tuple[str, ...]
    found: Mapping[int, tuple[str, ...]]
    gathered: Mapping[int, tuple[Diagnostic, ...]]
    faulty: tuple[str, ...]
    keeping_names: tuple[str, ...]
    unreached: tuple[str, ...]
    apart: tuple[str, ...]
    kinds: tuple[str, ...]
    importmap: ImportMap

    def form(self) -> list[object]:
        """The same as JSON."""
        settled = self.importmap
        lists = (sorted(self.looked_at), self.checked, self.faulty, self.keeping_names, self.unreached)
        by_check = [[self.found.get(check, ()), [*map(to_json, faults)]] for check, faults in self.gathered.items()]
        return [*lists, self.apart, self.kinds, by_check, settled.imports, settled.scopes, settled.modules]

    @staticmethod
    def of_form(value: object) -> "StoredGraph":
        """The graph of such a form. Raises ValueError."""
        *lists, by_check, imports, scopes, modules = json_values.array(value, 11)
        looked_at, checked, faulty, keeping_names, unreached, apart, kinds = map(json_values.texts, lists)
        checks = dict(enumerate(json_values.array(one, 2) for one in json_values.array(by_check)))
        return StoredGraph(
            looked_at=frozenset(looked_at),
            checked=checked,
            found={check: json_values.texts(paths) for check, (paths, _) in checks.items()},
            gathered={
                check: tuple(map(json_values.diagnostic, json_values.array(faults)))
                for check, (_, faults) in checks.items()
            },
            faulty=faulty,
            keeping_names=keeping_names,
            unreached=unreached,
            apart=apart,
            kinds=kinds,
            importmap=ImportMap(
                json_values.texts_by_name(imports),
                {scope: json_values.texts_by_name(names) for scope, names in json_values.table(scopes).items()},
                modules={name: LogicalPath(path) for name, path in json_values.texts_by_name(modules).items()},
            ),
        )


class StoredGraphing(Protocol):
    """The graph of another process."""

    @property
    def sources(self) -> StoredSources:
        """The sources of then."""
        ...

    @property
    def graph(self) -> StoredGraph | None:
        """The graph, if all of it is kept."""
        ...

    @property
    def paths(self) -> Sequence[str]:
        """The logical paths of its assets, sorted."""
        ...

    @property
    def inputs(self) -> tuple[str, ...]:
        """The paths of all that decided it."""
        ...


class Graphing:
    """The graph of one configuration and mode, made in one build and renewed in the next ones."""

    def __init__(self) -> None:
        self._known: Collected | None = None
        self._stored: StoredGraphing | None = None
        self.is_renewed = False  # whether the graph is that of another process, but for what changed
        self._holds = False  # whether what is known before compiling is known to hold
        self._starts = Starts(frozenset())
        self._walk: Walk | None = None
        self._settled: Settled | None = None
        self._graph: AssetGraph | None = None
        self._map_faults: tuple[Diagnostic, ...] = ()
        self._found: list[Diagnostic] = []  # as found, and in order
        self._sorted: tuple[Diagnostic, ...] = ()
        self.changed: Collection[LogicalPath] | None = None  # the assets that are not as before; None if all may be

    def graph(self, request: GraphRequest, drafts_of: Drafts, progress: Progress | None = None) -> AssetGraph:
        """Every asset that the configuration names and all that these reach, compiled by `drafts_of`.

        Raises BuildError.
        """
        walk, self._walk = self._walk, None  # until this build is done
        before, known = self._known, self._renewed(request)
        is_same = before is not None and before.sources is known.sources
        if self._stored is not None:
            walk = self._restored(known, self._stored, progress)
            is_same, self._stored = walk is not None, None
        if walk is None or not is_same or request.discovery.fonts or not walk.renew(drafts_of):
            self.is_renewed = False
            self._starts = starts_of(known)
            walk = Walk(known, drafts_of, progress)
            walk.run(self._starts.paths)
        looks = len(walk.looked_at)
        found = diagnosed(known, walk, self._graph.unreached if self._graph else None)
        found = replace(found, diagnostics=(*self._starts.faults, *found.diagnostics))
        is_same = len(walk.looked_at) == looks
        graph = self._again(known, walk, found, is_same=is_same) or self._settle(known, walk, found)
        self._known, self._walk, self._graph = known, walk, graph
        return graph

    def begin(self, changed: Collection[str]) -> None:
        """Forget what those of the paths decided that changed since the last build, as far as that is no fact."""
        stored = self._stored.graph if self._stored else None
        looked_at = self._known.looked_at if self._known else stored.looked_at if stored else None
        self._holds = looked_at is not None and frozenset(changed).isdisjoint(looked_at)

    def restore(self, stored: StoredGraphing) -> None:
        """Begin with the graph of another process, or with its facts where sources changed."""
        self._stored = stored

    def stored_graph(self) -> StoredGraph | None:
        """The graph for another process; None if that cannot be kept."""
        known, walk, settled, graph = self._known, self._walk, self._settled, self._graph
        assert known is not None
        assert walk is not None
        if settled is None or graph is None or not _is_storable(known) or not walk.is_of_sources:
            return None
        return StoredGraph(
            looked_at=frozenset(known.looked_at),
            checked=tuple(sorted(walk.looked_at)),
            found={check: tuple(sorted(by_path)) for check, by_path in walk.found.items()},
            gathered=walk.gathered,
            faulty=tuple(sorted(walk.faulty)),
            keeping_names=walk.keeping_names,
            unreached=graph.unreached,
            apart=tuple(sorted(settled.apart)),
            kinds=tuple(sorted(walk.kinds)),
            importmap=settled.importmap,
        )

    def _restored(self, known: Collected, build: StoredGraphing, progress: Progress | None) -> Walk | None:
        """The walk of another process, if that is the same but for what changed."""
        stored, paths = build.graph, {*build.paths}
        if not self._holds or stored is None or not _is_storable(known):
            return None
        named = {*chain.from_iterable(stored.found.values()), *stored.faulty, *stored.keeping_names, *stored.apart}
        if not (known.listed.keys() >= paths >= named and are_all_checks(stored.gathered)):
            return None  # it is damaged
        names, leave_to_page = known.names, known.config.modules == "importmap"
        self._starts = starts_of(known)
        walk = Walk(known, _no_drafts, progress)
        walk.restore(
            paths=map(LogicalPath, build.paths),
            faulty=map(LogicalPath, stored.faulty),
            gathered=stored.gathered,
            keeping_names=tuple(map(LogicalPath, stored.keeping_names)),
            looked_at=stored.checked,
            kinds=stored.kinds,
        )
        walk.found = found_before(walk, known.request.facts, stored.found)
        apart = frozenset(map(LogicalPath, stored.apart))
        settled = settled_before(walk.assets, names, apart, stored.importmap, leave_to_page=leave_to_page)
        self._settled = settled
        graph = self._graph_of(known, walk, settled, tuple(map(LogicalPath, stored.unreached)))
        self._graph = replace(graph, inputs=build.inputs)
        self.is_renewed = True
        return walk

    def stored_sources(self, facts: Facts) -> "StoredSources":
        """The sources that `facts` depend on, for another process."""
        known = self._known
        assert known is not None
        forms = {path: _form(known.listed.get(LogicalPath(path))) for path in facts.of_kind(SOURCE)}
        # What packages and `tsconfig.json` mean is known to this process only.
        is_certain = known.names.packages is None and not known.typed.looked_at
        return StoredSources(forms, _names_digest(known) if is_certain else "")

    @property
    def reused(self) -> int:
        """The number of sources that were not drafted again."""
        return self._walk.reused if self._walk else 0

    @property
    def read_again(self) -> Mapping[LogicalPath, Stale]:
        """Why others were, of those that no engine makes."""
        return self._walk.read_again if self._walk else {}

    def _renewed(self, request: GraphRequest) -> Collected:
        """What is known before anything is compiled: what was, if the sources are the same and nothing is amiss."""
        before = self._known
        if before is not None and self._holds and before.holds_for(request):
            return replace(before, request=request)
        known = collected(request)
        if before is not None:
            _touch(request.facts, {path: _form(source) for path, source in before.listed.items()}, known)
            request.facts.touch(NAMES)
        elif self._stored is not None and not self._holds:
            stored = self._stored.sources
            _touch(request.facts, stored.sources, known)
            if stored.of_names != _names_digest(known):
                request.facts.touch(NAMES)
        return known

    def _again(self, known: Collected, walk: Walk, found: Diagnosed, *, is_same: bool) -> AssetGraph | None:
        """The graph with the assets that were renewed; None where that may concern others.

        `is_same` is whether nothing else was looked at.
        """
        graph, settled, config = self._graph, self._settled, known.config
        if graph is None or settled is None or walk.is_new or config.source_maps:
            return None
        before = {path: asset for path, asset in walk.before.items() if path in graph.assets}
        leave_to_page = config.modules == "importmap"
        if not settle_again(settled, before, walk.assets, known.names, leave_to_page=leave_to_page):
            return None
        self.changed = before.keys()
        assert isinstance(graph.imports, Lazily)
        graph.imports.forget(before)
        is_same = is_same and all(_deciding(one) == _deciding(walk.assets[path]) for path, one in before.items())
        return replace(
            graph,
            assets=walk.assets,
            written=settled.written,
            unreached=found.unreached,
            diagnostics=self._in_order(config, found),
            inputs=graph.inputs if is_same else tuple(_inputs(known, walk)),
            sets=graph.sets if is_same else _sets(walk),
        )

    def _in_order(self, config: Config, found: Diagnosed) -> tuple[Diagnostic, ...]:
        """The diagnostics in order: the same value if they are those of the last build."""
        diagnostics = [*found.diagnostics, *self._map_faults]
        if diagnostics != self._found or not self._sorted:
            self._found, self._sorted = diagnostics, _relocated(config, diagnostics)
        return self._sorted

    def _settle(self, known: Collected, walk: Walk, found: Diagnosed) -> AssetGraph:
        """The graph of the assets of `walk`, of which everything is known but their names."""
        self.changed = None
        config, names, discovery = known.config, known.names, known.request.discovery
        preloads = _write_font_faces(walk) if discovery.fonts else {}
        self._settled = settled = settle(walk.assets, names, leave_to_page=config.modules == "importmap")
        graph = self._graph_of(known, walk, settled, found.unreached)
        diagnostics = self._in_order(config, found)
        released = WithLinks(walk.assets, settled.written, plain=graph.plain)
        if config.source_maps and not any(diagnostic.is_error for diagnostic in diagnostics):
            released = _with_maps(config, released)
        return replace(
            graph,
            assets=released.assets,
            written=released.written,
            diagnostics=diagnostics,
            inputs=tuple(_inputs(known, walk)),
            hidden_maps=released.hidden_maps,
            module_imports=known.modules.imports,
            joined=tuple(path for path in (*walk.joined, *known.modules.drafts) if path in released.assets),
            preloads=preloads,
            sets=_sets(walk),
        )

    def _graph_of(
        self, known: Collected, walk: Walk, settled: Settled, unreached: tuple[LogicalPath, ...]
    ) -> AssetGraph:
        """The graph of what is `settled`, without diagnostics and inputs."""
        config, discovery, assets = known.config, known.request.discovery, walk.assets
        page_map, preload_faults = with_preloads(config, settled.importmap, known.names.packages)
        self._map_faults = (*preload_faults, *unnamed_hosts(config, page_map, assets))

        def imports(path: LogicalPath) -> tuple[LogicalPath, ...]:
            return imports_of(path, (*assets[path].links, *settled.by_name.get(path, ())))

        return AssetGraph(
            assets,
            settled.written,
            page_map,
            Lazily(assets, imports),
            unreached=unreached,
            diagnostics=(),
            uncompiled=known.uncompiled,
            of_others=_of_others(known),
            front_ends=discovery.front_ends,
            icons=discovery.icons,
            plain=plain_names(config, assets),
            named_as=_named_as(config),
            kinds=walk.kinds,
        )


def _is_storable(known: Collected) -> bool:
    """Whether the graph of what is `known` can be kept for another process, of which that knows the sources.

    What packages and `tsconfig.json` mean is known to one process only.
    """
    config, request = known.config, known.request
    is_of_one_process = known.names.packages is not None or known.typed.looked_at or config.source_maps
    has_faults = known.sources.diagnostics or known.descriptions.faults
    makes_sheets = config.inline_imports and request.is_production
    is_made = config.image_variants or config.fonts or config.icons or config.module_bundles or makes_sheets
    is_of_others = any(root.manifest for root in config.sources) or known.typed_modules or request.named
    return not (is_of_one_process or has_faults or is_made or is_of_others)


def _no_drafts(sources: Sequence[Source]) -> Iterator[Draft]:
    raise AssertionError(sources)  # until the walk is renewed


def _touch(facts: Facts, before: Mapping[str, object], known: Collected) -> None:
    """Note in `facts` which sources have other forms than `before`; of those of npm any may have."""
    is_npm = any(root.npm for root in known.config.sources)
    for path in facts.of_kind(SOURCE):
        now = _form(known.listed.get(LogicalPath(path)))
        if now != before.get(path) or (now is None and is_npm):
            facts.touch((SOURCE, path))


def _form(source: Source | None) -> str | None:
    """What is compared of a source: a digest of all that it is."""
    if source is None:
        return None
    recipe = "" if source.recipe is None else repr(source.recipe)
    flags = f"{source.root} {source.keeps_name} {source.uncompiled} {recipe}"
    return digest("\0".join((source.path, source.relative, flags, *source.variants)).encode("utf-8", "surrogatepass"))[
        :_FORM
    ]


def _names_digest(known: Collected) -> str:
    """A digest of what `NAMES` stands for: all sources and what is skipped, the import map, packages."""
    names = (f"{path}\0{source.keeps_name}" for path, source in known.listed.items())
    skipped = (f"{path}\0{reason}" for path, reason in known.request.discovery.skipped.items())
    mapped = repr((known.names.configured, known.names.chunks, sorted(known.typed.looked_at)))
    return digest_of_all([*sorted(names), *sorted(skipped), mapped])


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
