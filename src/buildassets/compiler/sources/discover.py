"""Finds the sources: every file below the source roots that makes an asset.

Takes the configuration, gives sources sorted by logical path; sources of npm roots are read only when needed. Reads
folders, and files only for `streams`. Imports the vocabulary, the configuration, the model and globs.
"""

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from errno import EFBIG, ENOENT
from typing import Final

from buildassets.compiler.config.values import Config, Mode, SourceRoot
from buildassets.compiler.facts.table import NAMES, SOURCE
from buildassets.compiler.model import FrontEnds, Source
from buildassets.compiler.sources.globs import BUILT_IN_EXCLUDES, Matcher, compile_globs
from buildassets.compiler.sources.links import AS_LOAD_PATH, AS_SOURCE_ROOT, LINK_OUTSIDE
from buildassets.compiler.sources.look_alikes import is_release, is_stream, may_be_stream
from buildassets.compiler.sources.names import carries_digest, file_name, is_compiled, is_typed
from buildassets.compiler.sources.template_files import usual_engine
from buildassets.compiler.sources.uncompiled import TYPED, is_declaration, is_source_language
from buildassets.disk.files import MOST_TEXT_BYTES, digest_of, has_content_of
from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, sort_key, warning
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.measures import size_text
from buildassets.foundation.media import SASS_SUFFIXES, SCRIPT_SUFFIXES, is_sass, suffix
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import MANIFEST_NAME, MAPS_SUFFIX
from buildassets.wheels.contents import Contents, contents_of

# The project's own files, which a release would publish: excluded in its folder only. So is the configuration file,
# whatever its name.
_OF_THE_PROJECT: Final = ("buildassets.toml", "pyproject.toml", "buildassets.lock")
_COMPILED_SUFFIXES: Final = dict.fromkeys(SASS_SUFFIXES, ".css")
_NOT_PERMITTED: Final = "check its permissions, or leave it out with `exclude`"
_TOO_LARGE: Final = f"leave it out with `exclude`: a file that is parsed has at most {size_text(MOST_TEXT_BYTES)}"
_GONE: Final = "build again: it was deleted or renamed while the build ran"
_FORBIDDEN: Final = frozenset(("", ".", ".."))
_OUTSIDE: Final = "source/link-outside", LINK_OUTSIDE
_DANGLING: Final = "source/link-dangling", "a link that leads nowhere"
_LOOP: Final = "source/link-loop", "a link to a folder that it lies in"
_SPECIAL: Final = "source/special", "neither a file nor a folder"
_RELEASE: Final = "source/release", "a release that a build left there"
_HINTS: Final = {
    "source/release": "delete it, or leave it out with `exclude`",
    "source/link-outside": AS_SOURCE_ROOT,
    "source/link-dangling": "correct or delete the link, or leave it out with `exclude`",
    "source/link-loop": "delete the link, or leave it out with `exclude`",
    "source/special": "delete it, or leave it out with `exclude`",
}


@frozen
class Discovery:
    """The content of the source roots.

    `skipped` are the files that make no asset, each with the reason as a noun phrase; a skipped link to a folder is
    there under the link's own name. Excluded files and Sass partials are not in it. `looked_at` are the paths of all
    folders that were read and of all links. `fonts` are the logical paths of fonts to make, each with that
    of what is made of it. `icons` are the names of all icons in the folders of sprites.
    """

    sources: tuple[Source, ...]
    skipped: Mapping[LogicalPath, str]
    diagnostics: tuple[Diagnostic, ...]
    looked_at: tuple[str, ...] = ()
    front_ends: FrontEnds = FrontEnds()
    fonts: Mapping[LogicalPath, LogicalPath] = field(default_factory=dict)
    icons: frozenset[str] = frozenset()


def discover(
    config: Config,
    compiles_to: Mapping[str, str] | None = None,
    mode: Mode = "production",
    *,
    digest_of: Callable[[str], str] = digest_of,
) -> Discovery:
    """The sources of all roots but those of npm. If several roots have a logical path, the first root wins.

    `compiles_to` maps the suffixes of further source languages to those of their assets, as in `.less` → `.css`. The
    `mode` decides whether servers of Vite may take the place of what it has not built. `digest_of` gives the digest of
    a file, perhaps without reading it.
    """
    by_logical: dict[LogicalPath, Source] = {}
    skipped: dict[LogicalPath, str] = {}
    diagnostics: list[Diagnostic] = []
    looked_at: list[str] = []
    for walk in _walks(config, compiles_to, npm=False):
        walk.run()
        diagnostics += walk.diagnostics
        looked_at += walk.looked_at
        hidden = [source for path, source in walk.sources.items() if path in by_logical]
        diagnostics += _hidden(config, hidden, by_logical, digest_of)
        looked_at += (one.path for source in hidden for one in (source, by_logical[source.logical]))
        by_logical = walk.sources | by_logical
        skipped = walk.skipped | skipped
    for index, root in enumerate(config.sources):
        if root.package:
            shown = os.path.dirname(root.shown)
            contents = contents_of(
                os.path.dirname(root.path),
                root.prefix,
                shown,
                is_production=mode == "production",
                project=root.project and config.shown(root.project),
            )
            by_logical, faults = _with_release(contents, index, root, by_logical)
            diagnostics += faults
            looked_at += (os.path.join(os.path.dirname(root.path), MANIFEST_NAME), root.path)
    found = _front_ends(config, by_logical.values(), mode)
    mark = _Marks(config, found.kept)
    made = made_sources(config)
    diagnostics += _made_twice(config, made, by_logical)
    by_logical = {logical: mark.marked(source) for logical, source in by_logical.items()} | made
    if config.image_variants:
        from buildassets.compiler.sources.variants import with_variants  # few projects need it

        by_logical, varied = with_variants(config, by_logical)
        diagnostics += varied.diagnostics
        looked_at += varied.looked_at
    made_fonts: Mapping[LogicalPath, LogicalPath] = {}
    if config.fonts:
        from buildassets.compiler.sources.fonts import with_fonts  # few projects need it

        by_logical, cut = with_fonts(config, by_logical)
        made_fonts = cut.made
        diagnostics += cut.diagnostics
        looked_at += cut.looked_at
    sources = tuple(by_logical[logical] for logical in sorted(by_logical))
    diagnostics += (*found.diagnostics, *_case_clashes(sources))
    return Discovery(
        sources,
        {logical: skipped[logical] for logical in sorted(skipped) if logical not in by_logical},
        diagnostics=tuple(sorted(diagnostics, key=sort_key)),
        looked_at=(
            *looked_at,
            *found.looked_at,
            *(source.path for source in sources if source.root >= 0 and may_be_stream(source.path)),
        ),
        front_ends=found,
        fonts=made_fonts,
    )


def _with_release(
    contents: Contents, index: int, root: SourceRoot, by_logical: Mapping[LogicalPath, Source]
) -> tuple[dict[LogicalPath, Source], list[Diagnostic]]:
    """`by_logical` with the files of an installed package's release, in place of other copies in that package."""
    taken: dict[LogicalPath, Source] = {}
    faults = list(contents.faults)
    for file in contents.files:
        logical, shown = LogicalPath(file.logical), f"{root.shown}/{file.relative}"
        variants = tuple(map(LogicalPath, file.variants))
        taken[logical] = Source(
            logical,
            file.path,
            shown=shown,
            root=index,
            relative=file.relative,
            keeps_name=True,
            variants=variants,
            recipe=file,
        )
        for name in dict.fromkeys((logical, LogicalPath(file.file))):
            other = by_logical.get(name)
            if other is not None and not is_within(root.package, other.path):
                message = f"`{other.shown}` and `{shown}` both make `{name}`"
                hint = f"move your file to a folder other than `{root.prefix}/`, or remove the installed package"
                # At the package's file: `collectstatic` gives up third-party files that errors are about.
                faults.append(error("source/duplicate", message, Location(shown), hint=hint))
    return {**by_logical, **taken}, faults


def _front_ends(config: Config, sources: Iterable[Source], mode: Mode) -> FrontEnds:
    """Vite's output."""
    if not any(root.manifest for root in config.sources):
        return FrontEnds()
    from buildassets.compiler.sources.vite import front_ends  # few projects need it

    return front_ends(config, sources, mode)


def made_sources(config: Config) -> dict[LogicalPath, Source]:
    """A source for each asset that a command makes of no source: its path is that of no file, and its root is none."""
    outputs = sorted({command.output for command in config.commands.values() if command.output})
    return {
        LogicalPath(path): Source(LogicalPath(path), _no_file(config, path), shown=path, root=-1, relative=path)
        for path in outputs
    }


def _no_file(config: Config, output: str) -> str:
    """A path for what a command makes, by which caches name it. No file can be there, as it lies below a file."""
    return os.path.join(config.file or config.folder, *output.split("/"))


def _made_twice(
    config: Config, made: Mapping[LogicalPath, Source], by_logical: Mapping[LogicalPath, Source]
) -> Iterator[Diagnostic]:
    """The errors for commands whose `output` is an asset that a source makes."""
    for name, command in config.commands.items():
        source = by_logical.get(LogicalPath(command.output))
        if source is not None and source.logical in made:
            message = f"`{source.shown}` and `commands.{name}` both make `{source.logical}`"
            hint = "give `output` another path, or leave the file out with `exclude`"
            yield error("source/duplicate", message, config.place("commands", name, "output"), hint=hint)


class _Marks:
    """Marks sources by the settings."""

    def __init__(self, config: Config, kept: Collection[LogicalPath] = ()) -> None:
        self._kept = kept
        self._has_hash = compile_globs(config.fingerprinted)
        self._is_raw = compile_globs(config.raw)

    def marked(self, source: Source) -> Source:
        """`source`, marked if it keeps its name or if nothing compiles it."""
        if source.keeps_name:
            return source
        if source.logical in self._kept:
            return replace(source, keeps_name=True)
        if (carries_digest(source.logical) or self._has_hash(source.logical)) and not is_compiled(source):
            return replace(source, keeps_name=True)
        return replace(source, uncompiled=True) if self._is_uncompiled(source) else source

    def _is_uncompiled(self, source: Source) -> bool:
        if not is_source_language(source.logical) or self._is_raw(source.logical):
            return False
        return not (may_be_stream(source.path) and is_stream(source.path))


def _walks(config: Config, compiles_to: Mapping[str, str] | None, *, npm: bool) -> "list[_RootWalk]":
    """A walk through each source root that is one of npm, or through each other one."""
    output = os.path.realpath(config.output)
    excluded = compile_globs((*BUILT_IN_EXCLUDES, *config.exclude))
    # A template often lies beside its script, so its asset keeps the whole name: `item.jst` → `item.jst.js`.
    template = config.templating.suffix
    suffixes = {**SCRIPT_SUFFIXES, **(compiles_to or {}), **_COMPILED_SUFFIXES, template: template + ".js"}
    suffixes |= {f".{one.source_suffix}": f".{one.suffix}" for one in config.commands.values() if one.source_suffix}
    of_commands = {f".{one.source_suffix}" for one in config.commands.values() if one.source_suffix}
    of_others = TYPED.intersection({*(compiles_to or ()), *of_commands})  # another engine compiles all of these
    own = [os.path.join(config.folder, name) for name in _OF_THE_PROJECT]
    never = frozenset(map(os.path.realpath, [*own, config.file] if config.file else own))
    roots = [(index, root) for index, root in enumerate(config.sources) if root.npm is npm]
    is_raw = compile_globs(config.raw)
    listed = frozenset(_logical(root, name) for root in config.sources for name, _ in root.files or ())

    def compiles(root: SourceRoot, logical: str, path: str) -> bool:
        """Whether a file with a suffix of TypeScript or JSX is compiled."""
        if suffix(path) in of_others:
            return True
        if root.is_built or is_declaration(logical) or is_raw(logical):
            return False
        return not (may_be_stream(path) and is_stream(path))

    return [
        _RootWalk(root, index, excluded, suffixes, output=output, never=never, listed=listed, compiles=compiles)
        for index, root in roots
    ]


class Sources(Mapping[LogicalPath, Source]):
    """Sources by logical path: those that are `listed`, and after them those of npm roots.

    A package is read when a path in it is first looked up: a root may contain a hundred thousand files, of which a
    build needs a few. Iteration gives only those that were read. `note` is called for each path that is looked up, and
    where all are asked for. `skipped` and `diagnostics` are for npm roots what
    they are in a Discovery for others.
    """

    def __init__(
        self,
        config: Config,
        compiles_to: Mapping[str, str] | None,
        listed: Mapping[LogicalPath, Source],
        note: Callable[[str, str], None] = lambda kind, about: None,
    ) -> None:
        self.listed = listed
        self._note = note
        self._walks = _walks(config, compiles_to, npm=True)
        self._mark = _Marks(config)

    @property
    def skipped(self) -> dict[LogicalPath, str]:
        """The files that make no asset in the packages that were read, with the reason."""
        return {path: reason for walk in self._walks for path, reason in walk.skipped.items()}

    @property
    def looked_at(self) -> list[str]:
        """The paths of all folders that were read, and of packages that do not exist."""
        return [path for walk in self._walks for path in walk.looked_at]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """The diagnostics for the packages that were read."""
        return [fault for walk in self._walks for fault in walk.diagnostics]

    def _source(self, path: object) -> Source | None:
        self._note(SOURCE, str(path))
        if path in self.listed:
            return self.listed[LogicalPath(str(path))]
        of_walks = (walk.source(str(path)) for walk in self._walks)
        return next((self._mark.marked(source) for source in of_walks if source), None)

    def __contains__(self, path: object) -> bool:
        return self._source(path) is not None

    def __getitem__(self, path: LogicalPath) -> Source:
        source = self._source(path)
        if source is None:
            raise KeyError(path)
        return source

    def __iter__(self) -> Iterator[LogicalPath]:
        self._note(*NAMES)
        return iter({**self.listed, **{path: source for walk in self._walks for path, source in walk.sources.items()}})

    def __len__(self) -> int:
        return len(list(iter(self)))


def _hidden(
    config: Config,
    sources: Iterable[Source],
    first_of: Mapping[LogicalPath, Source],
    digest_of: Callable[[str], str],
) -> Iterator[Diagnostic]:
    """A warning for each earlier root whose files hide others of one root, with another content.

    In a project of Django the order is that of its finders, whose first file is the one that Django serves, too.
    A file that hides what is made of a template is an error.
    """
    made = config.plan.places if config.plan and config.components else {}
    for source in sources:
        if place := made.get(source.shown):
            other = Location(first_of[source.logical].shown)
            message = f"`{other.file}` and the template `{place.file}` both make `{source.logical}`"
            fault = error("source/duplicate", message, other, hint="rename one of them")
            yield replace(fault, others=(Location(place.file),))
    sources = [source for source in sources if source.shown not in made]
    if usual_engine(config) == "django":
        return
    by_root: dict[int, list[Source]] = {}
    for source in sources:
        first = first_of[source.logical]
        roots = (config.sources[source.root], config.sources[first.root])
        is_own = not any(root.is_of_others or root.lists_files for root in roots)
        if is_own and not has_content_of(source.path, first.path, digest_of):
            by_root.setdefault(first.root, []).append(source)
    for hidden in by_root.values():
        shown, winner = hidden[0].shown, first_of[hidden[0].logical].shown
        more = f"and {len(hidden) - 1:,} more of its root are" if len(hidden) > 1 else "is"
        message = f"`{shown}` {more} not released: `{winner}` has the same name and another content"
        hint = "give one of the two roots a `prefix`, or leave the file out with `exclude`"
        yield replace(warning("source/hidden", message, Location(shown), hint=hint), others=(Location(winner),))


def _case_clashes(sources: tuple[Source, ...]) -> Iterator[Diagnostic]:
    first_of: dict[str, Source] = {}
    if len({source.logical.lower() for source in sources}) == len(sources):
        return
    for source in sources:
        first = first_of.setdefault(source.logical.lower(), source)
        if first is not source:
            yield warning(
                "source/case",
                f"`{source.logical}` and `{first.logical}` differ in case only",
                Location(source.shown),
                hint="rename one: on a file system that ignores case there can be only one of them",
            )


@frozen
class _Folder:
    """A folder to read. `relative` ends in a slash or is empty; `trail` are the real paths of it and of those above."""

    path: str
    relative: str
    trail: tuple[str, ...]


class _RootWalk:
    """Goes through one source root and collects its sources, skipped files and diagnostics."""

    def __init__(
        self,
        root: SourceRoot,
        index: int,
        excluded: Matcher,
        suffixes: Mapping[str, str],
        *,
        output: str,
        never: frozenset[str],
        listed: frozenset[str],
        compiles: Callable[[SourceRoot, str, str], bool],
    ) -> None:
        self.sources: dict[LogicalPath, Source] = {}
        self.skipped: dict[LogicalPath, str] = {}
        self.diagnostics: list[Diagnostic] = []
        self.looked_at: list[str] = []
        self._root = root
        self._index = index
        self._output = output
        self._never = never
        self._listed = listed
        self._compiles = compiles
        self._names_of_never = {os.path.basename(path) for path in never}
        self._suffixes = suffixes
        self._prefix = root.prefix + "/" if root.prefix else ""
        self._shown_prefix = root.shown_prefix
        self._excluded = excluded
        self._excluded_here = compile_globs(root.exclude) if root.exclude else None
        self._included_here = compile_globs(root.include) if root.include else None
        self._real_root = os.path.realpath(root.path)
        self._folders: list[_Folder] = []
        self._packages_read: set[str] = set()

    def run(self) -> None:
        """Read all folders. One that several links lead to is read once for each of these paths."""
        if self._root.lists_files:
            self._add_listed()
            return
        if self._root.dev and not os.path.lexists(self._root.path):
            self.looked_at.append(self._root.path)
            return
        self._folders.append(_Folder(self._root.path, "", (self._real_root,)))
        self._read_folders()

    def source(self, path: str) -> Source | None:
        """The source with the logical `path`. Reads the package that it would lie in, unless that was read."""
        if not path.startswith(self._prefix):
            return None
        if self._root.lists_files:
            if not self.sources:
                self._add_listed()
            return self.sources.get(LogicalPath(path))
        parts = path.removeprefix(self._prefix).split("/")
        package = "/".join(parts[: 2 if parts[0].startswith("@") else 1])
        if package not in self._packages_read and _FORBIDDEN.isdisjoint(parts):
            self._packages_read.add(package)
            self._read_package(package)
        return self.sources.get(LogicalPath(path))

    def _read_package(self, package: str) -> None:
        """Read the folder, link or file with the name `package` at the top of the root, if there is one."""
        path = os.path.join(self._root.path, package)
        self.looked_at.append(path)
        trail = (self._real_root, os.path.realpath(os.path.dirname(path)))
        if os.path.islink(path):
            self._visit_link(path, trail, package)
        elif os.path.isdir(path):
            self._add_folder(path, package, trail, os.path.realpath(path))
        elif os.path.isfile(path):
            self._add_file(path, package)
        self._read_folders()

    def _read_folders(self) -> None:
        while self._folders:
            folder = self._folders.pop()
            self.looked_at.append(folder.path)
            try:
                with os.scandir(folder.path) as scanned:
                    entries = sorted(scanned, key=_name)
                if not self._is_release(folder, entries):
                    self._visit_all(folder, entries)
            except OSError as fault:
                self._unreadable(folder, fault)

    def _visit_all(self, folder: _Folder, entries: list[os.DirEntry[str]]) -> None:
        for entry in entries:
            if entry.name in self._names_of_never and os.path.realpath(entry.path) in self._never:
                continue
            if entry.is_file(follow_symlinks=False):
                self._add_file(entry.path, folder.relative + entry.name)
            else:
                self._visit(entry, folder)

    def _is_release(self, folder: _Folder, entries: list[os.DirEntry[str]]) -> bool:
        """Whether `folder` is a release, and so skipped. In roots, npm and vendored folders a release is intended."""
        if not folder.relative or self._root.npm or self._root.vendored:
            return False
        if not any(entry.name == MANIFEST_NAME for entry in entries) or not is_release(folder.path):
            return False
        self._skip(folder.relative.rstrip("/"), *_RELEASE)
        return True

    def _unreadable(self, folder: _Folder, fault: OSError) -> None:
        shown = (self._shown_prefix + folder.relative).rstrip("/") or self._root.shown
        self.diagnostics.append(unreadable(shown, fault, "the folder "))

    def _visit(self, entry: os.DirEntry[str], folder: _Folder) -> None:
        relative = folder.relative + entry.name
        if entry.is_dir(follow_symlinks=False):
            self._add_folder(entry.path, relative, folder.trail, os.path.join(folder.trail[-1], entry.name))
        elif entry.is_symlink():
            self._visit_link(entry.path, folder.trail, relative)
        else:
            self._skip(relative, *_SPECIAL)

    def _visit_link(self, path: str, trail: tuple[str, ...], relative: str) -> None:
        self.looked_at.append(path)
        real = os.path.realpath(path)
        try:
            mode = os.stat(real).st_mode
        except OSError:
            self._skip(relative, *_DANGLING)
            return
        if real in self._never or (stat.S_ISDIR(mode) and not self._is_included(relative + "/")):
            return
        if not is_within(self._real_root, real):
            self._skip(relative, *_OUTSIDE)
        elif stat.S_ISREG(mode):
            self._add_file(path, relative)
        elif stat.S_ISDIR(mode):
            self._add_folder(path, relative, trail, real)
        else:
            self._skip(relative, *_SPECIAL)

    def _is_included(self, relative: str) -> bool:
        if self._excluded(self._prefix + relative) or (self._excluded_here and self._excluded_here(relative)):
            return False
        return self._included_here is None or relative.endswith("/") or self._included_here(relative) is not None

    def _skip(self, relative: str, code: str, reason: str) -> None:
        """Record and report that something is skipped, unless it is excluded anyway."""
        if self._is_included(relative):
            shown = self._shown_prefix + relative
            self.skipped[LogicalPath(self._prefix + self._compiled_name(relative))] = reason
            if self._root.npm or self._root.vendored:
                return  # the user cannot fix it, and it matters only if something refers to it
            message = f"skipped `{shown}`: it is {reason}"
            hint = AS_LOAD_PATH if code == _OUTSIDE[0] and _is_partial(relative) else _HINTS[code]
            self.diagnostics.append(warning(code, message, Location(shown), hint=hint))

    def _add_folder(self, path: str, relative: str, trail: tuple[str, ...], real: str) -> None:
        """Queue the folder to be read, unless it is excluded or, by a link, one of the folders around it."""
        if real in (self._output, self._output + MAPS_SUFFIX) or not self._is_included(relative + "/"):
            return
        if real in trail:
            self._skip(relative, *_LOOP)
            return
        self._folders.append(_Folder(path, relative + "/", (*trail, real)))

    def _add_file(self, path: str, relative: str) -> None:
        if not self._is_included(relative):
            return
        compiled = self._compiled_name(relative)
        if suffix(relative) in TYPED and not self._compiles(self._root, self._prefix + relative, path):
            compiled = relative
        logical = LogicalPath(self._prefix + compiled)
        if compiled is not relative and (self._is_left_out(relative) or self._excluded(logical)):
            return
        source = Source(logical, path, shown=self._shown_prefix + relative, root=self._index, relative=relative)
        other = self.sources.setdefault(logical, source)
        if other is not source:
            self.sources[logical] = chosen = self._chosen(other, source)
            for left in (other, source):
                if left is not chosen and is_typed(left):  # a source map may name it
                    plain = LogicalPath(file_name(left))
                    self.sources[plain] = replace(left, logical=plain)

    def _add_listed(self) -> None:
        """Add the files of a root that lists them; a source is not compiled where a file has the name of its asset."""
        passed_over = []
        for relative, path in self._root.files or ():
            logical = self._prefix + relative
            compiled = self._compiled_name(relative)
            if suffix(relative) in TYPED and not self._compiles(self._root, logical, path):
                compiled = relative
            if compiled is relative:
                is_added = not is_source_language(logical)
            elif is_added := self._root.compiles and not _is_partial(relative):
                logical = self._prefix + compiled
                if logical in self._listed:
                    passed_over.append(self._shown_prefix + relative)
                    is_added = False
            if is_added and not self._excluded(logical):
                shown = self._shown_prefix + relative
                source = Source(LogicalPath(logical), path, shown=shown, root=self._index, relative=relative)
                other = self.sources.setdefault(source.logical, source)
                if other is not source:
                    self._duplicate(other, source, can_prefer=False)
        if passed_over:
            self.diagnostics.append(_passed_over(self._root.shown, passed_over))

    def _is_left_out(self, relative: str) -> bool:
        """Whether a file that would be compiled makes no asset: a partial, or one whose compiled file is vendored."""
        return self._root.is_built or _is_partial(relative)

    def _chosen(self, first: Source, second: Source) -> Source:
        """Which of two sources makes the asset that both would make. If nothing decides it, that is an error."""
        by_origin = {is_compiled(source): source for source in (first, second)}
        # Packages of npm contain sheets both as sources and compiled.
        prefer = self._root.prefer or ("compiled" if self._root.npm else None)
        if prefer and len(by_origin) > 1:
            return by_origin[prefer == "source"]
        if len(by_origin) > 1 and is_typed(by_origin[True]):
            return by_origin[False]  # a compiler may have written it: an error only if something names the module
        if not self._root.npm:
            self._duplicate(*sorted((first, second), key=_shown), can_prefer=len(by_origin) > 1)
        return first

    def _compiled_name(self, relative: str) -> str:
        """`relative` with the suffix of its compiled file; the same object if it is not compiled."""
        compiled = self._suffixes.get(suffix(relative))
        if not compiled or compiled == suffix(relative):
            return relative
        return relative[: relative.rfind(".")] + compiled

    def _duplicate(self, first: Source, second: Source, *, can_prefer: bool) -> None:
        hint = "rename one of them, or leave it out with `exclude`"
        if can_prefer:
            hint = f'choose with `prefer = "compiled"` or `prefer = "source"` in `sources`, {hint}'
        message = f"`{first.shown}` and `{second.shown}` both make `{first.logical}`"
        report = warning if self._root.lists_files and self._root.is_of_others else error
        self.diagnostics.append(report("source/duplicate", message, Location(second.shown), hint=hint))


def _passed_over(root: str, shown: Sequence[str]) -> Diagnostic:
    """The warning for sources in a root that lists its files, next to which the compiled files are."""
    files = f"`{shown[0]}` is" if len(shown) == 1 else f"{len(shown)} sources in `{root}/` are"
    message = f"{files} not compiled: a file with the name of the asset exists"
    hint = "delete the compiled file, so that it is always compiled from its source"
    found = warning("source/duplicate", message, Location(shown[0]), hint=hint)
    return replace(found, others=tuple(map(Location, shown[1:])))


def _logical(root: SourceRoot, relative: str) -> str:
    return f"{root.prefix}/{relative}" if root.prefix else relative


def _shown(source: Source) -> str:
    return source.shown


def unreadable(shown: str, fault: OSError, kind: str = "") -> Diagnostic:
    """The error for what was found in a source root and cannot be read; `kind` is before its name."""
    hints = {ENOENT: _GONE, EFBIG: _TOO_LARGE}
    hint = hints.get(fault.errno or 0, _NOT_PERMITTED)
    message = f"cannot read {kind}`{shown}`: {reason_text(fault)}"
    return error("source/unreadable", message, Location(shown), hint=hint)


def _name(entry: os.DirEntry[str]) -> str:
    """The key to sort a folder's entries by, since each file system lists them in another order."""
    return entry.name


def _is_partial(relative: str) -> bool:
    """Whether a Sass file is only ever loaded by others (Sass: partials)."""
    return is_sass(relative) and relative.startswith("_", relative.rfind("/") + 1)
