"""Walks from the first assets to all that they reach, compiling each source once and joining each bundle."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple, TypeAlias

from buildassets.compiler.body import LostBodyError, OnDisk, bytes_of
from buildassets.compiler.bundle.concatenated import JstNames, joined
from buildassets.compiler.bundle.directive_places import PackageMains
from buildassets.compiler.bundle.inlined import Inliner
from buildassets.compiler.bundle.sprockets import NOTHING_REQUIRED, Requires, SprocketsLibrary, joining_order
from buildassets.compiler.cache.traces import Stale
from buildassets.compiler.config.values import Config
from buildassets.compiler.facts.table import ENGINES, FILE, LINKED, NAMES, NEVER, SOURCE
from buildassets.compiler.graph.collect import Collected
from buildassets.compiler.graph.data_urls import Embedding, candidates, embedded
from buildassets.compiler.graph.link import Site, inputs_of, linked, reached, without_lost_map, without_unreleased
from buildassets.compiler.graph.linked_form import Row, asset_of, row_of
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.model import Draft, Linked, Source
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.sources.names import is_script_template
from buildassets.compiler.transform.scheduler import Drafts
from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.frozen import replace
from buildassets.foundation.lazily import Lazily
from buildassets.foundation.paths import LogicalPath

_LATE_IMPORT: Final = "bundle/import"
_NEVER_KEPT: Final = Stale("it is read in every build, as it depends on more than its file")
HELD_BYTES: Final = 44_000_000  # enough for most projects, and a fifth of a small build machine's memory


class Memory:
    """Limits the memory for the bodies of one build to `limit_bytes` in all."""

    def __init__(self, limit_bytes: int = HELD_BYTES) -> None:
        self._left_bytes = limit_bytes

    def fitted(self, draft: Draft) -> Draft:
        """`draft`; its body is left on disk if it is the same as the source file and there is no room for it."""
        body = draft.body
        if draft.digest is None or isinstance(body, OnDisk):
            return draft
        if len(body) <= self._left_bytes:
            self._left_bytes -= len(body)
            return draft
        size_bytes = len(bytes_of(body))
        return replace(draft, body=OnDisk(draft.source.path, draft.source.shown, draft.digest, size_bytes))


Findings: TypeAlias = tuple[Any, ...]  # of one check about one asset
Progress: TypeAlias = Callable[[int, int, str], None]  # assets or copies done, those known, the name of the latest


class LinkedFact(NamedTuple):
    """A compiled asset with its links, what its directives require, and the row that is kept of it, if any."""

    asset: Linked
    requires: Requires
    row: Row | None


class Walk:
    """One walk from the first assets to all that they reach. `run` fills the public attributes, `renew` renews them.

    A compiled asset with its links is a fact: where it still holds, the source is not drafted again.
    """

    def __init__(self, known: Collected, drafts_of: Drafts, progress: Progress | None = None) -> None:
        config, sources = known.config, known.sources
        self.is_new = True  # not renewed since the last build
        # All sources, those too that are released only in a bundle.
        self.compiled: MutableMapping[LogicalPath, Linked] = {}
        self.requires: dict[LogicalPath, Requires] = {}  # the directives of each compiled source
        self.assets: MutableMapping[LogicalPath, Linked] = {}  # what is released, bundles joined
        self.alone: set[LogicalPath] = set()  # the assets that are joined with nothing
        self.joined: tuple[LogicalPath, ...] = ()  # the assets that are more than one compiled source
        self.keeping_names: tuple[LogicalPath, ...] = ()  # the assets that are named as their sources, sorted
        self.faulty: set[LogicalPath] = set()  # the compiled sources with diagnostics
        self.kinds: set[str] = set()  # of the engines that made them, perhaps in an earlier build
        self.found: dict[int, MutableMapping[LogicalPath, Findings]] = {}  # by check and compiled source
        self.gathered: dict[int, tuple[Diagnostic, ...]] = {}  # the diagnostics of all findings, by check
        self.looked_at: set[str] = set()  # the paths at which checks looked whether there is a file
        self.before: dict[LogicalPath, Linked] = {}  # what was renewed, as it was before
        self.reused = 0  # the sources that were not drafted again
        self.read_again: dict[LogicalPath, Stale] = {}  # why others were, of those that no engine makes
        self._results = known.request.results
        self._shared: set[LogicalPath] = set()  # the compiled sources that decide other assets, too
        self._facts = known.request.facts
        self._left_out: list[Linked] = []
        self._sources = sources
        listed = [source for source in sources.listed.values() if source.root >= 0]
        prefixes = [root.prefix for root in config.sources]
        self._mains = PackageMains([(root.path, root.prefix) for root in config.sources if not root.npm])
        self._library = SprocketsLibrary(listed, prefixes, _is_folder, self._mains.files, places=known.places)
        self._bundled = known.modules.drafts
        self.site = Site(
            sources,
            {source.path: source.logical for source in sources.listed.values()},
            roots=[(root.path, root.prefix) for root in config.sources],
            url_prefix=config.url,
            follow=known.follow,
        )
        self._members = known.bundles.members
        self._bundles = _bundles_by_member(self._members)
        self._left = {bundle: len(members) for bundle, members in self._members.items()}  # members to be compiled
        self._joined: dict[LogicalPath, Linked] = {}  # bundles that were joined while other drafts were made
        self._config = config
        self._embedding = _embedding(config)
        self._drafts_of = drafts_of
        self._progress = progress
        self._memory = Memory()
        self._wholes: dict[LogicalPath, Linked] = {}  # the bundles that sheets import
        self._inliner = self._started_inliner() if config.inline_imports and known.request.is_production else None

    def _started_inliner(self) -> Inliner:
        return Inliner(self.compiled, self._whole, self._config.shown, source_maps=bool(self._config.source_maps))

    def run(self, starts: Iterable[LogicalPath]) -> None:
        """Fill `assets` with `starts` and all that they reach."""
        pending = set(starts)
        while pending:
            tops = {member for path in pending for member in self._members.get(path, (path,))}
            self._compile_with_parts(tops, self._inliner, pending)
            for path in sorted(pending):
                self.assets[path] = self._assembled(path)
            self._embed(pending)
            targets = {target for path in pending for target in reached(self.assets[path])}
            targets |= {target for requires in self.requires.values() for target in requires.linked}
            targets |= {target for path in pending for target in self._originals(path)}
            targets |= {target for path in pending for target in self._beside(path)}
            pending = targets - self.assets.keys()
        self.assets = {path: without_unreleased(asset, self.assets) for path, asset in self.assets.items()}
        self.compiled = dict(sorted(self.compiled.items()))  # drafts came as workers and the cache had them
        own = ((path, self.compiled.get(path), asset) for path, asset in self.assets.items())
        self.joined = tuple(path for path, one, asset in own if one is None or one.draft is not asset.draft)
        self._forget_others()
        sources = (one.draft.source for one in self.assets.values())
        self.keeping_names = tuple(sorted(one.logical for one in sources if one.keeps_name and one.recipe is None))

    def restore(
        self,
        paths: Iterable[LogicalPath],
        faulty: Iterable[LogicalPath],
        *,
        gathered: Mapping[int, tuple[Diagnostic, ...]],
        keeping_names: tuple[LogicalPath, ...],
        looked_at: Iterable[str],
        kinds: Iterable[str],
    ) -> None:
        """Begin with the walk of another process, whose assets were the sources `paths`, in order.

        Of these some are `faulty`; checks `looked_at` paths, and what each found was `gathered`.
        """
        self.kinds = set(kinds)
        self.compiled = Lazily(paths, self._compiled_before)
        self.assets = Lazily(self.compiled, lambda path: without_unreleased(self.compiled[path], self.assets))
        self.requires = dict.fromkeys(self.compiled, NOTHING_REQUIRED)
        self.alone, self.faulty = set(self.compiled), set(faulty)
        self.gathered, self.keeping_names, self.looked_at = dict(gathered), keeping_names, set(looked_at)

    def _compiled_before(self, path: LogicalPath) -> Linked:
        """The asset of a source as another process left it; without its body if it does not hold."""
        key = (LINKED, path)
        fact = self._facts.value(key)
        if isinstance(fact, LinkedFact):
            return fact.asset
        try:
            asset = self._read(fact, self._source(path), holds=self._facts.holds(key)).asset
        except (ValueError, KeyError):
            raise LostBodyError from None
        return asset

    @property
    def is_of_sources(self) -> bool:
        """Whether each asset is a source by itself."""
        is_plain = not (self.joined or self._shared or self._left_out)
        return is_plain and self.assets.keys() == self.compiled.keys() == self.alone

    def renew(self, drafts_of: Drafts) -> bool:
        """Draft again what no longer holds. Returns whether everything else is as it was; else a new walk has to run.

        What the walk was led by is compared: what an asset refers to, and which assets it decides besides itself.
        """
        self.is_new, self.before, self._drafts_of, self.read_again = False, {}, drafts_of, {}
        doubtful = map(LogicalPath, self._facts.doubtful(LINKED))
        stale = [path for path in doubtful if path in self.compiled and not self._facts.holds((LINKED, path))]
        decide_others = self._shared.intersection(stale) or not self.alone.issuperset(stale)
        if self._left_out or self._inliner or decide_others:
            return False
        self.reused = len(self.compiled) - len(stale)
        self.before = {path: self.assets[path] for path in stale}
        for draft in self._drafts_of_stale([self._source(path) for path in stale]):
            path = draft.source.logical
            asset, requires, _ = self._facts.find((LINKED, path), partial(self._linked, draft))
            before, self.compiled[path] = self.compiled[path], asset
            if requires != self.requires[path] or self._led_by(asset) != self._led_by(before):
                return False
            self.assets[path] = without_unreleased(asset, self.assets)
            self._note(asset)
        return True

    def _forget_others(self) -> None:
        """Remove the facts about what is no longer compiled."""
        if self._facts.revision > 1:
            for path in map(LogicalPath, self._facts.found(LINKED)):
                if path not in self.compiled:
                    self._facts.remove((LINKED, path))

    def _led_by(self, asset: Linked) -> object:
        """What decides where a walk goes on from an asset that is joined with nothing."""
        ways = {(target, reference.kind is ReferenceKind.ORIGINAL) for reference, target in asset.links}
        return ways, list(candidates(asset, self._embedding)), asset.draft.failed

    def _note(self, asset: Linked) -> None:
        """Note the engines that made `asset`, and whether its source has diagnostics."""
        path = asset.draft.source.logical
        self.kinds.update(kind for kind, _ in asset.draft.engines)
        if asset.draft.diagnostics:
            self.faulty.add(path)
        else:
            self.faulty.discard(path)

    def leave_out(self, path: LogicalPath) -> Draft:
        """Take the asset `path`, to which no other refers, out of the release; return its draft. Its inputs stay."""
        self._left_out.append(self.compiled.pop(path))
        del self.assets[path], self.requires[path]
        self.alone.discard(path)
        return self._left_out[-1].draft

    @property
    def refused(self) -> set[LogicalPath]:
        """The sources that directives ask for, but nothing compiles."""
        return {path for requires in self.requires.values() for path in requires.refused}

    def named(self) -> set[LogicalPath]:
        """The sources that assets refer to, that directives ask for, or that are parts of bundles."""
        linked = (link for asset in (*self.compiled.values(), *self.assets.values()) for link in asset.links)
        found = {target for reference, target in linked if reference.kind is not ReferenceKind.ORIGINAL}
        for requires in self.requires.values():
            found.update(requires.required, requires.linked)
        return found.union(*self._members.values())

    def read(self) -> Iterator[str]:
        """The paths of all inputs of compiled sources, some more than once."""
        for asset in self.compiled.values():
            yield from asset.draft.inputs

    def _beside(self, path: LogicalPath) -> Iterator[LogicalPath]:
        """The variants of the picture `path`, or the same font in all formats."""
        source = self.assets[path].draft.source
        yield from source.variants
        yield from map(LogicalPath, source.subset.siblings if source.subset else ())

    def _originals(self, path: LogicalPath) -> Iterator[LogicalPath]:
        """The uncompiled sources that the source map `path` names; none if only `entries` are released."""
        for reference, target in () if self._config.entries else self.assets[path].links:
            if reference.kind is ReferenceKind.ORIGINAL and self._sources[target].uncompiled:
                yield target

    def inputs(self) -> Iterator[str]:
        """Every file that was read or looked for, and their folders; some more than once."""
        for asset in chain(self.compiled.values(), self._left_out):
            yield from inputs_of(asset, self.site)
        yield from self._mains.read

    def _compile(self, paths: Iterable[LogicalPath], wanted: Collection[LogicalPath] = ()) -> None:
        """Compile `paths`, and join those bundles among `wanted` that are complete: Sass may still be at work."""
        drafts = [self._bundled[path] for path in sorted(paths) if path in self._bundled]
        sources = [self._source(path) for path in sorted(paths) if path not in self._bundled]
        stale = []
        for source in sources:
            if held := self._held(source):
                self.reused += 1
                self._take(source.logical, held.asset, held.requires, wanted=wanted)
            else:
                stale.append(source)
        for draft in chain(drafts, self._drafts_of_stale(stale)):
            path = draft.source.logical
            asset, requires, _ = self._facts.find((LINKED, path), partial(self._linked, draft))
            self._take(path, asset, requires, wanted=wanted)

    def _held(self, source: Source) -> "LinkedFact | None":
        """The asset of `source`, if that is a fact that holds; one of another process is read here."""
        key = (LINKED, source.logical)
        fact = self._facts.value(key) if self._facts.holds(key) else None
        try:
            return self._read(fact, source, holds=True) if isinstance(fact, list) else fact
        except ValueError:  # it is damaged
            return None

    def _read(self, row: Row, source: Source, *, holds: bool) -> LinkedFact:
        """The fact of another process about the asset of `source`. Raises ValueError if it is damaged."""
        key = (LINKED, source.logical)
        assert self._results is not None
        looked_at = [about for kind, about in self._facts.dependencies(key) if kind == FILE]
        asset = asset_of(row, source, self._results, looked_at, has_body=holds)
        self._facts.read(key, fact := LinkedFact(asset, NOTHING_REQUIRED, row))
        return fact

    def _drafts_of_stale(self, sources: Sequence[Source]) -> Iterator[Draft]:
        """The drafts of `sources`; why those are made again that no engine makes is added to `read_again`."""
        reasons = {source.logical: self._reason(source) for source in sources} if self._facts.revision > 1 else {}
        for draft in self._drafts_of(sources):
            if reasons and not (draft.engines or draft.compiled):
                self.read_again[draft.source.logical] = reasons[draft.source.logical]
            yield draft

    def _reason(self, source: Source) -> Stale:
        """Why `source` is drafted again."""
        newer = self._facts.newer((LINKED, source.logical))
        if newer is not None and newer[0] == FILE:
            return Stale("changed", newer[1])
        return _NEVER_KEPT if self._facts.knows((FILE, source.path)) else Stale("is new", source.path)

    def _take(self, path: LogicalPath, asset: Linked, requires: Requires, *, wanted: Collection[LogicalPath]) -> None:
        """Take the compiled `asset`, and join those bundles among `wanted` that it completes."""
        self.compiled[path], self.requires[path] = asset, requires
        self._note(asset)
        for bundle in self._completed(path):
            if bundle in wanted and not _has_late_import(joint := self._joint(bundle)):
                self._joined[bundle] = joint
        if self._progress is not None:
            self._progress(len(self.compiled), max(len(self.compiled), len(self._sources.listed)), path)

    def _linked(self, draft: Draft) -> "LinkedFact":
        """The asset of `draft` with its links, and what its directives require; what decides these is noted."""
        note, source = self._facts.note, draft.source
        note(SOURCE, source.logical)
        requires = self._library.requires(draft)
        if draft.directives or draft.failed or source.logical in self._bundled:  # which more decides than is known
            note(*NEVER)
        if requires.depended:
            depended = (self._source(target).path for target in requires.depended)
            draft = replace(draft, inputs=tuple(dict.fromkeys((*draft.inputs, *depended))))
        whole = linked(self._memory.fitted(draft), self.site)
        asset = without_lost_map(whole)
        if asset.draft.compiled is None:
            for path in (*draft.inputs, *draft.absences):
                note(FILE, path)
        else:
            note(*NAMES)  # a partial names assets by their files
            for path in inputs_of(asset, self.site):
                note(FILE, path)
        if draft.engines:
            note(*ENGINES)
        return LinkedFact(asset, requires, row_of(whole) if requires is NOTHING_REQUIRED else None)

    def _completed(self, member: LogicalPath) -> Iterator[LogicalPath]:
        """The bundles of which `member` was the last to be compiled; none that may still get more members.

        These are bundles with directives, and all while imported sheets are put inline.
        """
        for bundle in self._bundles.get(member, ()):
            self._left[bundle] -= 1
            members = self._members[bundle]
            if (
                not self._left[bundle]
                and not self._inliner
                and not any(self.requires[path].required or self.requires[path].stubbed for path in members)
            ):
                yield bundle

    def _compile_with_parts(
        self, paths: Iterable[LogicalPath], inliner: Inliner | None, wanted: Collection[LogicalPath] = ()
    ) -> set[LogicalPath]:
        """Compile `paths`, all that these require, and all that `inliner` puts into them; return these all.

        For what is `wanted` see `_compile`.
        """
        waiting, seen = set(paths), set[LogicalPath]()
        while waiting:
            if new := waiting - self.compiled.keys():
                self._compile(new, wanted)
            seen |= waiting
            waiting = {part for path in waiting for part in self._parts_of(path, inliner)} - seen
        return seen

    def _parts_of(self, path: LogicalPath, inliner: Inliner | None) -> Iterator[LogicalPath]:
        """The sources that are joined with the compiled `path`, and those that `inliner` puts into it."""
        yield from self.requires[path].required
        yield from self.requires[path].stubbed
        for target in inliner.imported(path) if inliner else ():
            yield from self._members.get(target, (target,))

    def _source(self, path: LogicalPath) -> Source:
        """The source with that logical path, also one that only directives find."""
        return self._library.elsewhere.get(path) or self._sources[path]

    def _embed(self, paths: Iterable[LogicalPath]) -> None:
        """Embed small files in the sheets among `paths`. It comes before the next round: it removes references."""
        sheets = {path: {target for _, target in candidates(self.assets[path], self._embedding)} for path in paths}
        self._compile({target for targets in sheets.values() for target in targets} - self.compiled.keys())
        for path, targets in sheets.items():
            if targets:
                self._shared.update(targets, [path])
                self.assets[path] = embedded(self.assets[path], self.compiled, self._embedding, self._config.types)

    def _assembled(self, path: LogicalPath) -> Linked:
        if path in self._joined:
            return self._joined.pop(path)
        joint = self._joint(path)
        return self._with_late_imports(path) if _has_late_import(joint) and not self._inliner else joint

    def _with_late_imports(self, path: LogicalPath) -> Linked:
        """The bundle `path`, with what its later members import put into these: behind rules it would not count."""
        inliner = self._started_inliner()
        _, *later = self._joining(path)
        if self._lacks_import(later, inliner):
            return Linked(Draft(self._sources[path]))
        return self._joint(path, {member: inliner.inlined(member) for member in later})

    def _lacks_import(self, paths: Iterable[LogicalPath], inliner: Inliner | None) -> bool:
        """Whether `paths` or what is put into them import a file that is missing: that error is the one to report."""
        if self._config.missing != "error":
            return False
        parts = self._compile_with_parts(paths, inliner)
        lacking = (path for path in parts if self.compiled[path].missing and not self._is_vendored(path))
        return any((inliner or self._started_inliner()).lacks_import(path) for path in lacking)

    def _is_vendored(self, path: LogicalPath) -> bool:
        """Whether a missing reference of `path` is only a warning."""
        root = self._source(path).root
        return root >= 0 and self._config.sources[root].vendored

    def _whole(self, path: LogicalPath) -> Linked:
        """The asset `path` as a sheet imports it: with its members, or with what it requires."""
        if self._joining(path) == (path,):
            return self.compiled[path]
        if path not in self._wholes:
            message = f"`{path}` is imported by a sheet that is joined into it"
            source = self._sources[path]
            place = Location(source.shown) if source.root >= 0 else self._config.place("bundles", path)
            hint = f"remove the `@import` of `{path}`, or leave the sheet that has it out"
            fault = error("css/cycle", message, place, hint=hint)
            self._wholes[path] = Linked(Draft(source, diagnostics=(fault,)))  # if it is asked for before it is whole
            self._wholes[path] = self._assembled(path)
        return self._wholes[path]

    def _joining(self, path: LogicalPath) -> tuple[LogicalPath, ...]:
        return joining_order(self._members.get(path, (path,)), self.requires)

    def _joint(self, path: LogicalPath, inlined: Mapping[LogicalPath, Linked] = {}) -> Linked:
        """The asset `path`, joined of its members, some of them `inlined`."""
        members = self._joining(path)
        required = [member for member in members if member not in self._members.get(path, ())]
        if members == (path,) and not (self._config.directives and is_script_template(self._source(path))):
            self.alone.add(path)
            return self._with_imports(path)
        self._shared.update(members)
        if self._lacks_import(members, self._inliner):
            return Linked(Draft(self._sources[path]))
        parts = [inlined.get(member) or self._with_imports(member) for member in members]
        names = JstNames(self._config.templating, self._config.template_names.get(path), required)
        around = self._config.wrappers.get(path, ("", ""))
        source_maps = bool(self._config.source_maps)
        joint = joined(
            self._sources[path], parts, self._config.shown, source_maps=source_maps, names=names, around=around
        )
        put_in = (part.draft for member, part in zip(members, parts, strict=True) if part is not self.compiled[member])
        faults = tuple(fault for draft in put_in for fault in draft.diagnostics)
        return replace(joint, draft=replace(joint.draft, diagnostics=(*joint.draft.diagnostics, *faults)))

    def _with_imports(self, path: LogicalPath) -> Linked:
        if self._inliner is None or self._lacks_import([path], self._inliner):
            return self.compiled[path]
        return self._inliner.inlined(path)


def _has_late_import(joint: Linked) -> bool:
    """Whether an import in a later member of a bundle stands behind the rules of others."""
    return any(fault.code == _LATE_IMPORT and fault.is_error for fault in joint.draft.diagnostics)


def _bundles_by_member(bundles: Mapping[LogicalPath, Sequence[LogicalPath]]) -> dict[LogicalPath, list[LogicalPath]]:
    found: dict[LogicalPath, list[LogicalPath]] = {}
    for bundle, members in bundles.items():
        for member in members:
            found.setdefault(member, []).append(bundle)
    return found


def _embedding(config: Config) -> Embedding | None:
    if config.data_urls is None:
        return None
    setting = config.data_urls
    includes = compile_globs(setting.include) if setting.include else None
    return Embedding(setting.limit_bytes, includes, compile_globs(setting.of_any_size))


def _is_folder(path: str) -> bool:
    """Whether `path` is a folder; a function for `sprockets`, which does not touch the disk itself."""
    return os.path.isdir(path)
