"""From references to links: which assets a draft points at, and what is said of those that are not there."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import basename, dirname
from typing import Final

from buildassets.compiler.model import Draft, Link, Linked, ReferenceKind
from buildassets.compiler.places import place_of
from buildassets.compiler.resolve import target_of
from buildassets.diagnostics import Diagnostic, Severity, nearest
from buildassets.media import Syntax, media_of
from buildassets.paths import LogicalPath

_SEVERITIES: Final = {"error": Severity.ERROR, "warn": Severity.WARNING}


def linked(
    draft: Draft, known: Collection[LogicalPath], url_prefix: str, is_external: Callable[[str], object]
) -> Linked:
    """`draft` with each of its references followed; `known` are the logical paths of all assets."""
    links: list[Link] = []
    missing: list[tuple[int, LogicalPath]] = []
    for index, reference in enumerate(draft.references):
        target = target_of(reference, draft.source.logical, url_prefix, is_external)
        if target is None:
            continue
        if target in known:
            links.append((reference, target))
        else:
            missing.append((index, target))
    return Linked(draft, tuple(links), tuple(missing))


@dataclass(frozen=True, slots=True)
class Absence:
    """What is needed to say why a reference leads nowhere.

    `roots` are the source roots as the user wrote them, `skipped` what discovery left out with its reason, `shown`
    turns a path into the name a user would write.
    """

    known: Collection[LogicalPath]
    skipped: Mapping[LogicalPath, str]
    roots: Sequence[str]
    severity: str
    shown: Callable[[str], str]

    def diagnostics(self, linked: Linked) -> Iterator[Diagnostic]:
        """One diagnostic for each missing reference that is not to be ignored."""
        for index, target in linked.missing:
            severity = self._severity(linked.draft, index, target)
            if severity is not None:
                yield self._diagnostic(severity, linked.draft, index, target)

    def _reason(self, target: LogicalPath) -> str:
        if skipped := self._skipped_with(target):
            return f"`{skipped}` is {self.skipped[skipped]}"
        if target.startswith("../"):
            return "a reference cannot leave the tree of assets"
        return f"looked in {' and '.join(f'`{root}/`' for root in self.roots)}"

    def _skipped_with(self, target: LogicalPath) -> LogicalPath | None:
        """What discovery left out and `target` with it: the file itself or a folder above it."""
        path = str(target)
        while path:
            if path in self.skipped:
                return LogicalPath(path)
            path = path.rpartition("/")[0]
        return None

    def _severity(self, draft: Draft, index: int, target: LogicalPath) -> Severity | None:
        if self._skipped_with(target):
            return Severity.ERROR
        severity = _SEVERITIES.get(self.severity)
        is_minor = draft.references[index].kind is ReferenceKind.SOURCE_MAP or _is_page(draft)
        return Severity.WARNING if severity is not None and is_minor else severity

    def _diagnostic(self, severity: Severity, draft: Draft, index: int, target: LogicalPath) -> Diagnostic:
        is_map = draft.references[index].kind is ReferenceKind.SOURCE_MAP
        suggestion = None if target.startswith("../") else nearest_asset(target, self.known)
        return Diagnostic(
            severity,
            "reference/missing-map" if is_map else "reference/missing",
            f"cannot find {'source map ' if is_map else ''}`{target}`",
            place_of(draft, index, self.shown),
            (self._reason(target),),
            f"did you mean `{suggestion}`?" if suggestion else None,
        )


def _is_page(draft: Draft) -> bool:
    """Whether it is an HTML file: what it names may be served by something else, such as the application."""
    return media_of(draft.source.logical).syntax is Syntax.HTML


def nearest_asset(target: str, known: Collection[LogicalPath]) -> str | None:
    """The asset that `target` was most likely meant to be: the same name elsewhere, else the nearest in its folder,
    else the nearest of all."""
    name = basename(target)
    namesakes = sorted(path for path in known if basename(path) == name)
    if namesakes:
        return nearest(target, namesakes, 0.0)
    siblings = sorted(path for path in known if dirname(path) == dirname(target))
    return nearest(target, siblings) or nearest(target, _of_like_name(name, known), 0.75)


def _of_like_name(name: str, known: Collection[LogicalPath]) -> list[LogicalPath]:
    """Those whose names begin or end alike: comparing with each of 16,000 paths takes a second."""
    like = (path for path in known if basename(path)[:3] == name[:3] or basename(path)[-8:] == name[-8:])
    return sorted(like)[:500]
