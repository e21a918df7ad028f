"""Finds style sheets that are only parts of others: they do not compile by themselves, and a sheet that does has them.

Sass has a name for these, with an underscore. Takes what a walk compiled, gives paths and one warning.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from posixpath import basename
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.model import Draft, Linked
from buildassets.compiler.sources.globs import is_glob
from buildassets.diagnostics import Diagnostic, warning
from buildassets.media import Syntax, media_of
from buildassets.paths import LogicalPath

CODE: Final = "source/part"
_OF_SASS: Final = "scss/"  # the codes of errors that an importing sheet may not have
_OF_TAILWIND: Final = "tailwind/not-compiled"  # no fault of a sheet that another one puts in
_PLAIN: Final = ".css"
_MOST_NAMED: Final = 20


def part_sheets(
    config: Config,
    compiled: Mapping[LogicalPath, Linked],
    assets: Mapping[LogicalPath, Linked],
    members: Collection[LogicalPath],
    named: Callable[[], Collection[str]],
) -> tuple[LogicalPath, ...]:
    """Those of `assets` that are only parts of others, sorted.

    What is among the `members` of bundles, what another asset refers to, what a template names (as `named` finds out)
    or an entry names exactly is none.
    """
    failed = [path for path in sorted(assets) if path in compiled and _fails_by_itself(compiled[path].draft)]
    if not failed:
        return ()
    sheets = [asset.draft for asset in compiled.values() if _is_sheet(asset.draft)]
    in_sound = _imported(draft for draft in sheets if not draft.failed)
    in_any = _imported(sheets)
    kept = {*members, *(entry.removeprefix("./") for entry in config.entries if not is_glob(entry))}
    kept |= {target for asset in assets.values() for _, target in asset.links}
    found = []
    for path in failed:
        draft = compiled[path].draft
        imported = in_any if _codes(draft) == {_OF_TAILWIND} else in_sound
        if draft.source.path in imported and path not in kept:
            found.append(path)
    names = named() if found else ()
    return tuple(path for path in found if path not in names)


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
        message = f"{len(drafts)} sheets are not released: they compile only as parts of others"
        names = [f"`{draft.source.shown}`" for draft in drafts]
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        notes = [", ".join(names[:_MOST_NAMED]) + more, f"the first by itself: {fault.message}"]
    way = "list it in `exclude`" if name.endswith(_PLAIN) else f"rename it to `_{name}`"
    yield warning(CODE, message, fault.location, notes=notes, hint=f"{way}, or list in `entries` what is released")


def _imported(sheets: Iterable[Draft]) -> set[str]:
    """The paths of all files that `sheets` have in them."""
    return {path for draft in sheets for path in draft.inputs if path != draft.source.path}


def _fails_by_itself(draft: Draft) -> bool:
    codes = _codes(draft)
    return bool(codes) and all(code.startswith((_OF_SASS, _OF_TAILWIND)) for code in codes)


def _codes(draft: Draft) -> set[str]:
    return {fault.code for fault in draft.diagnostics if fault.is_error}


def _is_sheet(draft: Draft) -> bool:
    return media_of(draft.source.logical).syntax is Syntax.CSS
