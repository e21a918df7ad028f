"""`build` and `check`: the only module that knows every stage."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from buildassets._version import __version__
from buildassets.compiler.amend import BeyondError, amend, can_be_amended
from buildassets.compiler.bodies import Memory, text_of
from buildassets.compiler.bundles import Bundles, find_bundles, joined
from buildassets.compiler.cache import Cache, bytes_at
from buildassets.compiler.compile import Engines
from buildassets.compiler.compress import is_available
from buildassets.compiler.config import Config, place_of_setting, shown_path
from buildassets.compiler.data_urls import Embedding, candidates, embedded, refusals
from buildassets.compiler.drafting import BYTES_PER_WORKER, Drafts, drafting
from buildassets.compiler.emit import STAGING_PREFIX, Earlier, Release, release_directory, release_files
from buildassets.compiler.engine_set import RunningEngines
from buildassets.compiler.entries import entry, input_name, inputs_of
from buildassets.compiler.fingerprint import Naming
from buildassets.compiler.fingerprinted import fingerprinted_faults
from buildassets.compiler.globs import compile_globs
from buildassets.compiler.link import Absence, Site, linked, nearest_asset, reached, without_unreleased
from buildassets.compiler.model import (
    Content,
    Follow,
    ImportMap,
    Link,
    Linked,
    ModuleBundles,
    Named,
    Source,
    Stored,
)
from buildassets.compiler.modules import Names, Settled, configured_map, mapped_assets, name_faults, settle
from buildassets.compiler.packages import Descriptions, packages_of
from buildassets.compiler.record import dumped, record_of
from buildassets.compiler.release_maps import Origins, WithLinks, with_maps
from buildassets.compiler.requires import Library, Requires, joining_order
from buildassets.compiler.result import BuildResult, Last, Mode
from buildassets.compiler.sources import Sources, discover
from buildassets.diagnostics import Diagnostic, Location, error, reason_text, sort_key, warning
from buildassets.errors import BuildError
from buildassets.manifest import LIVERELOAD_NAME, MANIFEST_NAME, Manifest, dumps, entries_of
from buildassets.paths import LogicalPath

__all__ = ["BuildResult", "CheckResult", "Mode", "RunningEngines", "build", "check"]

Progress = Callable[[int, int, str], None]  # assets done, assets known, the logical path of the latest


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. `unreached` are the sources that `entries` leave out: no release would hold them."""

    diagnostics: tuple[Diagnostic, ...]
    unreached: tuple[LogicalPath, ...]


@dataclass(frozen=True, slots=True)
class _Compilation:
    """Every asset with its links, by logical path, and all that was found on the way."""

    assets: Mapping[LogicalPath, Linked]
    unreached: tuple[LogicalPath, ...]
    settled: Settled
    diagnostics: tuple[Diagnostic, ...]
    inputs: tuple[str, ...] = ()
    by_themselves: frozenset[LogicalPath] = frozenset()  # those of the assets that are made of one source alone

    @property
    def failed(self) -> bool:
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def build(
    config: Config,
    *,
    mode: Mode = "production",
    executor: Executor | None = None,
    progress: Progress | None = None,
    cache: str | None = None,
    engines: RunningEngines | None = None,
    bytes_per_worker: int = BYTES_PER_WORKER,
    last: Last | None = None,
) -> BuildResult:
    """Compile everything that `config` names into its release directory.

    `development` neither minifies nor compresses. Threads of `executor` compress, and wait for Sass and for workers:
    processes that are started where `bytes_per_worker` of what is to be compiled or minified fall to each of two or
    more. Without an executor all is done in turn. What engines made, and compressed copies, are kept in the folder
    `cache`, if there is one. `engines` stay started for the next build; without, they end with this one. What is known
    of the `last` one saves work on what has not changed since. Never raises for what a user can have caused: the
    result's diagnostics say it, sorted by place, and then the earlier release stands as it was.
    """
    with _opened(cache) as kept:
        means = _Means(mode, executor, progress, kept, engines, bytes_per_worker)
        if last is not None and can_be_amended(config):
            with suppress(BeyondError, BuildError, OSError):  # then all is done anew, and what is wrong is told
                return _amended(config, means, last)
        compilation = _compile(config, means)
        if compilation.failed:
            return BuildResult(None, (), compilation.diagnostics, compilation.inputs)
        try:
            return _released(config, means, compilation, last)
        except BuildError as fault:
            return BuildResult(None, (), (*compilation.diagnostics, *fault.diagnostics), compilation.inputs)
        except OSError as fault:
            return BuildResult(None, (), (*compilation.diagnostics, _unwritable(config, fault)), compilation.inputs)


@contextmanager
def _opened(folder: str | None) -> Iterator[Cache | None]:
    """The cache in `folder`; what was done before an interrupt is kept, too."""
    if folder is None:
        yield None
        return
    cache = Cache(folder)
    try:
        yield cache
    finally:
        cache.save()


@dataclass(frozen=True, slots=True)
class _Means:
    """What there is to build with; see `build`."""

    mode: Mode
    executor: Executor | None = None
    progress: Progress | None = None
    cache: Cache | None = None
    running: RunningEngines | None = None
    bytes_per_worker: int = BYTES_PER_WORKER

    @contextmanager
    def engines(self, config: Config) -> Iterator[Engines]:
        """The engines that `config` names, started. Raises BuildError."""
        if self.running is not None:
            yield self.running.started(config, self.mode)
            return
        with closing(RunningEngines()) as running:
            yield running.started(config, self.mode)

    def drafting(self, config: Config, engines: Engines) -> AbstractContextManager[Drafts]:
        """What makes drafts, or takes them from the cache."""
        return drafting(engines, config, self.mode, self.executor, self.cache, self.bytes_per_worker)

    def store(
        self, config: Config, release: Release, assets: Iterable[Named], earlier: Earlier
    ) -> dict[LogicalPath, Stored]:
        """Take `assets` and what belongs to them into `release`. Raises OSError."""
        levels = config.compress if self.mode == "production" else {}
        return release.store(assets, config.integrity, levels, earlier, self.executor, self.cache)


def _amended(config: Config, means: _Means, last: Last) -> BuildResult:
    """The result, if only little has changed since the `last` build. Raises BeyondError, BuildError and OSError."""
    with means.engines(config) as engines, means.drafting(config, engines) as drafts_of:
        return amend(config, last, drafts_of, partial(means.store, config))


def _released(config: Config, means: _Means, compilation: _Compilation, last: Last | None) -> BuildResult:
    """What `compilation` makes, in the release directory. Raises BuildError and OSError."""
    linked_assets = WithLinks(compilation.assets, compilation.settled.written)
    if config.source_maps:
        linked_assets = with_maps(linked_assets, _origins(config))
    assets, written = linked_assets.assets, linked_assets.written
    outputs = Naming(text_of).named({path: _content(asset, written[path]) for path, asset in assets.items()})
    with release_directory(config.output) as release:
        stored = means.store(config, release, outputs, _earlier(config, last))
        manifest = _manifest(config, replace(compilation, assets=assets), stored, means.mode)
        names = release.finish(dumps(manifest).encode("ascii"))
    files = tuple(release_files(config.output, manifest))
    record = dumped(record_of(assets, compilation.by_themselves)) if can_be_amended(config) else b""
    return BuildResult(manifest, names, compilation.diagnostics, compilation.inputs, files, record)


def _earlier(config: Config, last: Last | None) -> Earlier:
    """What need not be read of the release directory."""
    manifest = os.path.join(config.output, MANIFEST_NAME)
    if last is None or manifest not in last.unchanged:
        return Earlier()
    return Earlier(last.unchanged, entries_of(bytes_at(manifest) or b""))


def check(
    config: Config,
    *,
    mode: Mode = "production",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Everything that `build` would complain about before it writes; writes nothing."""
    compilation = _compile(config, _Means(mode, executor, progress))
    return CheckResult(compilation.diagnostics, compilation.unreached)


def _compile(config: Config, means: _Means) -> _Compilation:
    """Every asset, or else what is wrong with the engines."""
    try:
        with means.engines(config) as engines, means.drafting(config, engines) as drafts_of:
            compiles_to = {kind: engine.compiles_to for kind, engine in engines.compilers.items()}
            return _compile_with(drafts_of, compiles_to, config, means.mode, means.progress)
    except BuildError as fault:
        return _Compilation({}, (), Settled({}, ImportMap()), fault.diagnostics)


def _compile_with(
    drafts_of: Drafts,
    compiles_to: Mapping[str, str],
    config: Config,
    mode: Mode,
    progress: Progress | None,
) -> _Compilation:
    discovery = discover(config, compiles_to)
    bundles = find_bundles(config.bundles, discovery.sources, partial(place_of_setting, config))
    modules = _module_bundles(config, discovery.sources, mode)
    listed = {path: Source(path, "", path, -1, path) for path in (*bundles.members, *modules.drafts)}
    listed |= {source.logical: source for source in (*discovery.sources, *modules.sources)}
    sources = Sources(config, compiles_to, listed)
    importmap, importmap_errors = configured_map(config, sources)
    starts, start_warnings = _starts(config, frozenset(listed), modules.parts)
    starts |= {path for path in mapped_assets(importmap) if path in sources}
    descriptions = Descriptions(config)
    names = Names(config, importmap, packages_of(config, mode, descriptions, sources))
    walk = _Walk(config, sources, bundles, modules, names.follow, drafts_of, progress)
    walk.run(starts)
    shown = partial(shown_path, config)
    roots = [root.shown for root in config.sources]
    absence = Absence(walk.site, {**sources.skipped, **discovery.skipped}, roots, config.missing, shown, os.path.isfile)
    codings = config.compress if mode == "production" else ()
    diagnostics = [*discovery.diagnostics, *bundles.diagnostics, *modules.diagnostics, *sources.diagnostics]
    diagnostics += (*start_warnings, *importmap_errors, *descriptions.faults, *_unavailable(config, codings))
    diagnostics += _faults_of_assets(walk, absence, shown)
    diagnostics += fingerprinted_faults(config, walk.assets, shown)
    diagnostics += name_faults(config, names, walk.compiled, shown)
    unreached = tuple(sorted(listed.keys() - walk.assets.keys() - walk.compiled.keys() - modules.parts))
    settled = settle(walk.assets, names, leave_to_page=config.modules == "importmap")
    looked_at = (*discovery.looked_at, *sources.looked_at, *descriptions.looked_at, *walk.inputs())
    inputs = (*looked_at, config.file) if config.file else looked_at
    told = tuple(sorted(set(diagnostics), key=sort_key))
    return _Compilation(walk.assets, unreached, settled, told, inputs, frozenset(walk.by_themselves()))


def _module_bundles(config: Config, sources: Sequence[Source], mode: Mode) -> ModuleBundles:
    if not config.module_bundles:
        return ModuleBundles()
    from buildassets.compiler.module_bundles import bundle_modules  # 8 ms

    return bundle_modules(config, sources, mode == "production")


def _starts(
    config: Config, listed: frozenset[LogicalPath], parts: frozenset[LogicalPath]
) -> tuple[set[LogicalPath], list[Diagnostic]]:
    """The assets to begin with: those of `listed` that `entries` names, or all.

    The `parts` of module bundles are left out, unless `entries` has the very name.
    """
    if not config.entries:
        return set(listed - parts), []
    starts: set[LogicalPath] = set()
    warnings = []
    for index, pattern in enumerate(config.entries):
        matches = compile_globs([pattern])
        found = {path for path in listed if matches(path)}
        starts |= {path for path in found if path not in parts or path == pattern}
        if not found:
            near = nearest_asset(pattern, listed)
            hint = f"did you mean `{near}`?" if near else None
            where = place_of_setting(config, "entries", index)
            warnings.append(warning("config/entries", f"entry `{pattern}` matches no asset", where, hint=hint))
    return starts, warnings


class _Walk:
    """From the assets to begin with to all that they reach: each source is compiled once, each bundle joined."""

    def __init__(
        self,
        config: Config,
        sources: Sources,
        bundles: Bundles,
        modules: ModuleBundles,
        follow: Follow,
        drafts_of: Drafts,
        progress: Progress | None,
    ) -> None:
        self.compiled: dict[LogicalPath, Linked] = {}  # those too that are released in a bundle only
        self.requires: dict[LogicalPath, Requires] = {}  # of each of them
        self.assets: dict[LogicalPath, Linked] = {}
        self.alone: set[LogicalPath] = set()  # those of the assets that are joined with nothing
        self._sources = sources
        listed = [source for source in sources.listed.values() if source.root >= 0]
        self._library = Library(listed, [root.prefix for root in config.sources], os.path.isdir)
        self._bundled = modules.drafts
        self.site = Site(
            sources,
            {source.path: source.logical for source in sources.listed.values()},
            [(root.path, root.prefix) for root in config.sources],
            config.url,
            follow,
        )
        self._members = bundles.members
        self._config = config
        self._embedding = _embedding(config)
        self._drafts_of = drafts_of
        self._progress = progress
        self._memory = Memory()

    def run(self, starts: Iterable[LogicalPath]) -> None:
        """Fill `assets` with `starts` and all that they reach."""
        pending = set(starts)
        while pending:
            tops = {member for path in pending for member in self._members.get(path, (path,))}
            while tops := tops - self.compiled.keys():
                self._compile(tops)
                tops = {one for path in tops for one in (*self.requires[path].required, *self.requires[path].stubbed)}
            for path in sorted(pending):
                self.assets[path] = self._assembled(path)
            self._embed(pending)
            found = {target for path in pending for target in reached(self.assets[path])}
            found |= {target for required in self.requires.values() for target in required.linked}
            pending = found - self.assets.keys()
        self.assets = {path: without_unreleased(asset, self.assets) for path, asset in self.assets.items()}

    def by_themselves(self) -> Iterator[LogicalPath]:
        """Those of the assets that are made of their source and nothing else."""
        for path in self.alone:
            asset = self.assets[path]
            if asset.draft is self.compiled[path].draft and asset.draft.source.root >= 0 and not asset.draft.directives:
                yield path

    def inputs(self) -> Iterator[str]:
        """Every file that was read or looked for, more than once perhaps, and the folders around these."""
        for asset in self.compiled.values():
            yield from inputs_of(asset)

    def _compile(self, paths: Iterable[LogicalPath]) -> None:
        drafts = [self._bundled[path] for path in sorted(paths) if path in self._bundled]
        sources = [self._sources[path] for path in sorted(paths) if path not in self._bundled]
        for draft in chain(drafts, self._drafts_of(sources)):
            path = draft.source.logical
            self.requires[path] = requires = self._library.requires(draft)
            if requires.depended:
                depended = (self._sources[one].path for one in requires.depended)
                draft = replace(draft, inputs=tuple(dict.fromkeys((*draft.inputs, *depended))))
            self.compiled[path] = linked(self._memory.fitted(draft), self.site)
            if self._progress is not None:
                self._progress(len(self.compiled), max(len(self.compiled), len(self._sources.listed)), path)

    def _embed(self, paths: Iterable[LogicalPath]) -> None:
        """Put small files into the sheets among `paths` that name them; only then is known what these reach."""
        sheets = {path: {target for _, target in candidates(self.assets[path], self._embedding)} for path in paths}
        self._compile({target for targets in sheets.values() for target in targets} - self.compiled.keys())
        for path, targets in sheets.items():
            if targets:
                self.assets[path] = embedded(self.assets[path], self.compiled, self._embedding)

    def _assembled(self, path: LogicalPath) -> Linked:
        members = joining_order(self._members.get(path, (path,)), self.requires)
        if members == (path,):
            self.alone.add(path)
            return self.compiled[path]
        parts = [self.compiled[one] for one in members]
        shown = partial(shown_path, self._config)
        return joined(self._sources[path], parts, shown, source_maps=self._config.source_maps)


def _faults_of_assets(walk: _Walk, absence: Absence, shown: Callable[[str], str]) -> Iterator[Diagnostic]:
    """What was found in each source and bundle, and what they refer to in vain."""
    for asset in (*walk.compiled.values(), *walk.assets.values()):
        yield from asset.draft.diagnostics
    for required in walk.requires.values():
        yield from required.diagnostics
    for path, part in walk.compiled.items():
        # What only bundles hold is without its source map there.
        is_released = path in walk.alone
        found = absence.diagnostics(part)
        yield from (one for one in found if is_released or one.code != "reference/missing-map")
        yield from refusals(part, walk.compiled, shown)


def _embedding(config: Config) -> Embedding | None:
    if config.data_urls is None:
        return None
    include = config.data_urls.include
    return Embedding(config.data_urls.limit_bytes, compile_globs(include) if include else None)


def _unavailable(config: Config, codings: Iterable[str]) -> Iterator[Diagnostic]:
    for coding in codings:
        if not is_available(coding):
            message = f"this Python cannot write `{coding}`"
            hint = f'run `pip install "buildassets[{coding}]"`'
            yield error("config/unavailable", message, place_of_setting(config, "compress"), hint=hint)


def _content(asset: Linked, written: tuple[Link, ...]) -> Content:
    keeps_name = asset.draft.source.keeps_name
    return Content(asset.draft.body, () if keeps_name else written, keeps_name, asset.draft.digest)


def _manifest(config: Config, compilation: _Compilation, stored: Mapping[LogicalPath, Stored], mode: Mode) -> Manifest:
    engines = {kind: version for asset in compilation.assets.values() for kind, version in asset.draft.engines}
    return Manifest(
        version=__version__,
        engines=engines,
        url=config.url,
        assets={path: entry(config, asset, stored[path]) for path, asset in sorted(compilation.assets.items())},
        importmap=compilation.settled.importmap.imports,
        scopes=compilation.settled.importmap.scopes,
        modules=compilation.settled.importmap.modules,
        livereload=LIVERELOAD_NAME if mode == "development" else None,
    )


def _origins(config: Config) -> Origins:
    roots = [os.path.realpath(path) for path in (*(root.path for root in config.sources), *config.load_paths)]
    return Origins(partial(input_name, config), roots, config.sources_content)


def _unwritable(config: Config, fault: OSError) -> Diagnostic:
    path = os.fspath(fault.filename2 or fault.filename or config.output)
    if os.path.relpath(path, config.output).startswith(STAGING_PREFIX):
        path = config.output  # a staging folder has another name each time
    message = f"cannot write the release directory `{shown_path(config, config.output)}`: {reason_text(fault)}"
    notes = ["the earlier release stands as it was"]
    return error("output/unwritable", message, Location(shown_path(config, path)), notes=notes)
