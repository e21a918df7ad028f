"""Rebuilds only the assets affected by the changed files.

These are the assets made of them, and those that refer to one whose fingerprinted name changes. Takes the last build,
gives the changed part of a release, the same as a full build, or raises NeedsFullBuild: wherever a change could concern
more (further files, a diagnostic, a bundle), a full build has to do it. That is found by comparing the assets'
references, not guessed. Writes nothing.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial

from buildassets.compiler.body import text_of
from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.checks.chunk_names import names_chunks
from buildassets.compiler.graph.checks.findings import (
    BROKEN_SCRIPT,
    GATHERED_EVERYWHERE,
    as_reported,
    is_root_of_others,
)
from buildassets.compiler.graph.checks.large_images import LARGE, is_image, is_large_image
from buildassets.compiler.graph.checks.part_sheets import CODE as PART_SHEETS
from buildassets.compiler.graph.checks.worker_urls import names_workers
from buildassets.compiler.graph.components import components
from buildassets.compiler.graph.fingerprint import Naming
from buildassets.compiler.graph.link import Site, imports_of, inputs_of, linked, names_map
from buildassets.compiler.incremental.dependency_record import (
    NeedsFullBuild,
    Record,
    dumped,
    engines_of,
    links_of,
    loaded,
    recorded,
    wording_of,
)
from buildassets.compiler.languages.reference import DATA_URL_DEMAND, IMPORTS, Link, Reference
from buildassets.compiler.model import Content, Draft, Linked, Named, Source, Stored
from buildassets.compiler.resolve.urls import is_bare, is_root_relative, target_of
from buildassets.compiler.result import BuildResult, LastBuild
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.sources.names import carries_digest, is_typed
from buildassets.compiler.sources.streams import is_stream, may_be_stream
from buildassets.compiler.sources.uncompiled import TYPED
from buildassets.compiler.transform.scheduler import Drafts
from buildassets.compiler.write.manifest_entries import entry, source_fingerprints
from buildassets.compiler.write.release_directory import KnownFiles, files_of
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.disk.folders import path_below
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.digest import digest
from buildassets.foundation.media import Syntax, is_script, suffix
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import MANIFEST_NAME, Entry, Retained, amended, entries_of, loads_lazily


def _names_workers(draft: Draft) -> bool:
    if draft.source.syntax is not Syntax.JAVASCRIPT:
        return False

    return names_workers(draft)


def _names_chunks(draft: Draft) -> bool:
    if draft.source.syntax is not Syntax.JAVASCRIPT:
        return False

    return names_chunks(draft)


def _follows_paths(config: Config, draft: Draft) -> bool:
    """Whether the paths of the references of `draft` alone decide what they name, and all are written into the file."""
    if config.data_urls or any(_may_name_by_prefix(config, reference) for reference in draft.references):
        return False
    if any(is_bare(reference) for reference in draft.references):
        return False  # whether anything maps it is not known here
    return not _maps_names(config)


def _maps_names(config: Config) -> bool:
    """Whether packages or an import map give names: which ones a page maps depends on all references of all assets."""
    has_map = config.modules == "importmap" or bool(config.importmap or config.scopes)
    return has_map or any(root.npm for root in config.sources)


def _may_name_by_prefix(config: Config, reference: Reference) -> bool:
    """Whether `reference` is root-relative, so that `url_prefixes` may lead it to an asset, or a warning is due."""
    return is_root_relative(reference, None if config.url_prefixes else config.url)


def _may_be_refused(config: Config, draft: Draft, links: Iterable[Link]) -> bool:
    """Whether browsers may refuse an import of `draft`, whose references lead to `links`.

    Only for a script that is imported this does not depend on the attributes of the import.
    """
    if any(reference.kind in IMPORTS and not is_script(target) for reference, target in links):
        return True
    maps = (config.importmap, *config.scopes.values())
    if all(is_script(target) for names in maps for target in names.values()):
        return False
    return any(reference.kind in IMPORTS and is_bare(reference) for reference in draft.references)


def _has_lost_map(draft: Draft, links: Iterable[Link]) -> bool:
    """Whether `draft` names a source map that is not among its `links`: a build then removes the comment."""
    return sum(map(names_map, draft.references)) > sum(names_map(reference) for reference, _ in links)


def changes(config: Config, last: LastBuild, drafts_of: Drafts) -> "Change":
    """The changed part of the release after the changes in `last.changed`. Raises NeedsFullBuild, BuildError."""
    path = os.path.join(config.output, MANIFEST_NAME)
    before = bytes_at(path, MOST_MANIFEST_BYTES) if last.record and last.changed and path in last.unchanged else None
    if before is None or digest(before) != last.manifest_digest:  # another build has just replaced it
        raise NeedsFullBuild
    if any(diagnostic.code == PART_SHEETS for diagnostic in last.diagnostics):
        raise NeedsFullBuild  # whether these are released depends on several sheets, and on templates
    try:
        return Change(config, last, before, drafts_of, record=loaded(last.record))
    except ValueError:  # the record is damaged
        raise NeedsFullBuild from None


def _leads_out(path: str, folder: str) -> bool:
    """Whether a link on the way to `path` leads out of `folder`."""
    return not os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))


class Change:
    """The effect of changed files on a release, whose manifest was `before`.

    `assets` are those made again, `outputs` their names and contents, `imports` the scripts that they import.
    """

    def __init__(self, config: Config, last: LastBuild, before: bytes, drafts_of: Drafts, *, record: Record) -> None:
        self.before = before
        self.assets: dict[LogicalPath, Linked] = {}
        self.imports: dict[LogicalPath, tuple[LogicalPath, ...]] = {}
        self._written: dict[LogicalPath, tuple[Link, ...]] = {}
        self._config = config
        self._last = last
        self._entries = entries_of(before)
        self._drafts_of = drafts_of
        self._record = record
        self._site = Site(
            self._record.rows.keys(),
            self._record.sources(),
            roots=[(root.path, root.prefix) for root in config.sources],
            url_prefix=config.url,
            follow=partial(target_of, url_prefix=config.url, is_external=compile_globs(config.external)),
        )
        self.outputs = tuple(self._named())

    @property
    def known(self) -> KnownFiles:
        """The files of the last build that have not changed."""
        return KnownFiles(self._last.unchanged, self._entries)

    def entries(self, stored: Mapping[LogicalPath, Stored]) -> dict[str, Entry]:
        """The entries of the assets in the new manifest. Raises NeedsFullBuild."""
        made: dict[str, Entry] = {
            path: entry(self._config, self.assets[path], file, self.imports[path]) for path, file in stored.items()
        }
        if any(new.inputs != self._entries[path].inputs for path, new in made.items()):
            raise NeedsFullBuild  # the manifest lists fingerprints of sources, which may be others now
        return made

    def manifest(
        self, entries: Mapping[str, Entry], retained: Iterable[Retained], digest_of: Callable[[str], str]
    ) -> bytes:
        """The new manifest; `digest_of` gives the digest of a file. Raises NeedsFullBuild."""
        digests = source_fingerprints(self._config, self.assets.values(), digest_of)
        try:
            return amended(self.before, entries, retained, digests)
        except ValueError:  # the earlier manifest lacks the fingerprint of a source, which could not be read then
            raise NeedsFullBuild from None

    def result(self, content: bytes, entries: Mapping[str, Entry], written: tuple[str, ...]) -> BuildResult:
        """The result of the build, with the manifest `content` and the files `written`."""
        manifest, last = loads_lazily(content), self._last
        inputs = (path for asset in self.assets.values() for path in inputs_of(asset, self._site))
        return BuildResult(
            manifest,
            written,
            diagnostics=last.diagnostics,
            inputs=tuple(dict.fromkeys((*last.inputs, *inputs))),
            outputs=self._files(entries, manifest.retained),
            record=self._new_record(),
            size_bytes=last.size_bytes + sum(new.size - self._entries[path].size for path, new in entries.items()),
            manifest_digest=digest(content),
            sets=tuple(found for asset in self.assets.values() for found in asset.draft.sets),
            parents=last.parents,
        )

    def _files(self, entries: Mapping[str, Entry], retained: Iterable[Retained]) -> tuple[str, ...]:
        """The paths of all files of the release."""
        gone = [self._entries[path] for path in entries]
        before = loads_lazily(self.before).retained
        gone += [asset for release in before for asset in release.assets.values()]
        there = [*entries.values(), *(asset for release in retained for asset in release.assets.values())]
        removed = {path for asset in gone for path in files_of(self._config.output, asset)}
        added = [path for asset in there for path in files_of(self._config.output, asset)]
        return (*(path for path in self._last.outputs if path not in removed), *added)

    def _named(self) -> Iterator[Named]:
        """The assets made of the changed files, and those that name an asset whose fingerprint changed.

        Raises NeedsFullBuild.
        """
        made = self._made_of_changed()
        for draft in self._drafts_of([self._source(path) for path in sorted(made)]):
            self._refuse(draft)
            self._take(draft)
            if _may_be_refused(self._config, draft, self.assets[draft.source.logical].links):
                raise NeedsFullBuild
        concerned = self._record.with_dependents(made)
        references = {path: self._targets(path) for path in concerned}
        naming = Naming(text_of)
        renamed: set[LogicalPath] = set()
        inside = {path: [target for target in targets if target in concerned] for path, targets in references.items()}
        for members in components(inside):
            named = {target for path in members for target in references[path]}
            if made.isdisjoint(members) and renamed.isdisjoint(named):
                continue
            # Nothing is refused here: their own files are unchanged, so their diagnostics are those of the last build.
            for draft in self._drafts_of([self._source(path) for path in members if path not in self.assets]):
                self._take(draft)
            known = named.difference(naming.files, members)
            naming.files.update({target: self._entry(target).file for target in known})
            for output in naming.named({path: self._content(path) for path in members}):
                if output.file != self._entry(output.logical).file:
                    renamed.add(output.logical)
                yield output

    def _new_record(self) -> bytes:
        """The record of the release with its changes."""
        news = {path: recorded(asset, self._written[path]) for path, asset in self.assets.items()}
        if all(self._record[path] == new for path, new in news.items()):
            return self._last.record
        return dumped(self._record.amended(news))

    def _made_of_changed(self) -> set[LogicalPath]:
        made: set[LogicalPath] = set()
        for path in self._last.changed:
            affected = self._record.assets_from(path)
            if not affected or self._may_be_other(path):
                raise NeedsFullBuild  # a folder, a setting, a tool, or a file that did not exist
            if any(self._is_setting(path, one) for one in affected):
                raise NeedsFullBuild
            made |= affected
        return made

    def _may_be_other(self, path: str) -> bool:
        """Whether a film may have become a module, or the other way round, so that it makes another asset."""
        if not may_be_stream(path):
            return False
        was_module = any(
            self._record[logical].path == path and is_script(logical) for logical in self._record.assets_from(path)
        )
        return not was_module or is_stream(path)

    def _is_setting(self, path: str, asset: LogicalPath) -> bool:
        """Whether `path` decides what the references in `asset` mean, as `tsconfig.json` does."""
        source = self._record[asset].path
        return path != source and suffix(source) in TYPED

    def _refuse(self, draft: Draft) -> None:
        """Raise NeedsFullBuild if `draft` may affect more than the files that name it, or has new diagnostics."""
        source = draft.source
        before = set(self._reported_of(source)) if self._last.diagnostics else set()
        demands = any(DATA_URL_DEMAND in reference.url for reference in draft.references)
        may_stand_elsewhere = self._config.data_urls and source.syntax in (None, Syntax.SVG)
        was_written_again = draft.digest not in (None, self._last.changed.get(source.path, draft.digest))
        if self._may_be_gathered(source):
            raise NeedsFullBuild  # one warning counts what several files report
        reported = {as_reported(self._config, source, fault) for fault in draft.diagnostics}
        if before != reported or draft.directives or demands or may_stand_elsewhere or was_written_again:
            raise NeedsFullBuild
        if engines_of(draft) != self._record[source.logical].engines:
            raise NeedsFullBuild  # the manifest lists the engines of all assets
        if self._config.inline_imports and source.syntax is Syntax.CSS and draft.references:
            raise NeedsFullBuild  # it may import sheets now that are put into it
        if _names_chunks(draft):
            raise NeedsFullBuild
        if _names_workers(draft) or is_large_image(self._config, draft) or (is_image(draft) and self._warns_of_images):
            raise NeedsFullBuild

    @cached_property
    def _warns_of_images(self) -> bool:
        return any(diagnostic.code == LARGE for diagnostic in self._last.diagnostics)

    def _may_be_gathered(self, source: Source) -> bool:
        """Whether a diagnostic of the last build may be about `source` and others, at the place of another."""
        is_of_others = is_root_of_others(self._config, source.root)
        return any(is_of_others or known.code in GATHERED_EVERYWHERE for known in self._last.diagnostics)

    def _reported_of(self, source: Source) -> Iterator[Diagnostic]:
        """The diagnostics of the last build in `source` and in the other inputs of its asset."""
        files = {source.shown, *map(self._config.shown, self._record[source.logical].inputs)}
        return (known for known in self._last.diagnostics if known.location and known.location.file in files)

    def _take(self, draft: Draft) -> None:
        """Add `draft` to the assets with its links: references with the same wording lead to the same assets.

        In a compiled sheet the same URL may come from another partial, so its references are resolved again.
        """
        path = draft.source.logical
        before = self._record[path]
        is_worded_alike = wording_of(draft) == before.wording
        is_module = is_typed(draft.source)
        if is_module and not is_worded_alike:
            raise NeedsFullBuild  # what it imports and exports is compared with what others do
        is_compiled = draft.compiled is not None and not is_module
        asset = linked(draft, self._site) if is_compiled or not is_worded_alike else Linked(draft)
        if is_worded_alike and (not is_compiled or recorded(asset, ()).links == before.links):
            links = links_of(draft, before.links)
            if _has_lost_map(draft, links):
                raise NeedsFullBuild
            self.assets[path] = Linked(draft, links)
            self._written[path] = links_of(draft, before.written)
            self.imports[path] = tuple(map(LogicalPath, self._entry(path).imports))
            return
        gone = before.targets.difference(asset.targets)
        if gone or asset.missing or not _follows_paths(self._config, draft):
            raise NeedsFullBuild  # what is gone may have been released for this reference alone
        if any(diagnostic.code == BROKEN_SCRIPT for diagnostic in self._last.diagnostics):
            raise NeedsFullBuild  # a broken script that nothing named is an error once something does
        self.assets[path] = asset
        self._written[path] = asset.links
        self.imports[path] = imports_of(path, asset.links)

    def _source(self, path: LogicalPath) -> Source:
        asset = self._record[path]
        if not 0 <= asset.root < len(self._config.sources) or carries_digest(path):
            raise NeedsFullBuild
        root = self._config.sources[asset.root]
        relative = path_below(root.path, asset.path)
        if (
            os.path.normpath(asset.path) != asset.path
            or relative is None
            or _leads_out(asset.path, os.path.join(root.path, ""))
        ):
            raise NeedsFullBuild  # the record is damaged: no build has such a source
        return Source(path, asset.path, shown=root.shown_prefix + relative, root=asset.root, relative=relative)

    def _entry(self, path: LogicalPath) -> Entry:
        if path not in self._entries:
            raise NeedsFullBuild  # the record belongs to another release
        return self._entries[path]

    def _targets(self, path: LogicalPath) -> set[LogicalPath]:
        if path in self._written:
            return {target for _, target in self._written[path]}
        return self._record[path].targets

    def _content(self, path: LogicalPath) -> Content:
        draft = self.assets[path].draft
        return Content(draft.body, self._written[path], digest=draft.digest)
