"""Finds what is wrong with the assets of a walk, again in each build: a finding often depends on several assets.

Takes what was collected and walked, gives diagnostics and the sources that are not released.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.checks.chunk_names import chunk_faults
from buildassets.compiler.graph.checks.clashes import clashes
from buildassets.compiler.graph.checks.findings import is_broken_script, of_drafts
from buildassets.compiler.graph.checks.import_faults import import_faults
from buildassets.compiler.graph.checks.kept_names import fingerprinted_faults, reserved_name_faults
from buildassets.compiler.graph.checks.large_images import large_images
from buildassets.compiler.graph.checks.lost_exports import lost_exports
from buildassets.compiler.graph.checks.missing import MissingReferences, prefix_faults
from buildassets.compiler.graph.checks.part_sheets import PartSheets, part_faults, part_sheets
from buildassets.compiler.graph.checks.settings import setting_faults
from buildassets.compiler.graph.checks.uncompiled import judged, unnamed
from buildassets.compiler.graph.checks.worker_urls import worker_faults
from buildassets.compiler.graph.collect import Collected
from buildassets.compiler.graph.data_urls import refusals
from buildassets.compiler.graph.import_map import mapped_assets
from buildassets.compiler.graph.walk import Walk
from buildassets.compiler.model import Draft, FrontEnds
from buildassets.disk.codings import is_available
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.frozen import frozen
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath


@frozen
class Diagnosed:
    """What is wrong, in no order; and the sources that are `unreached`: not released, sorted."""

    diagnostics: tuple[Diagnostic, ...]
    unreached: tuple[LogicalPath, ...]


def diagnosed(known: Collected, walk: Walk) -> Diagnosed:
    """What is wrong with the assets of `walk`. Sheets that are only parts of others are taken out of it."""
    config, request = known.config, known.request
    parts = _part_sheets(known, walk)
    left_out = [walk.leave_out(path) for path in parts.left_out]
    taken = walk.assets.keys() | walk.compiled.keys() | known.parts | known.originals | set(parts.left_out)
    found = [
        *known.sources.diagnostics,
        *known.descriptions.faults,
        *_unavailable(config, config.compress if request.is_production else ()),
        *config.notices,
        *part_faults(left_out),
        *_of_right_bases(request.discovery.front_ends, _of_assets(known, walk)),
        *clashes(config, known.listed, walk.compiled, request.named),
    ]
    if not any(fault.is_error for fault in chain(known.faults, found)):
        found += unnamed(config, known.listed, taken)
    read = frozenset(walk.read() if known.raw else ())
    raw = judged(config, known.names.configured, known.sources, taken | walk.refused, read=read)
    unreached = known.listed.keys() - taken - (raw.lost if config.entries else known.uncompiled)
    diagnostics = (parts.explained.get(one, one) for one in (*known.faults, *found, *raw.diagnostics))
    return Diagnosed(tuple(diagnostics), tuple(sorted(unreached)))


def _part_sheets(known: Collected, walk: Walk) -> PartSheets:
    """The sheets of `walk` that are only parts of others."""
    members = {member for each in known.bundles.members.values() for member in each}
    return part_sheets(known.config, walk.compiled, walk.assets, members, named=known.request.in_templates)


def _of_right_bases(front_ends: FrontEnds, faults: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """`faults` but for those of references that Vite wrote for another base: one error about the base is enough."""
    folders = tuple(f"{shown}/" for shown in front_ends.misplaced)
    for fault in faults:
        if not (fault.code.startswith("reference/") and fault.location and fault.location.file.startswith(folders)):
            yield fault


def _of_assets(known: Collected, walk: Walk) -> Iterator[Diagnostic]:
    """The diagnostics of all assets and of what they refer to."""
    config, sources, names = known.config, known.sources, known.names
    yield from _of_drafts(known, walk)
    yield from _of_references(known, walk)
    if known.request.is_production:
        yield from large_images(config, [asset.draft for asset in walk.assets.values()])
    yield from fingerprinted_faults(config, walk.assets)
    yield from reserved_name_faults(config, walk.assets)
    yield from import_faults(config, names, walk.compiled)
    yield from lost_exports(walk.compiled, names, config.shown)
    yield from prefix_faults(config, walk.compiled, sources)
    yield from setting_faults(config, sources.listed)
    yield from worker_faults(config, walk.compiled, sources)
    yield from chunk_faults(config, walk.compiled, sources.listed)


def _of_drafts(known: Collected, walk: Walk) -> Iterator[Diagnostic]:
    """The diagnostics of each source and bundle."""
    config = known.config
    drafts = {id(asset.draft): asset.draft for asset in chain(walk.compiled.values(), walk.assets.values())}
    yield from of_drafts(config, drafts.values(), unused=_unused_broken_scripts(known, walk, drafts.values()))
    for required in walk.requires.values():
        yield from required.diagnostics


def _unused_broken_scripts(known: Collected, walk: Walk, drafts: Iterable[Draft]) -> Collection[LogicalPath]:
    """The third-party scripts that do not parse, and that nothing names."""
    broken = {draft.source.logical for draft in drafts if is_broken_script(known.config, draft)}
    if broken:
        entries = (LogicalPath(entry) for entry in known.config.entries)
        broken.difference_update(walk.named(), mapped_assets(known.names.configured), entries)
    if broken:
        broken.difference_update(map(LogicalPath, known.request.in_templates()))
    return broken


def _of_references(known: Collected, walk: Walk) -> Iterator[Diagnostic]:
    """The diagnostics of references to nothing, and of those that are not embedded."""
    missing = _missing_references(known, walk)
    for path, part in walk.compiled.items():
        # In a bundle the parts' own source maps are not used, so a missing one does not matter there.
        is_released = path in walk.alone
        faults = missing.diagnostics(part)
        yield from (fault for fault in faults if is_released or fault.code != "reference/missing-map")
        yield from refusals(part, walk.compiled, known.config.shown)


def _missing_references(known: Collected, walk: Walk) -> MissingReferences:
    config = known.config
    generated = config.plan.folder if config.plan else None
    return MissingReferences(
        walk.site,
        Known(walk.site.known),
        skipped={**known.sources.skipped, **known.request.discovery.skipped},
        roots=[root.shown for root in config.sources if root.shown != generated],
        vendored=[index for index, root in enumerate(config.sources) if root.vendored],
        severity=config.missing,
        shown=config.shown,
        is_file=os.path.isfile,
    )


def _unavailable(config: Config, codings: Iterable[str]) -> Iterator[Diagnostic]:
    """The errors for codings of copies that this Python cannot write."""
    for coding in codings:
        if not is_available(coding):
            message = f"this Python cannot write `{coding}`"
            hint = 'run `pip install "buildassets[zstd]"`'
            yield error("config/unavailable", message, config.place("compress"), hint=hint)
