"""Finds style sheets that are only parts of others: they do not compile by themselves, and a sheet that does has them.

Sass has a name for these, with an underscore. Takes what a walk compiled, gives paths, one warning, and explanations.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from posixpath import basename
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Draft, Linked
from buildassets.compiler.sources.globs import is_glob
from buildassets.foundation.diagnostics import Diagnostic, Location, warning
from buildassets.foundation.frozen import field, frozen, replace
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath

CODE: Final = "source/part"
_OF_SASS: Final = "scss/"  # the codes of errors that an importing sheet may not have
_OF_TAILWIND: Final = "tailwind/not-compiled"  # no fault of a sheet that another one puts in
_PLAIN: Final = ".css"
_MOST_NAMED: Final = 20


@frozen
class PartSheets:
    """The assets that are only parts of others, sorted; and errors of those that are named, with what explains them."""

    left_out: tuple[LogicalPath, ...] = ()
    explained: Mapping[Diagnostic, Diagnostic] = field(default_factory=dict)


def part_sheets(
    config: Config,
    compiled: Mapping[LogicalPath, Linked],
    assets: Mapping[LogicalPath, Linked],
    members: Collection[LogicalPath],
    *,
    faulty: Collection[LogicalPath],
    named: Callable[[], Collection[str]],
) -> PartSheets:
    """Those of `assets` that are only parts of others; of those with diagnostics, which are the `faulty` ones.

    What is among the `members` of bundles, what another asset refers to, what a template names (as `named` finds out)
    or an entry names exactly is not left out.
    """
    failed = [path for path in sorted(faulty) if path in compiled and _fails_by_itself(compiled[path].draft)]
    if not failed:
        return PartSheets()
    sheets = [asset.draft for _, asset in sorted(compiled.items()) if _is_sheet(asset.draft)]
    in_sound = _importers(draft for draft in sheets if not draft.failed)
    in_any = _importers(sheets)
    needed = {*members, *(target for asset in assets.values() for _, target in asset.links)}
    entries = {entry.removeprefix("./") for entry in config.entries if not is_glob(entry)}
    found: dict[LogicalPath, LogicalPath] = {}  # each with a sheet that has it
    for path in failed:
        draft = compiled[path].draft
        importer = in_sound.get(draft.source.path)
        if importer is None and _codes(draft) == {_OF_TAILWIND}:
            importer = in_any.get(draft.source.path)
        if importer is not None and path not in needed:
            found[path] = importer
    names = named() if found.keys() - entries else ()
    explained: dict[Diagnostic, Diagnostic] = {}
    for path in found:
        if path in entries or path in names:
            by = "`entries`" if path in entries else "a template"
            explained |= _explained(compiled[path].draft, compiled[found[path]].draft, by)
    return PartSheets(tuple(path for path in found if path not in entries and path not in names), explained)


def _explained(draft: Draft, importer: Draft, by: str) -> Iterator[tuple[Diagnostic, Diagnostic]]:
    """The errors of `draft`, each with one that adds that `importer` has the sheet in it and that `by` names it."""
    note = f"`{importer.source.shown}` has it in it; {by} names it by itself"
    for fault in draft.diagnostics:
        if fault.is_error:
            hint = ", or ".join(filter(None, (f"name `{importer.source.logical}` instead", fault.hint)))
            yield fault, replace(fault, notes=(*fault.notes, note), hint=hint)


def part_faults(drafts: Collection[Draft]) -> Iterator[Diagnostic]:
    """The warning for `drafts`, those of such sheets."""
    if not drafts:
        return
    first = next(iter(drafts))
    fault = next(one for one in first.diagnostics if one.is_error)
    name = basename(first.source.shown)
    notes = [f"by itself: {fault.message}"]
    message = f"`{first.source.shown}` is not released: it compiles only as a part of other sheets"
    if len(drafts) > 1:
        message = f"{len(drafts)} sheets are not released: they compile only as parts of other sheets"
        names = [f"`{draft.source.shown}`" for draft in drafts]
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        notes = [", ".join(names[:_MOST_NAMED]) + more, f"the first by itself: {fault.message}"]
    way = "list it in `exclude`" if name.endswith(_PLAIN) else f"rename it to `_{name}`"
    found = warning(CODE, message, fault.location, notes=notes, hint=f"{way}, or list in `entries` what is released")
    yield replace(found, others=tuple(Location(draft.source.shown) for draft in [*drafts][1:]))


def _importers(sheets: Iterable[Draft]) -> dict[str, LogicalPath]:
    """For each file that `sheets` have in them the first of these."""
    found: dict[str, LogicalPath] = {}
    for draft in sheets:
        for path in draft.inputs:
            if path != draft.source.path:
                found.setdefault(path, draft.source.logical)
    return found


def _fails_by_itself(draft: Draft) -> bool:
    codes = _codes(draft)
    return bool(codes) and all(code.startswith((_OF_SASS, _OF_TAILWIND)) for code in codes)


def _codes(draft: Draft) -> set[str]:
    return {fault.code for fault in draft.diagnostics if fault.is_error}


def _is_sheet(draft: Draft) -> bool:
    return draft.source.syntax is Syntax.CSS
