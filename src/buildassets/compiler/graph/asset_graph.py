"""Makes the asset graph: drafts and links all assets that the sources reach, and collects their diagnostics.

Takes what `discover` found and a function that makes drafts. Knows every stage before the naming of files.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from buildassets.compiler.bundle.concatenated import find_bundles
from buildassets.compiler.bundle.directive_places import places_of
from buildassets.compiler.config.values import HIDDEN, Config, Mode
from buildassets.compiler.graph.checks.chunk_names import chunk_faults
from buildassets.compiler.graph.checks.clashes import clashes
from buildassets.compiler.graph.checks.findings import is_broken_script, of_drafts
from buildassets.compiler.graph.checks.import_faults import import_faults
from buildassets.compiler.graph.checks.kept_names import fingerprinted_faults, reserved_name_faults
from buildassets.compiler.graph.checks.large_images import large_images
from buildassets.compiler.graph.checks.lost_exports import lost_exports
from buildassets.compiler.graph.checks.missing import MissingReferences, prefix_faults
from buildassets.compiler.graph.checks.part_sheets import part_faults, part_sheets
from buildassets.compiler.graph.checks.settings import lost_load_paths, setting_faults
from buildassets.compiler.graph.checks.uncompiled import judged, unnamed
from buildassets.compiler.graph.checks.worker_urls import worker_faults
from buildassets.compiler.graph.data_urls import refusals
from buildassets.compiler.graph.font_faces import WithFonts, with_font_faces, with_made_fonts
from buildassets.compiler.graph.import_map import (
    NameResolution,
    configured_map,
    mapped_assets,
    settle,
    with_preloads,
)
from buildassets.compiler.graph.link import imports_of
from buildassets.compiler.graph.output_maps import Origins, with_hidden_maps, with_maps
from buildassets.compiler.graph.plain_names import plain_names
from buildassets.compiler.graph.typed_names import TypedNames, originals, typed_in_use
from buildassets.compiler.graph.walk import Progress, Walk
from buildassets.compiler.images.sprite import Sprite
from buildassets.compiler.languages.reference import Link
from buildassets.compiler.model import Follow, FrontEnds, ImportMap, Linked, ModuleBundles, Source, WithLinks
from buildassets.compiler.resolve.package_json import Descriptions, packages_of
from buildassets.compiler.sources.discover import Discovery, Sources
from buildassets.compiler.sources.globs import is_glob, named_by
from buildassets.compiler.sources.names import is_typed
from buildassets.compiler.stage_times import StageTimes
from buildassets.compiler.transform.scheduler import Drafts
from buildassets.disk.codings import is_available
from buildassets.disk.file_sets import FileSet
from buildassets.foundation.diagnostics import Diagnostic, error, sort_key, warning
from buildassets.foundation.frozen import field, frozen
from buildassets.foundation.media import suffix
from buildassets.foundation.nearest import Known
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


def asset_graph(
    discovery: Discovery,
    drafts_of: Drafts,
    compiles_to: Mapping[str, str],
    config: Config,
    *,
    mode: Mode,
    progress: Progress | None = None,
    times: StageTimes | None = None,
    named: Collection[str] = (),
    in_templates: Callable[[], Collection[str]] = frozenset,
) -> AssetGraph:
    """Every asset of `discovery` that `config` names and all that these reach, compiled by `drafts_of`.

    `compiles_to` maps the suffixes of further source languages to those of their assets; `named` are the names in
    templates, without which a module in TypeScript or JSX is not released; where they are not given, `in_templates`
    finds them for sheets that do not compile by themselves and for third-party scripts that do not parse.
    Raises BuildError.
    """
    planned = config.plan.bundles if config.plan else {}
    bundles = find_bundles({**config.bundles, **planned}, discovery.sources, config.place)
    modules = _module_bundles(config, discovery.sources, mode, times or StageTimes())
    listed = {
        path: Source(path, "", shown=path, root=-1, relative=path) for path in (*bundles.members, *modules.drafts)
    }
    listed |= {source.logical: source for source in (*discovery.sources, *modules.sources)}
    in_originals = originals(discovery.sources).keys() - listed.keys()
    listed = {**originals(discovery.sources), **listed}
    sources = Sources(config, compiles_to, listed)
    typed = TypedNames(config, sources, config.shown)
    importmap, importmap_errors = configured_map(config, sources)
    importmap = typed.mapped(importmap)
    parts = modules.parts | set(map(LogicalPath, config.plan.parts if config.plan else ()))
    in_source = frozenset(path for path, source in listed.items() if source.uncompiled)
    uncompiled = in_source - parts - in_originals
    starts, start_faults = _starts(
        config, listed, typed, modules.drafts.keys(), parts=parts, uncompiled=in_source, fonts=discovery.fonts
    )
    if not config.entries:
        starts |= typed_in_use(listed, typed, named)
    starts |= listed.keys() & (set(map(LogicalPath, planned)) | discovery.front_ends.files)
    starts |= {source.logical for source in discovery.sources if isinstance(source.recipe, Sprite)}
    starts |= plain_names(config, listed) - uncompiled
    starts |= {path for path in mapped_assets(importmap) if path in sources and not sources[path].uncompiled}
    descriptions = Descriptions(config)
    known = _known(sources, discovery.fonts)
    names = NameResolution(config, importmap, packages_of(config, mode, descriptions, sources), known, typed=typed)
    places = places_of(config, sources, descriptions)
    inlines = config.inline_imports and mode == "production"
    follow = _followed(names.follow, discovery.fonts)
    walk = Walk(
        config,
        sources,
        bundles,
        modules,
        follow=follow,
        drafts_of=drafts_of,
        progress=progress,
        places=places,
        inlines=inlines,
    )
    walk.run(starts)
    members = {member for each in bundles.members.values() for member in each}
    partial_sheets = part_sheets(config, walk.compiled, walk.assets, members, named=in_templates)
    part_drafts = [walk.leave_out(path) for path in partial_sheets.left_out]
    skipped = {**sources.skipped, **discovery.skipped}
    codings = config.compress if mode == "production" else ()
    diagnostics = [*discovery.diagnostics, *bundles.diagnostics, *modules.diagnostics, *sources.diagnostics]
    diagnostics += (*start_faults, *importmap_errors, *descriptions.faults, *_unavailable(config, codings))
    diagnostics += (
        *config.notices,
        *part_faults(part_drafts),
        *_astray(
            discovery.front_ends,
            _faults_of_graph(config, mode, walk, names, sources=sources, skipped=skipped, in_templates=in_templates),
        ),
    )
    taken = walk.assets.keys() | walk.compiled.keys() | parts | in_originals | set(partial_sheets.left_out)
    diagnostics += clashes(config, listed, walk.compiled, named)
    if not any(diagnostic.is_error for diagnostic in diagnostics):
        diagnostics += unnamed(config, listed, taken)
    raw = judged(config, importmap, sources, taken | walk.refused, read=frozenset(walk.read() if in_source else ()))
    diagnostics += raw.diagnostics
    unreached = tuple(sorted(listed.keys() - taken - (raw.lost if config.entries else uncompiled)))
    preloads = _write_font_faces(walk) if discovery.fonts else {}
    settled = settle(walk.assets, names, leave_to_page=config.modules == "importmap")
    page_map, preload_warnings = with_preloads(config, settled.importmap, names.packages)
    diagnostics += preload_warnings
    looked_at = (*config.read, *discovery.looked_at, *sources.looked_at, *descriptions.looked_at, *walk.inputs())
    looked_at += tuple(path for _, path in lost_load_paths(config))
    inputs = (*looked_at, config.file) if config.file else looked_at
    if config.plan:
        from buildassets.compiler.config.block_plan import relocated

        inputs = (*inputs, config.plan.path, *config.plan.inputs)
        diagnostics = [*relocated(config.plan, diagnostics), *config.plan.diagnostics]
    ordered = tuple(sorted({partial_sheets.explained.get(one, one) for one in diagnostics}, key=sort_key))
    plain = plain_names(config, walk.assets)
    released = WithLinks(walk.assets, settled.written, plain=plain)
    if config.source_maps and not any(diagnostic.is_error for diagnostic in ordered):
        released = _with_maps(config, released)
    imports = {
        path: imports_of(path, (*asset.links, *settled.by_name.get(path, ()))) for path, asset in walk.assets.items()
    }
    listed_sets = tuple(dict.fromkeys(found for asset in walk.compiled.values() for found in asset.draft.sets))
    return AssetGraph(
        released.assets,
        released.written,
        page_map,
        imports,
        unreached=unreached,
        diagnostics=ordered,
        inputs=inputs,
        uncompiled=uncompiled,
        of_others=_of_others(config, listed),
        hidden_maps=released.hidden_maps,
        front_ends=discovery.front_ends,
        module_imports=modules.imports,
        preloads=preloads,
        sets=listed_sets,
        icons=discovery.icons,
        plain=plain,
        named_as={LogicalPath(path): LogicalPath(file) for path, file in config.plan.files.items()}
        if config.plan
        else {},
    )


def _known(names: Collection[LogicalPath], fonts: Collection[LogicalPath]) -> Collection[LogicalPath]:
    """The names of assets, and those of `fonts`."""
    if not fonts:
        return names

    return WithFonts(names, fonts)


def _followed(follow: Follow, fonts: Mapping[LogicalPath, LogicalPath]) -> Follow:
    """`follow`, but to what is made of `fonts`."""
    if not fonts:
        return follow

    return with_made_fonts(follow, fonts)


def _write_font_faces(walk: Walk) -> Mapping[LogicalPath, tuple[LogicalPath, ...]]:
    """Write what was made of fonts into the sheets of `walk`; gives the fonts that pages preload with each."""
    found = with_font_faces(walk.assets)
    walk.assets = dict(found.assets)
    return found.preloads


def _of_others(config: Config, listed: Mapping[LogicalPath, Source]) -> frozenset[LogicalPath]:
    """The sources in vendored roots."""
    vendored = {index for index, root in enumerate(config.sources) if root.vendored}
    return frozenset(path for path, source in listed.items() if source.root in vendored)


def _astray(front_ends: FrontEnds, faults: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """`faults` but for those of references that Vite wrote for another base: one error about the base is enough."""
    folders = tuple(f"{shown}/" for shown in front_ends.misplaced)
    for fault in faults:
        if not (fault.code.startswith("reference/") and fault.location and fault.location.file.startswith(folders)):
            yield fault


def _faults_of_graph(
    config: Config,
    mode: Mode,
    walk: Walk,
    names: NameResolution,
    *,
    sources: Sources,
    skipped: Mapping[LogicalPath, str],
    in_templates: Callable[[], Collection[str]],
) -> Iterator[Diagnostic]:
    """The diagnostics of all assets and of what they refer to."""
    mapped = mapped_assets(names.configured)
    yield from _faults_of_assets(config, walk, mapped, in_templates, missing=_missing_references(config, walk, skipped))
    if mode == "production":
        yield from large_images(config, [asset.draft for asset in walk.assets.values()])
    yield from fingerprinted_faults(config, walk.assets)
    yield from reserved_name_faults(config, walk.assets)
    yield from import_faults(config, names, walk.compiled)
    yield from lost_exports(walk.compiled, names, config.shown)
    yield from prefix_faults(config, walk.compiled, sources)
    yield from setting_faults(config, sources.listed)
    yield from worker_faults(config, walk.compiled, sources)
    yield from chunk_faults(config, walk.compiled, sources.listed)


def _missing_references(config: Config, walk: Walk, skipped: Mapping[LogicalPath, str]) -> MissingReferences:
    generated = config.plan.folder if config.plan else None
    roots = [root.shown for root in config.sources if root.shown != generated]
    vendored = [index for index, root in enumerate(config.sources) if root.vendored]
    nearby = Known(walk.site.known)
    return MissingReferences(
        walk.site,
        nearby,
        skipped=skipped,
        roots=roots,
        vendored=vendored,
        severity=config.missing,
        shown=config.shown,
        is_file=os.path.isfile,
    )


def _module_bundles(config: Config, sources: Sequence[Source], mode: Mode, times: StageTimes) -> ModuleBundles:
    if not config.module_bundles:
        return ModuleBundles()
    with times.of("bundle"):
        from buildassets.compiler.bundle.esbuild import bundle_modules  # 8 ms

        return bundle_modules(config, sources, production=mode == "production")


def _starts(
    config: Config,
    listed: Mapping[LogicalPath, Source],
    typed: TypedNames,
    bundled: Collection[LogicalPath],
    *,
    parts: frozenset[LogicalPath],
    uncompiled: frozenset[LogicalPath],
    fonts: Mapping[LogicalPath, LogicalPath],
) -> tuple[set[LogicalPath], list[Diagnostic]]:
    """The assets to begin with: those of `listed` that `entries` names, or all; without the `uncompiled` ones.

    Without `entries`, modules in TypeScript and JSX are left out, too, unless a command compiles them: they are
    released where something names them, or if they are the beginnings of `bundled` ones. The `parts` of module bundles
    are left out, unless `entries` contains their exact path. `fonts` may be named by what they are made of.
    """
    if not config.entries:
        candidates = listed.keys() - parts - uncompiled
        commanded = {f".{command.source_suffix}" for command in config.commands.values()}  # all of these are assets
        left = {path for path in candidates if is_typed(listed[path]) and suffix(listed[path].path) not in commanded}
        return set(candidates) - left.difference(bundled), []
    starts: set[LogicalPath] = set()
    faults = []
    known = Known(listed)
    for index, pattern in enumerate(config.entries):
        matching = {typed.asset(path) or LogicalPath(path) for path in named_by(pattern, listed)}
        matching |= {fonts[path] for path in fonts.keys() & set(named_by(pattern, fonts))}
        exact = pattern.removeprefix("./")
        starts |= {path for path in matching if path not in parts or path in (exact, typed.asset(exact))}
        if not matching:
            where = config.place("entries", index)
            hint = _meant_entry(pattern, listed, known)
            if is_glob(pattern):
                faults.append(warning("config/entries", f"entry `{pattern}` matches no asset", where, hint=hint))
            else:
                faults.append(error("config/entries", f"entry `{pattern}` names no asset", where, hint=hint))
    return starts - uncompiled, faults


def _meant_entry(pattern: str, listed: Iterable[LogicalPath], known: Known) -> str | None:
    """The hint for an entry that matches nothing: a folder, a name at any depth, or the asset with the nearest name."""
    if not is_glob(pattern):
        if any(path.startswith(pattern + "/") for path in listed):
            return f"write `{pattern}/` for all that is in that folder"
        if "/" not in pattern and sum(path.endswith("/" + pattern) for path in listed) > 1:
            return f"write `**/{pattern}` for all of that name"
    near = known.nearest_asset(pattern)
    return f"did you mean `{near}`?" if near else None


def _faults_of_assets(
    config: Config,
    walk: Walk,
    mapped: Collection[LogicalPath],
    in_templates: Callable[[], Collection[str]],
    *,
    missing: MissingReferences,
) -> Iterator[Diagnostic]:
    """The diagnostics of each source and bundle, and of their references to nothing."""
    drafts = {id(asset.draft): asset.draft for asset in (*walk.compiled.values(), *walk.assets.values())}
    broken = {draft.source.logical for draft in drafts.values() if is_broken_script(config, draft)}
    if broken:
        broken.difference_update(walk.named(), mapped, (LogicalPath(entry) for entry in config.entries))
    if broken:
        broken.difference_update(map(LogicalPath, in_templates()))
    yield from of_drafts(config, drafts.values(), unused=broken)
    for required in walk.requires.values():
        yield from required.diagnostics
    for path, part in walk.compiled.items():
        # In a bundle the parts' own source maps are not used, so a missing one does not matter there.
        is_released = path in walk.alone
        faults = missing.diagnostics(part)
        yield from (fault for fault in faults if is_released or fault.code != "reference/missing-map")
        yield from refusals(part, walk.compiled, config.shown)


def _unavailable(config: Config, codings: Iterable[str]) -> Iterator[Diagnostic]:
    for coding in codings:
        if not is_available(coding):
            message = f"this Python cannot write `{coding}`"
            hint = 'run `pip install "buildassets[zstd]"`'
            yield error("config/unavailable", message, config.place("compress"), hint=hint)


def _with_maps(config: Config, released: WithLinks) -> WithLinks:
    """`released` with source maps, hidden ones if the configuration asks for these."""
    roots = [os.path.realpath(path) for path in (*(root.path for root in config.sources), *config.load_paths)]
    mapped = with_hidden_maps if config.source_maps == HIDDEN else with_maps
    return mapped(released, Origins(config.input_name, roots, config.sources_content))
