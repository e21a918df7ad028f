"""Turns findings into warnings: one for each in the project's own roots, one with a count for each root of others.

Roots of others are those of npm and `vendored` ones: the user cannot fix files there, and a package may have hundreds
of findings. What several sheets report of the same place in a file that they all load is one warning, too.
"""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from buildassets.compiler.config.values import VENDOR, Config, SourceRoot
from buildassets.compiler.engines.failures import ELSEWHERE
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.transform.syntax_faults import TEMPLATE
from buildassets.foundation.diagnostics import Diagnostic, Location, Severity, sort_key, warning
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.paths import LogicalPath

_MOST_NAMED: Final = 8  # of the findings in a root of others
BROKEN_SCRIPT: Final = "js/syntax"


@frozen
class Finding:
    """A fault at a `place` in a file of the source root `root`. `about` names in few words what it is about."""

    place: Location
    root: int
    about: str
    message: str
    hint: str | None = None
    notes: tuple[str, ...] = ()


def warnings_of(
    code: str, config: Config, findings: Iterable[Finding], summary: Callable[[int, str], str]
) -> Iterator[Diagnostic]:
    """The warnings for `findings`; `summary` makes the message for a root of others from its count and its name."""
    of_others: dict[int, list[Finding]] = {}
    for finding in findings:
        if is_root_of_others(config, finding.root):
            of_others.setdefault(finding.root, []).append(finding)
        else:
            yield _alone(code, finding)
    for root, several in of_others.items():
        yield _alone(code, several[0]) if len(several) == 1 else _together(code, config.sources[root], several, summary)


_GATHERED: Final = {  # by code: the message for several warnings in one root, from their count and the root's name
    "directive/ignored": "{} files in {} have directives, which are left alone",
    "css/syntax": "{} places in the style sheets of {} that browsers give up on",
    BROKEN_SCRIPT: "browsers run nothing of {} scripts in {}",
    "json/syntax": "{} files in {} are not JSON",
    "svg/syntax": "browsers show nothing of {} files in {}",
    "tailwind/not-compiled": "{} sheets in {} have rules of Tailwind, which does not compile them",
    "source/encoding": "{} files in {} are not UTF-8",
}


GATHERED_EVERYWHERE: Final = ("directive/ignored",)  # one setting fixes all of them


_IN_TEXT: Final = ("css/syntax", "js/syntax", "scss/error", "scss/syntax", "source/encoding")
FOLDER_OF_PACKAGES: Final = f"{VENDOR}/"
_WITHOUT_TOOL: Final = "js/unavailable"  # one installation mends all files
# They are fixed at their places, whatever sheets load these.
_DEPRECATED: Final = "scss/deprecated"
_DEPRECATED_IN_PACKAGE: Final = "scss/package-deprecated"


def of_drafts(config: Config, drafts: Iterable[Draft], unused: Collection[LogicalPath] = ()) -> Iterator[Diagnostic]:
    """The diagnostics of each draft. Warnings that the user cannot fix are gathered: one for each root of others.

    Files that lack a tool are one error, as are templates of one root. A deprecation is one warning for all sheets that
    load its place. Faults of `unused` scripts are warnings.
    """
    of_others: dict[tuple[int, str], list[Diagnostic]] = {}
    gathered: dict[str, list[tuple[Source, Diagnostic]]] = {_WITHOUT_TOOL: [], TEMPLATE: []}
    deprecations: dict[Diagnostic, dict[str, Diagnostic]] = {}  # by sheet; first by all but the way to the place
    for draft in drafts:
        is_unused = draft.source.logical in unused
        for found in (as_reported(config, draft.source, one) for one in draft.diagnostics):
            fault = replace(found, severity=Severity.WARNING) if is_unused else found
            if fault.code in gathered:
                gathered[fault.code].append((draft.source, fault))
                continue
            if fault.code in (_DEPRECATED, _DEPRECATED_IN_PACKAGE):
                deprecations.setdefault(replace(fault, notes=()), {})[draft.source.path] = fault
                continue
            is_of_others = is_root_of_others(config, draft.source.root) or fault.code in GATHERED_EVERYWHERE
            if fault.code in _GATHERED and not fault.is_error and is_of_others:
                of_others.setdefault((draft.source.root, fault.code), []).append(fault)
            else:
                yield fault
    if without_tool := gathered[_WITHOUT_TOOL]:
        yield _of_files([fault for _, fault in without_tool])
    if gathered[TEMPLATE]:
        from buildassets.compiler.graph.checks.public_templates import public_templates  # few projects have any

        yield from public_templates(config, gathered[TEMPLATE])
    for by_sheet in deprecations.values():
        yield _of_sheets(by_sheet.values())
    yield from (_of_root(config, root, faults) for (root, _), faults in of_others.items())


def as_reported(config: Config, source: Source, fault: Diagnostic) -> Diagnostic:
    """`fault` of the draft of `source`. A deprecation in a sheet that the user cannot fix has a code of its own.

    So has an error in a vendored file another hint than to edit it. In a root that lists its files, an error in what
    the source loads names the source, too.
    """
    if fault.location is None:
        return fault
    root = config.sources[source.root] if source.root >= 0 else None
    if root and root.lists_files and fault.is_error and fault.location.file != source.shown:
        return replace(fault, others=(*fault.others, Location(source.shown)))
    if fault.code == _DEPRECATED:
        path = os.path.normpath(os.path.join(config.folder, fault.location.file))
        return replace(fault, code=_DEPRECATED_IN_PACKAGE) if config.engine_options.is_of_others(path) else fault
    is_own = fault.location.file != source.shown or not is_vendored(config, source) or (root and root.compiles)
    if is_own or not fault.is_error or fault.code not in _IN_TEXT:
        return fault
    glob = source.logical if "/" in source.logical else f"./{source.logical}"
    hint = f'leave it out with `exclude = ["{glob}"]` if nothing needs it, or take another version of its package'
    return replace(fault, hint=hint)


def is_vendored(config: Config, source: Source) -> bool:
    """Whether the file of `source` is that of a package: in a root of others, or in the folder `vendor/` of a root."""
    return is_root_of_others(config, source.root) or source.relative.startswith(FOLDER_OF_PACKAGES)


def _of_files(faults: Sequence[Diagnostic]) -> Diagnostic:
    """One error for the tool that all files lack to which `faults` belong."""
    first, *more = faults
    notes = (f"and {len(more)} more {'file' if len(more) == 1 else 'files'}",) if more else ()
    return replace(first, notes=(*first.notes, *notes), others=places_of(more))


def _of_root(config: Config, root: int, faults: Sequence[Diagnostic]) -> Diagnostic:
    """One warning for all `faults` with the same code in the source root with the number `root`."""
    first, *more = faults
    if not more or root < 0:
        return first
    message = _GATHERED[first.code].format(len(faults), f"`{config.sources[root].shown}/`")
    return replace(first, message=message, notes=(f"the first: {first.message}",), others=places_of(more))


def _of_sheets(faults: Collection[Diagnostic]) -> Diagnostic:
    """One warning for a deprecation, which each of `faults` reports for another sheet."""
    first, *more = sorted(faults, key=sort_key)
    notes = first.notes
    if ELSEWHERE not in notes and any(ELSEWHERE in fault.notes for fault in more):
        notes += (ELSEWHERE,)
    if more:
        notes += (f"and in {len(more)} other {'sheet' if len(more) == 1 else 'sheets'}",)
    return replace(first, notes=notes)


def is_broken_script(config: Config, draft: Draft) -> bool:
    """Whether `draft` is of a script in a root of others whose only errors are that it does not parse."""
    errors = [fault for fault in draft.diagnostics if fault.is_error]
    is_source = draft.compiled is None and is_root_of_others(config, draft.source.root)
    return is_source and bool(errors) and all(fault.code == BROKEN_SCRIPT for fault in errors)


def is_root_of_others(config: Config, root: int) -> bool:
    """Whether the source root with the number `root` is one of npm, or vendored."""
    return root >= 0 and config.sources[root].is_of_others


def _alone(code: str, finding: Finding) -> Diagnostic:
    return warning(code, finding.message, finding.place, notes=finding.notes, hint=finding.hint)


def _together(code: str, root: SourceRoot, findings: list[Finding], summary: Callable[[int, str], str]) -> Diagnostic:
    """One warning for all findings in a root of others, at the place of the first; a note lists what they name."""
    first = findings[0]
    counts = Counter(finding.about for finding in findings)
    named = [f"`{about}`" + (f" ({count} times)" if count > 1 else "") for about, count in counts.most_common()]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    notes = [", ".join(named[:_MOST_NAMED]) + more, *first.notes]
    message = summary(len(findings), f"`{root.shown}/`")
    where, *others = (finding.place for finding in findings)
    return replace(warning(code, message, where, notes=notes, hint=first.hint), others=tuple(others))


def places_of(faults: Iterable[Diagnostic]) -> tuple[Location, ...]:
    """The places of `faults`, as far as these are known, sorted."""
    places = (fault.location for fault in faults if fault.location)
    return tuple(sorted(places, key=lambda place: (place.file, place.line, place.column)))
