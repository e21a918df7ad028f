"""Bundles that esbuild makes of an entry module and everything that it imports.

Takes the configuration's entries and the sources; gives drafts with logical paths, which later stages treat like all
others.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from posixpath import basename, dirname, splitext

from buildassets.compiler.bundle.css_modules import SUFFIX, Exports, exports_of, names_in
from buildassets.compiler.bundle.esbuild_chunks import FreeNames, entry_number, inputs_of, named_chunks
from buildassets.compiler.bundle.esbuild_entries import BUNDLE, EntryPoint, Group, entries_of, groups_of, own_options
from buildassets.compiler.bundle.esbuild_lookups import lookups, ways
from buildassets.compiler.bundle.esbuild_urls import Aim, aims, edit_of, folder_removals, own_base, own_edits
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.esbuild.bundle import BundledImport, BundleOptions, BundlePiece, Bundler, Pieces
from buildassets.compiler.engines.esbuild.command import EsbuildCommand, find_esbuild
from buildassets.compiler.engines.esbuild.settings_files import folders_of_modules, settings_of
from buildassets.compiler.engines.failures import UnavailableError
from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.languages.edits import Edit, edited, in_order
from buildassets.compiler.languages.javascript.asset_url import NAME as ASSET_URL
from buildassets.compiler.languages.javascript.asset_url import find_asset_urls
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import edited_map, encoded_map, origin_at, read_map
from buildassets.compiler.languages.source_map.values import SourceMap
from buildassets.compiler.model import Draft, ModuleBundles, Source
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.sources.links import BY_OWN_PATH, LINK_OUTSIDE, LinksOutside
from buildassets.compiler.sources.names import is_typed
from buildassets.compiler.sources.uncompiled import TYPED
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.disk.file_sets import FileSet, file_set
from buildassets.disk.files import content_of
from buildassets.disk.owners import modules_folders
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import Syntax, suffix
from buildassets.foundation.paths import LogicalPath, join
from buildassets.programs.places import foreign_file_fault


def bundle_modules(config: Config, sources: Sequence[Source], *, production: bool) -> ModuleBundles:
    """The module bundles of `config`, which must have some, made by esbuild."""
    faults: list[Diagnostic] = []
    groups = list(groups_of(config, entries_of(config, sources, faults), production=production))
    drafts = {entry.logical: Draft(_source(config, entry)) for group in groups for entry in group.entries}
    typed = {source.logical for source in sources if is_typed(source) or _is_left_in_source(source)}
    if not groups:
        return ModuleBundles(parts=frozenset(typed), diagnostics=tuple(faults))
    try:
        command = find_esbuild(config.folder, permission=config.permission)
    except UnavailableError as fault:
        place = config.place("bundles", next(iter(config.module_bundles)))
        all_faults = (*faults, fault.diagnostic("js/unavailable", place))
        return ModuleBundles(drafts, parts=frozenset(typed - drafts.keys()), diagnostics=all_faults)
    bundling = _Bundling(config, command, sources, faults)
    bundling.run(groups)
    drafts |= bundling.drafts()
    is_raw = compile_globs(config.raw)
    parts = frozenset(path for path in bundling.consumed | typed if path not in drafts and not is_raw(path))
    return ModuleBundles(
        drafts,
        tuple(bundling.files.values()),
        parts=parts,
        diagnostics=tuple(bundling.faults),
        imports=bundling.imports(),
    )


@frozen
class _Run:
    """The result of one call of esbuild: the group, its pieces, and the places in these that point at files.

    `modules` are the exports of the CSS modules in it.
    """

    group: Group
    pieces: Pieces
    aims: Mapping[str, Sequence[Aim]]
    modules: Exports


class _Bundling:
    """All calls of esbuild for one build: for the groups, then for scripts that these load by URL, such as workers."""

    def __init__(
        self, config: Config, command: EsbuildCommand, sources: Sequence[Source], faults: Iterable[Diagnostic]
    ) -> None:
        self.faults = list(faults)
        self.files: dict[str, Source] = {}  # files outside of all source roots, by path
        self.consumed: set[LogicalPath] = set()
        self._config = config
        self._command = command
        self._is_external = compile_globs(config.external)
        self._bundler = Bundler(command, config.folder, self._shown, self._is_external)
        self._by_path = _by_real_path(sources)
        self._logical = {source.logical for source in sources} | {LogicalPath(name) for name in config.module_bundles}
        self._names = FreeNames({*self._logical, *config.bundles})
        self._scripts: dict[tuple[str, BundleOptions], LogicalPath] = {}  # scripts loaded by URL, by path and options
        self._runs: list[_Run] = []

    def run(self, groups: Iterable[Group]) -> None:
        """Call esbuild for `groups`, and for the scripts that their bundles load by URL."""
        pending = list(groups)
        while pending:
            runs = [self._ran(group) for group in pending]
            self._runs += runs
            pending = [group for run in runs for group in self._further_groups(run)]

    def _shown(self, path: str) -> str:
        return self._config.shown(_as_configured(self._config, path))

    def _ran(self, group: Group) -> _Run:
        pieces = self._bundler.run([entry.path for entry in group.entries], group.options, group.place)
        as_configured = partial(_as_configured, self._config)
        linked = dict.fromkeys(_linked_imports(pieces, self._config, self._by_path, as_configured))
        self.faults += (*pieces.diagnostics, *linked)
        names = frozenset(piece.name for piece in pieces.pieces)
        of_pieces = {piece.name: self._aims(piece, names) for piece in pieces.pieces if piece.source_map is not None}
        copied = {path for piece in pieces.pieces if piece.name.startswith("files/") for path in piece.made_of}
        self.consumed |= {self._by_path[path].logical for path in pieces.inputs or () if self._is_source(path, copied)}
        sheets = [path for path in pieces.inputs or () if path.endswith(SUFFIX)]
        modules = exports_of(self._bundler, sheets, group.options) if sheets and group.with_sheets else {}
        return _Run(group, pieces, of_pieces, modules)

    def _is_source(self, path: str, copied: set[str]) -> bool:
        return path in self._by_path and path not in copied

    def _aims(self, piece: BundlePiece, names: frozenset[str]) -> list[Aim]:
        """The places in `piece` that point at pieces or files, without URLs that are configured as external."""
        text = piece.body.decode("utf-8")
        of_piece = aims(piece, text, names, _Origins(piece))
        return [aim for aim in of_piece if aim.piece or not self._is_external(text[aim.start : aim.end])]

    def _further_groups(self, run: _Run) -> Iterator[Group]:
        """The groups of scripts that the bundles of `run` load by URL and that are not bundled yet."""
        further: dict[BundleOptions, list[EntryPoint]] = {}
        for aim in (aim for name in sorted(run.aims) for aim in run.aims[name]):
            if aim.script is None or not os.path.isfile(aim.path):
                continue
            options = own_options(run.group.options, aim.script)
            path = os.path.realpath(aim.path)
            if (path, options) not in self._scripts:
                stem = splitext(basename(path))[0]
                self._scripts[path, options] = logical = self._names.free(run.group.folder, f"{stem}.js")
                further.setdefault(options, []).append(EntryPoint(logical, path))
        for options, entries in further.items():
            yield Group(tuple(entries), options, run.group.folder, run.group.place, with_sheets=False)

    def _foreign_packages(self, run: _Run, found: Iterable[str]) -> Iterator[Diagnostic]:
        """Yield an error for each `node_modules` of another user whose packages are in the bundles."""
        folder, paths = self._config.folder, {*(run.pieces.inputs or ()), *found}
        for modules in modules_folders(folder):
            if any(path.startswith(os.path.join(modules, "")) for path in paths):
                fault = foreign_file_fault(modules, folder, modules)
                yield from (replace(fault, location=run.group.place),) if fault else ()

    def drafts(self) -> dict[LogicalPath, Draft]:
        """The drafts of all pieces. Fills `files` with those outside of source roots that they point at."""
        drafts: dict[LogicalPath, Draft] = {}
        for run in self._runs:
            logical = self._named(run)
            read = inputs_of(run.pieces)
            by_importer = lookups(run.pieces.imports)  # once for all pieces, which share many
            self.faults += self._foreign_packages(run, chain.from_iterable(found for found, _ in by_importer.values()))
            for piece in run.pieces.pieces:
                if piece.name in logical and not piece.name.startswith("files/"):
                    settings = settings_of(read[piece.name])
                    absent = {path for path in settings if not os.path.isfile(path)}
                    looked_up = [by_importer[path] for path in read[piece.name] if path in by_importer]
                    found = (path for files, _ in looked_up for path in files)
                    inputs = self._as_configured((settings - absent).union(read[piece.name], found))
                    entry = EntryPoint(logical[piece.name], self._entry_path(run, piece))
                    source = _source(self._config, entry)
                    draft = Draft(
                        source,
                        inputs=inputs,
                        absences=self._as_configured(absent.union(*(nearer for _, nearer in looked_up))),
                        engines=(self._engine,),
                        contents=tuple((_as_configured(self._config, path), size) for path, size in piece.sizes),
                        sets=self._searched(settings - absent),
                    )
                    linked = self._linked(run, piece, logical, draft)
                    drafts[entry.logical] = replace(linked, names=self._names_of(run, piece))
        return drafts

    def _searched(self, settings: Iterable[str]) -> tuple[FileSet, ...]:
        """The files in the folders in which `settings` make esbuild search, which does not report where it did."""
        return tuple(file_set(folder, "*")[0] for folder in self._as_configured(folders_of_modules(settings)))

    def imports(self) -> dict[str, tuple[str, ...]]:
        """All files that were read, each with those that it imports."""
        imported: dict[str, tuple[str, ...]] = {}
        for run in self._runs:
            for path, targets in (run.pieces.inputs or {}).items():
                name = _as_configured(self._config, path)
                imported[name] = tuple(sorted({*imported.get(name, ()), *self._as_configured(targets)}))
        return imported

    def _names_of(self, run: _Run, piece: BundlePiece) -> dict[str, dict[str, str]]:
        """The names of the CSS modules in the bundle that `piece` is the entry of; see Draft."""
        if not run.modules or entry_number(piece) is None:
            return {}
        sheet = piece.style_sheet or piece.name
        found = (names_in(one, run.modules) for one in run.pieces.pieces if one.name == sheet)
        named = {self._module_name(path): names for modules in found for path, names in modules.items() if names}
        return {name: named[name] for name in sorted(named) if name}

    def _module_name(self, path: str) -> str:
        """The logical path of the CSS module without its suffix; empty if it is not a source."""
        source = self._by_path.get(path)
        return source.logical.removesuffix(SUFFIX) if source else ""

    def _as_configured(self, paths: Iterable[str]) -> tuple[str, ...]:
        return tuple(_as_configured(self._config, path) for path in sorted(paths))

    @property
    def _engine(self) -> tuple[str, str]:
        return BUNDLE, self._command.shown

    def _entry_path(self, run: _Run, piece: BundlePiece) -> str:
        return piece.entry or next(iter(piece.made_of), run.group.entries[0].path)

    def _named(self, run: _Run) -> dict[str, LogicalPath]:
        group, pieces = run.group, run.pieces
        logical = named_chunks(pieces, [entry.logical for entry in group.entries], group.folder, self._names)
        for piece in pieces.pieces:
            if piece.name.startswith("files/"):
                logical[piece.name] = self._file(piece.made_of[0], group.folder)
            elif piece.style_sheet and group.with_sheets and (number := entry_number(piece)) is not None:
                entry = group.entries[number].logical
                logical[piece.style_sheet] = self._sheet(entry)
        return logical

    def _sheet(self, entry: LogicalPath) -> LogicalPath:
        sheet = LogicalPath(splitext(entry)[0] + ".css")
        if sheet in self._logical or sheet in self._config.bundles:
            place = self._config.place("bundles", entry)
            message = f"the style sheet of the bundle `{entry}` has the name of another asset: `{sheet}`"
            self.faults.append(error("bundle/duplicate", message, place, hint="name the bundle otherwise"))
        return sheet

    def _file(self, path: str, folder: str) -> LogicalPath:
        """The asset of the file at `path`: that of its source, or one added to `files`."""
        path = os.path.realpath(path)
        source = self._by_path.get(path) or self.files.get(path)
        if source is None:
            logical = self._names.free(folder, basename(path))
            source = Source(logical, path, shown=self._shown(path), root=-1, relative=logical)
            self.files[path] = source
        return source.logical

    def _linked(self, run: _Run, piece: BundlePiece, logical: Mapping[str, LogicalPath], draft: Draft) -> Draft:
        before = piece.body.decode("utf-8")
        own_aims = run.aims[piece.name]
        form, base = run.group.options.format, draft.source.logical
        own = own_base(form, base)
        edits = [*own_edits(before, own_aims, form, own)]
        if not run.group.options.minify:
            edits += folder_removals(before, self._package_folders(run))
        for aim in own_aims:
            target = logical.get(aim.piece) if aim.piece else self._target(aim, run.group)
            if target is not None:
                edits.append(edit_of(aim, before, base, target, own=own))
        ordered = in_order(edits)
        text = edited(before, ordered)
        references = tuple(scan(_syntax(piece), text))
        calls = find_asset_urls(text, base).calls if _syntax(piece) is Syntax.JAVASCRIPT else ()
        # The map takes longer than all the rest. It is needed only for debugging and for the places of faults.
        needs_map = (
            calls or self._config.source_maps or any(aim.path and not os.path.isfile(aim.path) for aim in own_aims)
        )
        draft = replace(draft, body=text if references else text.encode("utf-8"), references=references)
        if not needs_map:
            return draft
        moved = self._moved_map(piece, ordered)
        compiled = Compiled(text, source_map=encoded_map(moved, Lines(text, _syntax(piece))))
        draft = replace(draft, compiled=compiled, origin=moved if self._config.source_maps else None)
        positions = OriginalPositions(draft, self._shown, text)
        places = [positions.place_in(start, end) for start, end in calls]
        return replace(draft, diagnostics=tuple(map(_asset_url_fault, places)))

    def _moved_map(self, piece: BundlePiece, ordered: Sequence[Edit]) -> SourceMap:
        """The map of the piece after the edits `ordered`."""
        moved = edited_map(_source_map(piece), ordered)
        origins = tuple(origin._replace(name=_as_configured(self._config, origin.name)) for origin in moved.origins)
        return replace(moved, origins=origins)

    def _package_folders(self, run: _Run) -> list[str]:
        """The folders outside of the configuration's that contain packages, as esbuild writes them in comments."""
        folder = os.path.realpath(self._config.folder)
        paths = (os.path.relpath(path, folder) for path in run.pieces.inputs or ())
        prefixes = {path.partition("node_modules/")[0] for path in paths if "/node_modules/" in path}
        return sorted(prefix for prefix in prefixes if prefix.startswith("../"))

    def _target(self, aim: Aim, group: Group) -> LogicalPath | None:
        """The asset that `aim` means by a path relative to its source; None if that cannot be found out."""
        if os.path.isfile(aim.path):
            if aim.script is not None:
                return self._scripts[os.path.realpath(aim.path), own_options(group.options, aim.script)]
            return self._file(aim.path, group.folder)
        # It may name a compiled file, or nothing: that is reported like any other missing reference.
        origin = self._by_path.get(aim.origin)
        return join(origin.logical, os.path.relpath(aim.path, dirname(aim.origin))) if origin else None


def _is_left_in_source(source: Source) -> bool:
    """Whether it is in TypeScript or JSX and makes nothing, as files of types do."""
    return source.uncompiled and suffix(source.logical) in TYPED


def _asset_url_fault(where: Location) -> Diagnostic:
    message = f"`{ASSET_URL}` means nothing in a bundle of modules"
    hint = 'write `new URL("…", import.meta.url).href`, with a path relative to this file'
    return error("js/asset-url", message, where, hint=hint)


def _by_real_path(sources: Iterable[Source]) -> dict[str, Source]:
    folders: dict[str, str] = {}
    by_path = {}
    for source in sources:
        folder, name = os.path.split(source.path)
        real = folders.get(folder) or folders.setdefault(folder, os.path.realpath(folder))
        path = os.path.join(real, name)
        by_path[os.path.realpath(path) if os.path.islink(path) else path] = source
    return by_path


class _Origins:
    """The sources of the text of a piece. Its map is parsed only when needed: that takes longer than all the rest."""

    def __init__(self, piece: BundlePiece) -> None:
        self._piece = piece

    @cached_property
    def _source_map(self) -> SourceMap:
        return _source_map(self._piece)

    def __call__(self, offset: int) -> str | None:
        """The absolute path of the source from which the text at `offset` comes."""
        origin = origin_at(self._source_map, offset)
        return origin[0] if origin else None


def _source_map(piece: BundlePiece) -> SourceMap:
    lines = Lines(piece.body.decode("utf-8"), _syntax(piece))
    return read_map(piece.source_map or "", lines) or SourceMap()


def _syntax(piece: BundlePiece) -> Syntax:
    return Syntax.CSS if piece.name.endswith(".css") else Syntax.JAVASCRIPT


def _source(config: Config, entry: EntryPoint) -> Source:
    path = _as_configured(config, entry.path)
    return Source(entry.logical, path, shown=config.shown(path), root=-1, relative=entry.logical)


def _as_configured(config: Config, path: str) -> str:
    """`path`, which is real, with the configuration's folder spelled as the user named it, if it lies there."""
    real = os.path.realpath(config.folder).rstrip(os.sep) + os.sep
    return os.path.join(config.folder, path[len(real) :]) if path.startswith(real) else path


def _linked_imports(
    pieces: Pieces, config: Config, by_path: Mapping[str, Source], as_configured: Callable[[str], str]
) -> Iterator[Diagnostic]:
    """An error for each import that leads along a link out of a source root, which discovery skips.

    `by_path` are the sources by their real paths; `as_configured` spells a real path as the user named its folder.
    """
    links = LinksOutside(config)
    for one in pieces.imports:
        source = by_path.get(one.importer)
        importers = {as_configured(one.importer), source.path if source else one.importer}
        for importer in sorted(importers):
            found = links.among(ways(one, importer, as_configured(one.path)))
            for path, link in found.items():
                name = config.shown(path)
                what = f"`{name}` is" if name == link else f"`{name}` is reached by `{link}`,"
                where = _place_of_import(one, config.shown(as_configured(one.importer)))
                yield error("source/link-outside", f"{what} {LINK_OUTSIDE}", where, hint=BY_OWN_PATH)


def _place_of_import(one: BundledImport, shown: str) -> Location:
    try:
        text = content_of(one.importer).decode("utf-8", "replace")
    except OSError:
        return Location(shown)
    start = next((at for mark in "\"'`(" if (at := text.find(mark + one.written)) >= 0), -1)
    return Location(shown) if start < 0 else locate(shown, text, start + 1, start + 1 + len(one.written))
