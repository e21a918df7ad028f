"""Makes the asset graph in four steps: collects what there is, walks to what it reaches, diagnoses, and settles links.

Takes what `discover` found and a function that makes drafts. Knows every stage before the naming of files.
"""

import os
from collections.abc import Iterable, Iterator, Mapping

from buildassets.compiler.config.values import HIDDEN, Config
from buildassets.compiler.graph.checks.settings import lost_load_paths
from buildassets.compiler.graph.collect import Collected, GraphRequest, collected
from buildassets.compiler.graph.diagnose import Diagnosed, diagnosed
from buildassets.compiler.graph.font_faces import with_font_faces
from buildassets.compiler.graph.import_map import settle, unnamed_hosts, with_preloads
from buildassets.compiler.graph.link import imports_of
from buildassets.compiler.graph.output_maps import Origins, with_hidden_maps, with_maps
from buildassets.compiler.graph.plain_names import plain_names
from buildassets.compiler.graph.starts import starts_of
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


def asset_graph(request: GraphRequest, drafts_of: Drafts, progress: Progress | None = None) -> AssetGraph:
    """Every asset that the configuration names and all that these reach, compiled by `drafts_of`. Raises BuildError."""
    known = collected(request)
    starts = starts_of(known)
    walk = Walk(known, drafts_of, progress)
    walk.run(starts.paths)
    found = diagnosed(known, walk)
    return _settled(known, walk, replace(found, diagnostics=(*starts.faults, *found.diagnostics)))


def _settled(known: Collected, walk: Walk, found: Diagnosed) -> AssetGraph:
    """The graph of the assets of `walk`, of which everything is known but their names."""
    config, names, discovery = known.config, known.names, known.request.discovery
    preloads = _write_font_faces(walk) if discovery.fonts else {}
    settled = settle(walk.assets, names, leave_to_page=config.modules == "importmap")
    page_map, preload_faults = with_preloads(config, settled.importmap, names.packages)
    host_faults = unnamed_hosts(config, page_map, walk.assets)
    diagnostics = _relocated(config, (*found.diagnostics, *preload_faults, *host_faults))
    plain = plain_names(config, walk.assets)
    released = WithLinks(walk.assets, settled.written, plain=plain)
    if config.source_maps and not any(diagnostic.is_error for diagnostic in diagnostics):
        released = _with_maps(config, released)
    return AssetGraph(
        released.assets,
        released.written,
        page_map,
        {path: imports_of(path, (*asset.links, *settled.by_name.get(path, ()))) for path, asset in walk.assets.items()},
        unreached=found.unreached,
        diagnostics=diagnostics,
        inputs=tuple(_inputs(known, walk)),
        uncompiled=known.uncompiled,
        of_others=_of_others(known),
        hidden_maps=released.hidden_maps,
        front_ends=discovery.front_ends,
        module_imports=known.modules.imports,
        preloads=preloads,
        sets=tuple(dict.fromkeys(one for asset in walk.compiled.values() for one in asset.draft.sets)),
        icons=discovery.icons,
        plain=plain,
        named_as=_named_as(config),
    )


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
    yield from (*config.read, *known.request.discovery.looked_at, *known.sources.looked_at)
    yield from known.descriptions.looked_at
    yield from walk.inputs()
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
