"""Keeps facts between processes: links and findings of each asset with what they depend on, the graph, and names.

Takes the facts of a build, gives its record; takes a record, gives facts that hold until something that they depend on
changes. Each asset has a line, which is parsed when something asks for it. Nothing in a record is executed, and nothing
of it is trusted but to be what an earlier build found out.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Final, TypeVar

from buildassets.compiler.body import LostBodyError, text_of
from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.stamps import signature
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config
from buildassets.compiler.facts.table import FILE, FINDINGS, LINKED, NEVER, SOURCE, Facts, Key
from buildassets.compiler.graph.asset_graph import StoredGraph, StoredSources
from buildassets.compiler.graph.findings_form import to_stored
from buildassets.compiler.graph.fingerprint import KeptName, Naming, Order
from buildassets.compiler.graph.walk import LinkedFact
from buildassets.compiler.kept import Kept, TemplateReport
from buildassets.compiler.result import LastBuild
from buildassets.compiler.transform.draft_cache import names_for, step_name
from buildassets.compiler.write.kept_release import KeptRelease, Totals, release_on_disk
from buildassets.disk.files import MOST_MANIFEST_BYTES, bytes_at
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import frozen_by_name, replace
from buildassets.foundation.lazily import Lazily
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import MANIFEST_NAME

_FINGERPRINT: Final = lazy_pattern("[0-9a-f]{12}")
_LISTS: Final = 5
_BY_ASSET: Final = ("engines", "several")
_Users = dict[str, dict[str, list[int]]]  # by kind and what it is about: twice the number of an asset, findings odd
_Value = TypeVar("_Value")


@frozen_by_name
class Parts:
    """The parts of a record as they are written; the lists have an item for each asset.

    - `paths`: their logical paths, sorted; `origins`: the absolute paths of their sources; `files`: their files in the
      release
    - `rows`: row, what else it depends on, findings, what these depend on, as JSON
    - `names`: a KeptName in words, or nothing
    - `users`: which facts depend on what, but for those that each asset has about its own source
    """

    paths: Sequence[str]
    origins: Sequence[str]
    rows: Sequence[str]
    names: Sequence[str]
    files: Sequence[str]
    users: bytes
    sources: bytes
    templates: bytes
    graph: bytes
    release: bytes
    day: int

    def packed(self) -> bytes:
        """All parts in one text."""
        lists = (self.paths, self.origins, self.rows, self.names, self.files)
        texts = ("\0".join(items).encode("utf-8", "surrogatepass") for items in lists)
        parts = (*texts, self.users, self.sources, self.templates, self.graph, self.release)
        numbers = (len(self.paths), self.day, *map(len, parts))
        return b" ".join(b"%d" % number for number in numbers) + b"\n" + b"".join(parts)


def unpacked(record: bytes) -> Parts:
    """The parts of a `record`. Raises ValueError if they do not fit."""
    head, _, rest = record.partition(b"\n")
    count, day, *sizes = map(int, head.split())
    *lists, users, sources, templates, graph, release = json_values.cut(rest, sizes, _LISTS + 5)
    texts = (part.decode("utf-8", "surrogatepass") for part in lists)
    items = [text.split("\0") if count else [] for text in texts]
    if any(len(one) != count for one in items):
        raise ValueError("lists of other lengths")
    paths, origins, rows, names, files = items
    return Parts(
        paths=paths,
        origins=origins,
        rows=rows,
        names=names,
        files=files,
        users=users,
        sources=sources,
        templates=templates,
        graph=graph,
        release=release,
        day=day,
    )


class StoredBuild:
    """A build of another process, as far as it is kept. Raises LostBodyError where what is asked for is damaged."""

    def __init__(self, parts: Parts, last: LastBuild) -> None:
        self.parts = parts
        self.paths = parts.paths
        self.inputs = last.inputs
        self._last = last

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The numbers of the assets by logical path."""
        return {path: number for number, path in enumerate(self.parts.paths)}

    @cached_property
    def _by_origin(self) -> Mapping[str, int]:
        """The numbers of the assets by the paths of their sources."""
        return {path: number for number, path in enumerate(self.parts.origins)}

    @cached_property
    def users_by_root(self) -> _Users:
        """The facts that depend on each fact and root, but for those that each asset has about its own source."""
        return _of_json(self.parts.users, lambda value: _checked_users(value, 2 * len(self.parts.paths)))

    def fact(self, key: Key) -> tuple[Any, tuple[Key, ...]] | None:
        """The row of an asset, or the values of its findings, and what either depends on."""
        kind, about = key
        number = self.number.get(about) if kind in (LINKED, FINDINGS) else None
        if number is None:
            return None
        row, others, findings, others_of_findings = _of_json(self.parts.rows[number], _line)
        own: tuple[Key, ...] = ((SOURCE, about), (FILE, self.parts.origins[number]))
        if kind == LINKED:
            return row, (*own, *others)
        return None if findings is None else (findings, ((LINKED, about), own[1], *others_of_findings))

    def users(self, on: Key) -> Iterator[Key]:
        """The facts that depend on a fact or a root."""
        kind, about = on
        if kind in (SOURCE, LINKED) and about in self.number:
            yield LINKED if kind == SOURCE else FINDINGS, about
        elif kind == FILE and about in self._by_origin:
            path = self.parts.paths[self._by_origin[about]]
            yield from ((LINKED, path), (FINDINGS, path))
        for code in self.users_by_root.get(kind, {}).get(about, ()):
            yield FINDINGS if code % 2 else LINKED, self.parts.paths[code // 2]

    def about(self, kind: str) -> Iterable[str]:
        """What the facts and roots of a kind are about."""
        own = self._by_origin if kind == FILE else self.number if kind in (SOURCE, LINKED, FINDINGS) else ()
        return dict.fromkeys((*own, *self.users_by_root.get(kind, ())))

    @property
    def sources(self) -> StoredSources:
        """The sources that facts depend on."""
        return _of_json(self.parts.sources, _sources)

    @property
    def templates(self) -> TemplateReport | None:
        """The report on the templates, if it is kept."""
        return _of_json(self.parts.templates, TemplateReport.of_form) if self.parts.templates else None

    @property
    def names(self) -> Lazily[LogicalPath, KeptName]:
        """The names that assets got."""
        named = (path for path, name in zip(self.parts.paths, self.parts.names, strict=True) if name)
        return Lazily(map(LogicalPath, named), self._name)

    def _name(self, path: LogicalPath) -> KeptName:
        try:
            return _name(self.parts.names[self.number[path]])
        except ValueError:
            raise LostBodyError from None

    @cached_property
    def graph(self) -> StoredGraph | None:
        """The graph, if all of it is kept."""
        return _of_json(self.parts.graph, StoredGraph.of_form) if self.parts.graph else None

    def release(self, config: Config) -> KeptRelease | None:
        """The release that it wrote, if it is there and all of the graph is kept."""
        path = os.path.join(config.output, MANIFEST_NAME)
        stamp, manifest = signature(path), bytes_at(path, MOST_MANIFEST_BYTES)
        if not self.parts.release or manifest is None or digest(manifest) != self._last.manifest_digest:
            return None
        paths = [LogicalPath(path) for path in self.parts.paths]
        order, totals = _of_json(self.parts.release, lambda value: (_order(value, paths), _totals(value, paths)))
        files = dict(zip(paths, self.parts.files, strict=True))
        naming = Naming(text_of).restored(files, self.names, order)
        return release_on_disk(config.output, manifest, naming, totals, outputs=self._last.outputs, stamp=stamp)

    def facts(self) -> Facts:
        """The facts, which hold until something changes."""
        return Facts(self)

    @property
    def day(self) -> int:
        """When results in the cache were last noted as used, in days since the epoch."""
        return self.parts.day


def recorded(kept: Kept, renamed: Iterable[LogicalPath], *, config: Config, cache: Cache | None) -> bytes:
    """The record of what is `kept` of a build that gave some assets new names, or all."""
    assert kept.release is not None
    dump = Dump(kept.facts, kept.graphing.stored_graph(), kept.release, config=config, cache=cache)
    templates = _to_json(kept.templates.form()) if kept.templates and kept.templates.sets else b""
    before = kept.stored
    parts = dump.of_changes(before, renamed) if isinstance(before, StoredBuild) and kept.graphing.is_renewed else None
    parts = parts or dump.of_all(kept.graphing.stored_sources(kept.facts), day=kept.day)
    return replace(parts, templates=templates).packed()


def stored_build(last: LastBuild) -> StoredBuild | None:
    """What is kept of the `last` build; None if that is damaged, or nothing is."""
    try:
        return StoredBuild(unpacked(last.record), last) if last.record else None
    except ValueError:
        return None


class Dump:
    """Writes the record of a build: `facts` and the `graph`, if all of that can be kept, and what was released."""

    def __init__(
        self,
        facts: Facts,
        graph: StoredGraph | None,
        release: KeptRelease,
        *,
        config: Config,
        cache: Cache | None,
    ) -> None:
        self._facts = facts
        self._graph = graph
        self._release = release
        self._cache = cache
        self._names = names_for(config)

    def of_all(self, sources: StoredSources, *, day: int) -> Parts:
        """The record of a build; `day` is when results in the cache were last noted as used."""
        cache = self._cache
        notes_use = cache is not None and cache.today() != day
        paths, origins, rows, users = list[str](), list[str](), list[str](), _Users()
        graph = self._graph
        for path in sorted(self._facts.found(LINKED)):
            line = self._line(path, notes_use=notes_use)
            if line is None or not line.is_whole:
                graph = None  # which is not kept without one of its assets
            if line is not None:
                _use(users, len(paths), line)
                paths.append(path)
                origins.append(line.origin)
                rows.append(line.text)
        if {*paths} != self._release.naming.files.keys() or len({*origins}) < len(paths):
            graph = None
        return Parts(
            paths=paths,
            origins=origins,
            rows=rows,
            names=list(map(self._named, paths)),
            files=[self._release.naming.files.get(LogicalPath(path), "") for path in paths],
            users=_to_json(users),
            sources=_to_json([sources.sources, sources.of_names]),
            templates=b"",
            graph=_to_json(graph.form()) if graph else b"",
            release=self._released(paths) if graph else b"",
            day=cache.today() if cache else 0,
        )

    def of_changes(self, before: StoredBuild, renamed: Iterable[LogicalPath]) -> Parts | None:
        """The record of a build that made only some facts of the one `before` again; None if that cannot be kept."""
        cache, parts, graph = self._cache, before.parts, self._graph
        if graph is None or (cache is not None and cache.today() != before.day):
            return None
        rows, names, files = list(parts.rows), list(parts.names), list(parts.files)
        has_more_users = False
        for path in {about: None for kind, about in self._facts.found_here if kind in (LINKED, FINDINGS)}:
            line, number = self._line(path), before.number.get(path)
            if line is None or number is None or not line.is_whole:
                return None
            rows[number] = line.text
            has_more_users |= _use(before.users_by_root, number, line)
        for path in renamed:
            number = before.number[path]
            names[number], files[number] = self._named(path), self._release.naming.files[path]
        return replace(
            parts,
            rows=rows,
            names=names,
            files=files,
            users=_to_json(before.users_by_root) if has_more_users else parts.users,
            graph=_to_json(graph.form()),
            release=self._released(parts.paths),
        )

    def _line(self, path: str, *, notes_use: bool = False) -> "_Line | None":
        """The line of an asset; None if it cannot be kept. With `notes_use` its result in the cache is in use."""
        facts, key = self._facts, (LINKED, path)
        fact = facts.value(key) if facts.holds(key) else None
        row = fact.row if isinstance(fact, LinkedFact) else fact
        if row is None:
            return None
        depends_on = facts.dependencies(key)
        origin = fact.asset.draft.source.path if isinstance(fact, LinkedFact) else depends_on[1][1]
        *fields, result = row
        step = step_name(LogicalPath(path), origin, self._names)
        if isinstance(fact, LinkedFact) and fact.asset.draft.engines and not result:
            result = self._cache.result_of(step) if self._cache else None
            if result is None:  # the cache has not kept it
                return None
        elif result and notes_use and self._cache:
            self._cache.note_use(step, result[0])
        others = [on for on in depends_on if on not in ((SOURCE, path), (FILE, origin))]
        if NEVER in others:
            return None
        findings, others_of_findings = self._findings(path, origin)
        text = json.dumps([[*fields, result or ()], others, findings, others_of_findings], separators=(",", ":"))
        return _Line(
            origin=origin,
            text=text,
            others=others,
            others_of_findings=others_of_findings,
            is_whole=findings is not None,
        )

    def _findings(self, path: str, origin: str) -> tuple[list[Any] | None, list[Key]]:
        """The values of the findings of an asset, None if they do not hold, and what else these depend on."""
        facts, key = self._facts, (FINDINGS, path)
        if not facts.holds(key):
            return None, []
        findings = facts.value(key)
        values = findings if isinstance(findings, list) else to_stored(findings)
        return values, [on for on in facts.dependencies(key) if on not in ((LINKED, path), (FILE, origin))]

    def _named(self, path: str) -> str:
        name = self._release.naming.for_next.get(LogicalPath(path))
        return " ".join(name) if name else ""

    def _released(self, paths: Iterable[str]) -> bytes:
        """What is kept of the release, with assets by their numbers among `paths`."""
        number = {LogicalPath(path): number for number, path in enumerate(paths)}
        order, totals = self._release.naming.order, self._release.totals
        return _to_json(
            {
                "components": [[number[path] for path in members] for members in order.components],
                "targets": {
                    number[path]: [number[one] for one in targets] for path, targets in order.targets.items() if targets
                },
                "engines": [(number[path], engines) for path, engines in totals.engines.items()],
                "several": [(number[path], inputs) for path, inputs in totals.several.items()],
                "size_bytes": totals.size_bytes,
            }
        )


@frozen_by_name
class _Line:
    """The line of an asset; `is_whole` is whether its findings are in it, too."""

    origin: str
    text: str
    others: list[Key]
    others_of_findings: list[Key]
    is_whole: bool


def _sources(value: object) -> StoredSources:
    sources, of_names = json_values.array(value, 2)
    return StoredSources(json_values.table(sources), json_values.text(of_names))


def _line(value: object) -> tuple[list[Any], tuple[Key, ...], list[Any] | None, tuple[Key, ...]]:
    row, others, findings, others_of_findings = json_values.array(value, 4)
    findings = None if findings is None else json_values.array(findings)
    return json_values.array(row), _keys(others), findings, _keys(others_of_findings)


def _keys(values: object) -> tuple[Key, ...]:
    pairs = (json_values.texts(json_values.array(value, 2)) for value in json_values.array(values))
    return tuple((kind, about) for kind, about in pairs)


def _use(users: _Users, number: int, line: _Line) -> bool:
    """Add what the facts in a line depend on. Returns whether any of that was not there."""
    has_more = False
    for code, others in ((2 * number, line.others), (2 * number + 1, line.others_of_findings)):
        for kind, about in others:
            codes = users.setdefault(kind, {}).setdefault(about, [])
            if code not in codes:
                codes.append(code)
                has_more = True
    return has_more


def _checked_users(value: object, count: int) -> _Users:
    users: _Users = {kind: json_values.table(one) for kind, one in json_values.table(value).items()}
    for codes in chain.from_iterable(one.values() for one in users.values()):
        if not all(type(code) is int and 0 <= code < count for code in json_values.array(codes)):
            raise ValueError("no such fact")
    return users


def _name(text: str) -> KeptName:
    key, content, fingerprint = text.split(" ")
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise ValueError("no fingerprint")
    return KeptName(json_values.digest(key), json_values.digest(content), fingerprint)


def _order(value: object, paths: Sequence[LogicalPath]) -> Order:
    known = json_values.table(value)
    components = json_values.array(known.get("components"))
    targets = json_values.table(known.get("targets"))
    if sorted(chain.from_iterable(components)) != list(range(len(paths))):
        raise ValueError("not each asset once")
    return Order(
        [tuple([paths[number] for number in members]) for members in components],
        {paths[int(number)]: [paths[one] for one in several] for number, several in targets.items()},
    )


def _totals(value: object, paths: Sequence[str]) -> Totals:
    known = json_values.table(value)
    pairs = {name: [json_values.array(one, 2) for one in json_values.array(known.get(name))] for name in _BY_ASSET}
    return Totals(
        engines={LogicalPath(paths[number]): _engines(engines) for number, engines in pairs["engines"]},
        several={LogicalPath(paths[number]): json_values.texts(inputs) for number, inputs in pairs["several"]},
        size_bytes=json_values.size(known.get("size_bytes")),
    )


def _engines(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((kind, version) for kind, version in map(json_values.texts, json_values.array(value)))


def _to_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _of_json(text: str | bytes, read: Callable[[Any], _Value]) -> _Value:
    """The value that `read` makes of the JSON `text`. Raises LostBodyError if either is damaged."""
    try:
        return read(json_values.read(text))
    except (ValueError, TypeError, KeyError, IndexError):
        raise LostBodyError from None
