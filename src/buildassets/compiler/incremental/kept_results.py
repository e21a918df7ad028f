"""Keeps drafts and names between builds: where all that decides one is the same, it is not made again.

Takes the record of the last build with what changed since, gives drafts and names, and the record for the next build.
Kept are drafts that are made of one file each and that report nothing. Such a draft depends on its file, the settings
and the tools. So it holds while its file is the same and every other change is one of a known role: a file that drafts
read, a folder of such files, a file of the release. After any other change all drafts are made again. Whatever may
depend on several files (links, findings, reachability) is not kept, but found in each build. A body is not in the
record: it is the source, or the cache has it.
"""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from buildassets.compiler.body import Body, OnDisk, digest_of_body, size_of
from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.cache.traces import Stale
from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.checks.chunk_names import with_bundler
from buildassets.compiler.graph.checks.worker_urls import names_workers
from buildassets.compiler.graph.fingerprint import KeptName
from buildassets.compiler.images.size import Size
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.result import LastBuild
from buildassets.compiler.transform.draft_cache import names_for, step_name
from buildassets.compiler.transform.scheduler import Drafts
from buildassets.disk.folders import is_within
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import LogicalPath

_PACKAGES: Final = f"{os.sep}node_modules"
_FINGERPRINT: Final = lazy_pattern("[0-9a-f]{12}")
_KINDS: Final = {kind.value: kind for kind in ReferenceKind}
# Of a draft: path, root, keeps_name, uncompiled; digest and size of the body; references, width and height, engines;
# the digest and size of the result in the cache, which ends in the body, or nothing if that is the source.
_Row = Sequence[Any]
_FIELDS: Final = 10
_NOTHING_KEPT: Final = Stale("nothing valid is kept of a build with these settings")
_NEVER_KEPT: Final = Stale("it is read in every build, as it has warnings or depends on more than its file")


class KeptResults:
    """The results that the `last` build kept, and those of this one.

    `stale` is the reason why all drafts are made again; None if each is made again for its own file only. `read_again`
    has the reasons of those that no engine makes. `reused_count` is the number of drafts that were not made again.
    """

    def __init__(self, config: Config, last: LastBuild | None = None, cache: Cache | None = None) -> None:
        self._config = config
        self._cache = cache
        self._last = last
        self._bodies: dict[str, tuple[Body, str]] = {}  # of new drafts that engines made, with their digests
        self._rows: Mapping[str, _Row] = {}
        self._for_next: dict[str, _Row] = {}
        self._read: set[str] = set()  # the files that other drafts read, or looked for in vain
        self._day = 0  # when the kept results were last noted as used
        self.names: Mapping[LogicalPath, KeptName] = {}
        self.stale: Stale | None = _NOTHING_KEPT
        self.read_again: dict[LogicalPath, Stale] = {}
        self.reused_count = 0
        if last is None or not last.record:
            return
        try:
            rows, read, names, self._day = _loaded(last.record)
        except ValueError:  # it is damaged
            return
        inputs = _DraftInputs(config, {*(row[0] for row in rows.values()), *read}, last.outputs)
        other = next((path for path in sorted(last.changed) if not inputs.covers(path)), None)
        self.stale = None if other is None else Stale("changed", other)
        if other is None:
            self._rows, self.names = rows, names

    def reused(self, drafts_of: Drafts) -> Drafts:
        """The function that gives kept drafts, and has `drafts_of` make the others."""

        def drafts(sources: Sequence[Source]) -> Iterator[Draft]:
            others: list[Source] = []
            for source in sources:
                draft = self._draft(source)
                if draft is None:
                    others.append(source)
                else:
                    yield draft
            for draft in drafts_of(others):
                if self._last and not (self.stale or draft.engines or draft.compiled):
                    self.read_again[draft.source.logical] = _reason(draft.source.path, self._last)
                yield self._noted(draft)

        return drafts

    def dumped(self, names: Mapping[LogicalPath, KeptName], released: Iterable[Draft]) -> bytes:
        """The record of this build, in which assets got these `names`; `released` are their drafts."""
        self._find_results()
        for draft in released:
            # esbuild's bundles, too, which are not drafts of sources.
            if draft.source.logical not in self._for_next:
                self._read.update((*draft.inputs, *draft.absences))
        record = {"drafts": self._for_next, "read": sorted(self._read), "names": names, "day": self._note_use()}
        return json.dumps(record, separators=(",", ":")).encode("ascii")

    def digest_of(self, draft: Draft) -> str | None:
        """The digest of the body of `draft`, as far as it is known."""
        if draft.digest is not None or isinstance(draft.body, OnDisk):
            return draft.digest or digest_of_body(draft.body)
        body, digest = self._bodies.get(draft.source.logical, (None, None))
        return digest if body is draft.body else None

    def _find_results(self) -> None:
        """Complete the rows of new drafts that engines made; what the cache has not kept is not in the record.

        A row costs a fifth of a look into the cache: with 1,300 minified files, an edit takes 0.46 s and not 0.85 s.
        """
        names = names_for(self._config)
        for logical in self._bodies:
            path, *_ = row = self._for_next.pop(logical)
            result = self._cache and self._cache.result_of(step_name(LogicalPath(logical), path, names))
            if result:
                self._for_next[logical] = (*row[:-1], result)
            else:
                self._read.add(path)

    def _note_use(self) -> int:
        """Note once a day that the results in the cache are in use, and return the day: what is not used is removed."""
        if self._cache is None or self._cache.today() == self._day:
            return self._day
        names = names_for(self._config)
        for logical, (path, *_, result) in self._for_next.items():
            if result:
                self._cache.note_use(step_name(LogicalPath(logical), path, names), result[0])
        return self._cache.today()

    def _draft(self, source: Source) -> Draft | None:
        """The kept draft of `source`; None if there is none that is valid."""
        row = self._rows.get(source.logical)
        if row is None or self._last is None or source.path not in self._last.unchanged or not _is_of_file(source):
            return None
        if list(row[:4]) != [source.path, source.root, source.keeps_name, source.uncompiled]:
            return None
        try:
            draft = self._read_draft(source, row)
        except ValueError:
            return None
        self._for_next[source.logical] = row
        self.reused_count += 1
        return draft

    def _noted(self, draft: Draft) -> Draft:
        """`draft`, just made, which is kept if it can be."""
        if _depends_on_its_file_only(draft) and not names_workers(draft):
            draft = with_bundler(draft)
            if not draft.bundler and (draft.digest or self._cache):
                digest = draft.digest or digest_of_body(draft.body)
                self._for_next[draft.source.logical] = _row(draft, digest)
                if not draft.digest:
                    self._bodies[draft.source.logical] = draft.body, digest
                return draft
        self._read.update((*draft.inputs, *draft.absences))
        return draft

    def _read_draft(self, source: Source, row: _Row) -> Draft:
        """The draft that `row` was made of. Raises ValueError if it is damaged."""
        *_, known, size_bytes, references, size, engines, result = json_values.array(row, _FIELDS)
        digest, numbers = json_values.digest(known), tuple(map(json_values.number, json_values.array(size)))
        path, start_bytes = source.path, 0
        if result:
            if self._cache is None:
                raise ValueError("no cache")
            in_cache, whole_bytes = json_values.array(result, 2)
            path = self._cache.path_of(json_values.digest(in_cache))
            start_bytes = json_values.size(json_values.number(whole_bytes) - json_values.size(size_bytes))
        return Draft(
            source,
            OnDisk(path, source.shown, digest, json_values.size(size_bytes), is_kept=True, start_bytes=start_bytes),
            references=tuple(map(_reference, json_values.array(references))),
            inputs=(source.path,),
            engines=tuple(map(_engine, json_values.array(engines))),
            digest=None if result else digest,
            size=Size(*json_values.array(list(numbers), 2)) if numbers else None,
            may_name_workers=False,
            bundler="",
        )


class _DraftInputs:
    """The files and folders whose changes concern only the drafts that read them.

    `files` are those that drafts read or looked for, `outputs` those of the release.
    """

    def __init__(self, config: Config, files: Collection[str], outputs: Iterable[str]) -> None:
        self._files = {*files, *outputs}
        self._folders: set[str] = set()
        tops = (*(root.path for root in config.sources), *config.load_paths)
        for folder in set(map(os.path.dirname, files)):
            while folder not in self._folders and any(is_within(top, folder) for top in tops):
                self._folders.add(folder)
                folder = os.path.dirname(folder)

    def covers(self, path: str) -> bool:
        """Whether a change of `path` concerns only drafts that have it among their inputs.

        Names in a folder of packages may be those of tools.
        """
        return path in self._files or (path in self._folders and _PACKAGES not in path)


def _reason(path: str, last: LastBuild) -> Stale:
    """Why what no engine makes of the file at `path` is not as the `last` build kept it."""
    if path in last.changed:
        return Stale("changed", path)
    return _NEVER_KEPT if path in last.unchanged else Stale("is new", path)


def _is_of_file(source: Source) -> bool:
    """Whether `source` is a file of a source root, not something that is made of others."""
    return source.root >= 0 and source.recipe is None


def _depends_on_its_file_only(draft: Draft) -> bool:
    """Whether `draft` is its source file, perhaps minified, and nothing is found there but references."""
    source = draft.source
    is_plain = draft.digest is not None and not draft.engines
    has_more = draft.compiled or draft.directives or draft.diagnostics or draft.sets or draft.absences or draft.origin
    if has_more or not (is_plain or (draft.digest is None and draft.engines)) or not _is_of_file(source):
        return False
    return draft.inputs == (source.path,) and not (draft.contents or draft.names or draft.metrics or draft.icons)


def _row(draft: Draft, digest: str) -> _Row:
    source, size = draft.source, draft.size
    references = [(one.start, one.end, one.url, one.kind.value) for one in draft.references]
    identity = (source.path, source.root, source.keeps_name, source.uncompiled)
    pixels = [size.width, size.height] if size else []
    return (*identity, digest, size_of(draft.body), references, pixels, draft.engines, ())


def _engine(value: object) -> tuple[str, str]:
    kind, version = json_values.array(value, 2)
    return json_values.text(kind), json_values.text(version)


def _reference(value: object) -> Reference:
    start, end, url, kind = json_values.array(value, 4)
    if kind not in _KINDS:
        raise ValueError("a kind of reference that is not known")
    return Reference(json_values.size(start), json_values.size(end), json_values.text(url), _KINDS[kind])


def _loaded(record: bytes) -> tuple[dict[str, _Row], tuple[str, ...], dict[LogicalPath, KeptName], int]:
    """The drafts, the files read, the names and the day in the `record` of `dumped`. Raises ValueError if damaged."""
    known = json_values.table(json_values.read(record))
    rows = json_values.table(known.get("drafts"))
    for row in rows.values():
        json_values.text(json_values.array(row, _FIELDS)[0])
    names = {LogicalPath(path): _name(value) for path, value in json_values.table(known.get("names")).items()}
    return rows, json_values.texts(known.get("read")), names, json_values.number(known.get("day"))


def _name(value: object) -> KeptName:
    key, digest, fingerprint = json_values.array(value, 3)
    if type(fingerprint) is not str or not _FINGERPRINT.fullmatch(fingerprint):
        raise ValueError("no fingerprint")
    return KeptName(json_values.digest(key), json_values.digest(digest), fingerprint)
