"""Finds what is wrong with the assets of a walk.

Takes what was collected and walked, gives diagnostics and the sources that are not released. The findings of one asset
are a fact, found again if the asset changed, or something that was looked at for them. What is found of all assets
together is found in each build.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, Final

from buildassets.compiler.body import LostBodyError
from buildassets.compiler.config.values import Config
from buildassets.compiler.facts.table import FILE, FINDINGS, LINKED, Facts
from buildassets.compiler.graph.checks.chunk_names import chunk_faults
from buildassets.compiler.graph.checks.clashes import clashes
from buildassets.compiler.graph.checks.findings import Finding, is_broken_script, of_drafts, warnings_of
from buildassets.compiler.graph.checks.import_faults import (
    no_modules,
    no_modules_summary,
    once_a_file,
    package_faults,
    unmapped,
    unmapped_summary,
)
from buildassets.compiler.graph.checks.kept_names import fingerprinted_faults, reserved_name_faults
from buildassets.compiler.graph.checks.large_images import is_large_image, large_images
from buildassets.compiler.graph.checks.look import Look
from buildassets.compiler.graph.checks.lost_exports import lost_exports
from buildassets.compiler.graph.checks.missing import count_of_prefixes, missing_references, prefixes
from buildassets.compiler.graph.checks.part_sheets import PartSheets, part_faults, part_sheets
from buildassets.compiler.graph.checks.settings import setting_faults
from buildassets.compiler.graph.checks.uncompiled import judged, unnamed
from buildassets.compiler.graph.checks.worker_urls import named_workers, worker_faults
from buildassets.compiler.graph.collect import Collected
from buildassets.compiler.graph.data_urls import refusals
from buildassets.compiler.graph.findings_form import from_stored
from buildassets.compiler.graph.import_map import mapped_assets
from buildassets.compiler.graph.walk import Findings, Walk
from buildassets.compiler.model import Draft, FrontEnds, Linked
from buildassets.disk.codings import is_available
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazily import Lazily
from buildassets.foundation.paths import LogicalPath


@frozen
class _Gathering:
    """What is needed to turn the findings of all assets into diagnostics."""

    known: Collected
    walk: Walk


_Items = Sequence[tuple[LogicalPath, Any]]  # the findings of one check, each with its asset


@frozen
class _Check:
    """A check: `find` gives the findings of one asset, `gather` the diagnostics of those of all assets.

    If it is `of_references`, it finds nothing in an asset without any.
    """

    find: Callable[[Look, Linked], Iterable[Any]]
    gather: Callable[[_Gathering, _Items], Iterable[Diagnostic]]
    of_references: bool = False


@frozen
class Diagnosed:
    """What is wrong, in no order; and the sources that are `unreached`: not released, sorted."""

    diagnostics: tuple[Diagnostic, ...]
    unreached: tuple[LogicalPath, ...]


def diagnosed(known: Collected, walk: Walk, unreached: tuple[LogicalPath, ...] | None) -> Diagnosed:
    """What is wrong with the assets of `walk`. Sheets that are only parts of others are taken out of it.

    `unreached` are the sources that the same walk did not reach before it was renewed.
    """
    config, request = known.config, known.request
    parts = _part_sheets(known, walk)
    left_out = [walk.leave_out(path) for path in parts.left_out]
    has_same = unreached is not None and not walk.is_new and not (known.raw or known.typed_modules or left_out)
    taken = frozenset[LogicalPath]() if has_same else _taken(known, walk).union(parts.left_out)
    found = [
        *known.sources.diagnostics,
        *known.descriptions.faults,
        *_unavailable(config, config.compress if request.is_production else ()),
        *config.notices,
        *part_faults(left_out),
        *_of_right_bases(request.discovery.front_ends, _of_assets(known, walk)),
        *clashes(config, known.listed, walk.compiled, request.named, raw=known.raw),
    ]
    if not any(fault.is_error for fault in chain(known.faults, found)):
        found += unnamed(config, known.typed_modules, taken)
    read = frozenset(walk.read() if known.raw else ())
    reported = taken | walk.refused if known.raw else taken
    raw = judged(config, known.names.configured, known.sources, reported, raw=known.raw, read=read)
    if unreached is None or not has_same:
        left = known.listed.keys() - taken - (raw.lost if config.entries else known.uncompiled)
        unreached = tuple(sorted(left))
    diagnostics = (parts.explained.get(one, one) for one in (*known.faults, *found, *raw.diagnostics))
    return Diagnosed(tuple(diagnostics), unreached)


def _taken(known: Collected, walk: Walk) -> frozenset[LogicalPath]:
    """The sources that are released, joined, or parts of others."""
    return frozenset((*walk.assets, *walk.compiled, *known.parts, *known.originals))


def _part_sheets(known: Collected, walk: Walk) -> PartSheets:
    """The sheets of `walk` that are only parts of others."""
    members = {member for each in known.bundles.members.values() for member in each} if walk.faulty else ()
    faulty = walk.faulty.intersection(walk.assets)
    in_templates = known.request.in_templates
    return part_sheets(known.config, walk.compiled, walk.assets, members, faulty=faulty, named=in_templates)


def _of_right_bases(front_ends: FrontEnds, faults: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """`faults` but for those of references that Vite wrote for another base: one error about the base is enough."""
    if not front_ends.misplaced:
        yield from faults
        return
    folders = tuple(f"{shown}/" for shown in front_ends.misplaced)
    for fault in faults:
        if not (fault.code.startswith("reference/") and fault.location and fault.location.file.startswith(folders)):
            yield fault


def _of_assets(known: Collected, walk: Walk) -> Iterator[Diagnostic]:
    """The diagnostics of all assets and of what they refer to."""
    config, gathering = known.config, _Gathering(known, walk)
    renewed = _find(known, walk)
    for number in renewed:
        by_path = sorted(walk.found.get(number, {}).items())
        items = [(path, finding) for path, findings in by_path for finding in findings]
        walk.gathered[number] = tuple(_CHECKS[number].gather(gathering, items))
    yield from chain.from_iterable(walk.gathered.values())
    if config.directives:
        for required in walk.requires.values():
            yield from required.diagnostics
    yield from fingerprinted_faults(config, walk.assets, walk.keeping_names)
    yield from reserved_name_faults(config, walk.assets)
    yield from setting_faults(config, known.listed)


def _find(known: Collected, walk: Walk) -> list[int]:
    """Find again what is wrong with single assets, as far as that is doubtful, in `walk.found`.

    Returns the numbers of the checks whose findings are not all as before, and of those that other facts decide, too.
    """
    facts = known.request.facts
    look = Look(
        known.config,
        known.names,
        walk.site,
        sources=known.sources,
        compiled=walk.compiled,
        facts=facts,
        looked_at=walk.looked_at,
        skipped={**known.sources.skipped, **known.request.discovery.skipped},
        is_production=known.request.is_production,
    )
    renewed = {_DECIDED_BY_OTHERS} if walk.gathered else set(range(len(_CHECKS)))
    for path in walk.compiled if walk.is_new else map(LogicalPath, facts.doubtful(FINDINGS)):
        before = {number: by_path.pop(path) for number, by_path in walk.found.items() if path in by_path}
        asset = walk.compiled.get(path)
        if asset is None:
            renewed.update(before)
            continue
        key, find = (FINDINGS, path), partial(_findings, look, asset)
        # What was minified may be the same though places in its source are others.
        besides = [(LINKED, path), *((FILE, file) for file in asset.draft.inputs)]
        findings: Any = facts.ask(key, find, besides=besides)
        if isinstance(findings, list):
            findings = _found_before(walk, facts, path)
        for number, of_check in (by_check := _by_check(findings)).items():
            walk.found.setdefault(number, {})[path] = of_check
        renewed.update(number for number in {*before, *by_check} if before.get(number) != by_check.get(number))
    return sorted(renewed)


def are_all_checks(numbers: Iterable[int]) -> bool:
    """Whether `numbers` are those of the checks."""
    return [*numbers] == [*range(len(_CHECKS))]


def found_before(
    walk: Walk, facts: Facts, paths: Mapping[int, Iterable[str]]
) -> dict[int, MutableMapping[LogicalPath, Findings]]:
    """What another process found in the assets at `paths`, by check."""

    def findings(number: int, path: LogicalPath) -> Findings:
        return _by_check(_found_before(walk, facts, path)).get(number, ())

    return {number: Lazily(map(LogicalPath, those), partial(findings, number)) for number, those in paths.items()}


def _by_check(findings: Iterable[tuple[int, Any]]) -> dict[int, Findings]:
    by_check: dict[int, Findings] = {}
    for number, finding in findings:
        by_check[number] = (*by_check.get(number, ()), finding)
    return by_check


def _found_before(walk: Walk, facts: Facts, path: LogicalPath) -> tuple[tuple[int, Any], ...]:
    """The findings of the asset `path`, as another process kept them. Raises LostBodyError if they are damaged."""
    stored = facts.value((FINDINGS, path))
    if isinstance(stored, tuple):
        return stored
    try:
        findings = from_stored(stored, partial(walk.compiled.__getitem__, path), len(_CHECKS))
    except ValueError:
        raise LostBodyError from None
    facts.read((FINDINGS, path), findings)
    return findings


def _findings(look: Look, asset: Linked) -> tuple[tuple[int, Any], ...]:
    checks = _NUMBERED if asset.draft.references else _OF_ALL
    return tuple([(number, finding) for number, check in checks for finding in check.find(look, asset)])


def _drafts_with_faults(_: Look, asset: Linked) -> tuple[Draft, ...]:
    return (asset.draft,) if asset.draft.diagnostics else ()


def _of_drafts(gathering: _Gathering, items: _Items) -> Iterator[Diagnostic]:
    """The diagnostics of each source and bundle."""
    known, walk = gathering.known, gathering.walk
    drafts = [*(draft for _, draft in items), *(walk.assets[path].draft for path in walk.joined)]
    return of_drafts(known.config, drafts, unused=_unused_broken_scripts(known, walk, drafts))


def _unused_broken_scripts(known: Collected, walk: Walk, drafts: Iterable[Draft]) -> Collection[LogicalPath]:
    """The third-party scripts that do not parse, and that nothing names."""
    broken = {draft.source.logical for draft in drafts if is_broken_script(known.config, draft)}
    if broken:
        entries = (LogicalPath(entry) for entry in known.config.entries)
        broken.difference_update(walk.named(), mapped_assets(known.names.configured), entries)
    if broken:
        broken.difference_update(map(LogicalPath, known.request.in_templates()))
    return broken


def _of_references(gathering: _Gathering, items: _Items) -> Iterator[Diagnostic]:
    """The faults of references to nothing. The source maps of a bundle's parts do not matter, as they are not used."""
    alone = gathering.walk.alone
    return (fault for path, fault in items if path in alone or fault.code != "reference/missing-map")


def _large(look: Look, asset: Linked) -> tuple[Draft, ...]:
    return (asset.draft,) if look.is_production and is_large_image(look.config, asset.draft) else ()


def _of_large_images(gathering: _Gathering, items: _Items) -> Iterator[Diagnostic]:
    return large_images(gathering.known.config, (draft for path, draft in items if path in gathering.walk.assets))


def _each(_: _Gathering, items: _Items) -> Iterator[Diagnostic]:
    return (fault for _, fault in items)


def _by_root(code: str, summary: Callable[[int, str], str]) -> Callable[[_Gathering, _Items], Iterator[Diagnostic]]:
    """One warning for each finding in the project's own roots, and one for each root of others."""
    return lambda gathering, items: warnings_of(code, gathering.known.config, _findings_in(items), summary)


def _findings_in(items: _Items) -> Iterator[Finding]:
    return (finding for _, finding in items)


_DECIDED_BY_OTHERS: Final = 0  # what names a broken script of others decides whether that is an error
_CHECKS: Final = (
    _Check(_drafts_with_faults, _of_drafts),
    _Check(missing_references, _of_references, of_references=True),
    _Check(refusals, _each, of_references=True),
    _Check(_large, _of_large_images),
    _Check(unmapped, _by_root("reference/unmapped", unmapped_summary), of_references=True),
    _Check(no_modules, _by_root("reference/no-module", no_modules_summary), of_references=True),
    _Check(package_faults, lambda _, items: once_a_file(fault for _, fault in items), of_references=True),
    _Check(lost_exports, _each),
    _Check(prefixes, _by_root("reference/prefix", count_of_prefixes), of_references=True),
    _Check(named_workers, lambda gathering, items: worker_faults(gathering.known.config, (one for _, one in items))),
    _Check(chunk_faults, _each),
)
_NUMBERED: Final = tuple(enumerate(_CHECKS))
_OF_ALL: Final = tuple((number, check) for number, check in _NUMBERED if not check.of_references)


def _unavailable(config: Config, codings: Iterable[str]) -> Iterator[Diagnostic]:
    """The errors for codings of copies that this Python cannot write."""
    for coding in codings:
        if not is_available(coding):
            message = f"this Python cannot write `{coding}`"
            hint = 'run `pip install "buildassets[zstd]"`'
            yield error("config/unavailable", message, config.place("compress"), hint=hint)
