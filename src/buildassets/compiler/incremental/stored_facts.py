"""Keeps facts between processes: links and findings of each asset with what they depend on, and names.

Takes the facts of a build, gives its record; takes a record, gives facts that hold until something that they depend on
changes. Nothing in a record is executed, and nothing of it is trusted but to be what an earlier build found out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from buildassets.compiler.cache import json_values
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config
from buildassets.compiler.facts.kinds import FILE, FINDINGS, LINKED, NEVER, SOURCE
from buildassets.compiler.facts.table import Facts, Key
from buildassets.compiler.graph.asset_graph import StoredSources
from buildassets.compiler.graph.findings_form import to_stored
from buildassets.compiler.graph.fingerprint import KeptName
from buildassets.compiler.graph.walk import LinkedFact
from buildassets.compiler.kept import Kept, StoredFacts
from buildassets.compiler.transform.draft_cache import names_for, step_name
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import LogicalPath

_FINGERPRINT: Final = lazy_pattern("[0-9a-f]{12}")
_Record = dict[str, Any]


def stored_facts(record: bytes) -> StoredFacts | None:
    """The facts in a `record`; None if it is damaged, or there is none."""
    if not record:
        return None
    try:
        return _read(json_values.table(json_values.read(record)))
    except ValueError:
        return None


def dumped(kept: Kept, names: Mapping[LogicalPath, KeptName], config: Config, cache: Cache | None) -> bytes:
    """The record of the facts that are `kept`; assets got these `names`."""
    facts, linked, sources = kept.facts, _linked(kept, config, cache), kept.graphing.stored_sources(kept.facts)
    findings = {
        path: [
            to_stored(facts.value((FINDINGS, path))),
            _others(facts, (FINDINGS, path), [(LINKED, path), (FILE, row[0])]),
        ]
        for path, row in linked.items()
        if facts.holds((FINDINGS, path))
    }
    files = {row[0] for row in linked.values()}
    record = {
        "day": cache.today() if cache else 0,
        "findings": findings,
        "linked": linked,
        "names": names,
        "read": [path for path in facts.of_kind(FILE) if path not in files],
        "sources": sources.sources,
        "of_names": sources.of_names,
    }
    return json.dumps(record, separators=(",", ":")).encode("ascii")


def _linked(kept: Kept, config: Config, cache: Cache | None) -> _Record:
    """The rows of assets, each with the path of its source, its result in the cache, and what else it depends on."""
    facts, rows = kept.facts, {}
    names = names_for(config)
    notes_use = cache is not None and cache.today() != kept.day
    for path in facts.found(LINKED):
        fact = facts.value((LINKED, path)) if facts.holds((LINKED, path)) else None
        if not isinstance(fact, LinkedFact) or fact.row is None:
            continue
        *fields, result = fact.row
        file, is_made = fact.asset.draft.source.path, bool(fact.asset.draft.engines)
        step = step_name(LogicalPath(path), file, names)
        if is_made and not result:
            result = cache.result_of(step) if cache else None
            if result is None:  # the cache has not kept it
                continue
        elif is_made and cache and notes_use:
            cache.note_use(step, result[0])
        others = _others(facts, (LINKED, path), [(SOURCE, path), (FILE, file)])
        if NEVER not in others:
            rows[path] = [file, [*fields, result or ()], others]
    return rows


def _others(facts: Facts, key: Key, usual: Iterable[Key]) -> list[Key]:
    """What a fact depends on besides the `usual`."""
    return [on for on in facts.dependencies(key) if on not in usual]


def _read(record: _Record) -> StoredFacts:
    facts = Facts()
    for path in json_values.texts(record.get("read")):
        facts.know((FILE, path))
    for path, value in json_values.table(record.get("linked")).items():
        file, row, others = json_values.array(value, 3)
        depends_on = ((SOURCE, path), (FILE, json_values.text(file)), *_keys(others))
        facts.restore((LINKED, path), json_values.array(row), depends_on)
    linked = json_values.table(record.get("linked"))
    for path, value in json_values.table(record.get("findings")).items():
        findings, others = json_values.array(value, 2)
        file = json_values.text(json_values.array(linked.get(path))[0])
        depends_on = ((LINKED, path), (FILE, file), *_keys(others))
        facts.restore((FINDINGS, path), json_values.array(findings), depends_on)
    names = {LogicalPath(path): _name(value) for path, value in json_values.table(record.get("names")).items()}
    sources = StoredSources(json_values.table(record.get("sources")), json_values.text(record.get("of_names")))
    return StoredFacts(facts, sources, names, json_values.number(record.get("day")))


def _keys(values: object) -> Iterator[Key]:
    for value in json_values.array(values):
        kind, about = json_values.texts(json_values.array(value, 2))
        yield kind, about


def _name(value: object) -> KeptName:
    key, digest, fingerprint = json_values.array(value, 3)
    if type(fingerprint) is not str or not _FINGERPRINT.fullmatch(fingerprint):
        raise ValueError("no fingerprint")
    return KeptName(json_values.digest(key), json_values.digest(digest), fingerprint)
