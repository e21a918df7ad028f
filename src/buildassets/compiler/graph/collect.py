"""Collects what an asset graph is made of, before anything is compiled: sources, bundles, and what names them.

Takes what `discover` found. Compiles nothing but module bundles, as only esbuild knows which assets these become.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from buildassets.compiler.bundle.concatenated import Bundles, find_bundles
from buildassets.compiler.bundle.directive_names import Place
from buildassets.compiler.bundle.directive_places import places_of
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.facts.table import Facts
from buildassets.compiler.graph.font_faces import WithFonts, with_made_fonts
from buildassets.compiler.graph.import_map import NameResolution, configured_map
from buildassets.compiler.graph.linked_form import Results
from buildassets.compiler.graph.typed_names import TypedNames, originals
from buildassets.compiler.model import Follow, ModuleBundles, Source
from buildassets.compiler.resolve.package_json import Descriptions, packages_of
from buildassets.compiler.sources.discover import Discovery, Sources
from buildassets.compiler.sources.names import is_typed
from buildassets.compiler.stage_times import StageTimes
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import field, frozen_by_name
from buildassets.foundation.paths import LogicalPath


@frozen_by_name
class GraphRequest:
    """What an asset graph is made of.

    - `compiles_to`: maps the suffixes of further source languages to those of their assets
    - `named`: the names in templates, without which a module in TypeScript or JSX is not released
    - `results`: those of engines in the cache, of which stored facts are made
    - `in_templates`: finds these names where `named` lacks them, for sheets that do not compile by themselves and for
      third-party scripts that do not parse
    """

    config: Config
    mode: Mode
    discovery: Discovery
    compiles_to: Mapping[str, str] = field(default_factory=dict)
    named: Collection[str] = ()
    in_templates: Callable[[], Collection[str]] = frozenset
    times: StageTimes = field(default_factory=StageTimes)
    facts: Facts = field(default_factory=Facts)
    results: Results | None = None

    @property
    def is_production(self) -> bool:
        """Whether the assets are for production."""
        return self.mode == "production"


@frozen_by_name
class Collected:
    """What is known of an asset graph before its sources are compiled.

    - `parts`: the sources that are only parts of module bundles
    - `originals`: the file names of modules in TypeScript and JSX that are the logical paths of nothing else
    - `raw`: the sources in languages that nothing compiles
    - `typed_modules`: the sources in TypeScript and JSX, sorted
    - `follow`: gives the logical path that a reference names
    - `places`: the folders that directives search
    - `faults`: what is wrong so far
    """

    request: GraphRequest
    sources: Sources
    bundles: Bundles
    modules: ModuleBundles
    parts: frozenset[LogicalPath]
    originals: frozenset[LogicalPath]
    raw: frozenset[LogicalPath]
    typed_modules: tuple[Source, ...]
    typed: TypedNames
    names: NameResolution
    descriptions: Descriptions
    follow: Follow
    places: Sequence[Place]
    faults: tuple[Diagnostic, ...]

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.request.config

    @property
    def listed(self) -> Mapping[LogicalPath, Source]:
        """The sources of all roots but those of npm, by logical path."""
        return self.sources.listed

    @property
    def looked_at(self) -> Iterator[str]:
        """The paths of all files and folders that decided it, and what is asked of it."""
        yield from (*self.request.discovery.looked_at, *self.sources.looked_at, *self.descriptions.looked_at)
        yield from self.typed.looked_at

    def holds_for(self, request: GraphRequest) -> bool:
        """Whether `request` is the same, provided that all that was looked at is.

        With faults of packages it does not hold, as these are of packages that something named before. Nor with module
        bundles, which esbuild makes again.
        """
        is_same = request.discovery is self.request.discovery and request.named == self.request.named
        has_faults = self.sources.diagnostics or self.descriptions.faults
        return is_same and not has_faults and not self.config.module_bundles

    @property
    def uncompiled(self) -> frozenset[LogicalPath]:
        """Those of the `raw` sources that are not parts of anything."""
        return self.raw - self.parts - self.originals


def collected(request: GraphRequest) -> Collected:
    """What the graph of `request` begins with. Raises BuildError."""
    config, discovery = request.config, request.discovery
    planned = config.plan.bundles if config.plan else {}
    bundles = find_bundles({**config.bundles, **planned}, discovery.sources, config.place)
    modules = _module_bundles(request)
    listed = _listed(discovery, bundles, modules)
    typed_files = originals(discovery.sources)
    note = request.facts.note
    sources = Sources(config, request.compiles_to, {**typed_files, **listed}, note)
    typed = TypedNames(config, sources, config.shown)
    configured, map_faults = configured_map(config, sources)
    importmap = typed.mapped(configured)
    descriptions = Descriptions(config)
    known = WithFonts(sources, discovery.fonts) if discovery.fonts else sources
    packages = packages_of(config, request.mode, descriptions, sources)
    names = NameResolution(
        config, importmap, packages, known, chunks=discovery.front_ends.chunks, typed=typed, note=note
    )
    parts = modules.parts | set(map(LogicalPath, config.plan.parts if config.plan else ()))
    return Collected(
        request=request,
        sources=sources,
        bundles=bundles,
        modules=modules,
        parts=parts,
        originals=frozenset(typed_files.keys() - listed.keys()),
        raw=frozenset(path for path, source in sources.listed.items() if source.uncompiled),
        typed_modules=tuple(source for _, source in sorted(sources.listed.items()) if is_typed(source)),
        typed=typed,
        names=names,
        descriptions=descriptions,
        follow=with_made_fonts(names.follow, discovery.fonts, note) if config.fonts else names.follow,
        places=places_of(config, sources, descriptions),
        faults=(*discovery.diagnostics, *bundles.diagnostics, *modules.diagnostics, *map_faults),
    )


def _module_bundles(request: GraphRequest) -> ModuleBundles:
    """The bundles that esbuild makes."""
    if not request.config.module_bundles:
        return ModuleBundles()
    with request.times.of("bundle"):
        from buildassets.compiler.bundle.esbuild import bundle_modules  # 8 ms

        return bundle_modules(request.config, request.discovery.sources, production=request.is_production)


def _listed(discovery: Discovery, bundles: Bundles, modules: ModuleBundles) -> dict[LogicalPath, Source]:
    """The sources that are known before npm roots are read, those without a file of their own included."""
    made = (*bundles.members, *modules.drafts)
    listed = {path: Source(path, "", shown=path, root=-1, relative=path) for path in made}
    return listed | {source.logical: source for source in (*discovery.sources, *modules.sources)}
