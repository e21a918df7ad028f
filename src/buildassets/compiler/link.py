"""From references to links: which assets a draft points at, and what is said of those that are not there."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from posixpath import basename
from typing import Final

from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.compiler.model import Draft, Follow, Linked
from buildassets.compiler.places import Written
from buildassets.diagnostics import Diagnostic, Location, Severity
from buildassets.frozen import frozen
from buildassets.media import Syntax, media_of
from buildassets.nearest import Known
from buildassets.paths import LogicalPath

_SEVERITIES: Final = {"error": Severity.ERROR, "warn": Severity.WARNING}


@frozen
class Site:
    """What references can lead to.

    `known` are the logical paths of all assets, `paths` those of their sources by absolute path, `roots` the absolute
    folder and the prefix of each source root, `url_prefix` that of the configuration. `follow` says what a reference
    names, whether or not that is there.
    """

    known: Collection[LogicalPath]
    paths: Mapping[str, LogicalPath]
    roots: Sequence[tuple[str, str]]
    url_prefix: str
    follow: Follow

    def target(self, reference: Reference, base: LogicalPath) -> LogicalPath | None:
        """The logical path that `reference` names in the asset `base`; None where it is to be left alone."""
        return self.follow(reference, base)

    def target_from(self, reference: Reference, writer: str) -> LogicalPath | None:
        """The asset that `reference` names as seen from the file `writer`, at an absolute path, if there is one."""
        candidates = [self.target(reference, base) for base in self.logical_paths(writer)]
        file = self.file_from(reference, writer)
        candidates.append(self.paths.get(file) if file else None)
        return next((target for target in candidates if target in self.known), None)

    def file_from(self, reference: Reference, writer: str) -> str | None:
        """The absolute path that `reference` names as seen from the file `writer`; None where that makes no odds."""
        if reference.url.startswith(self.url_prefix):
            return None
        return f"/{self.target(reference, LogicalPath(writer.lstrip('/')))}"

    def logical_paths(self, path: str) -> Iterator[LogicalPath]:
        """Where the file at `path` stands, or would stand were it an asset, in each root that holds it."""
        for folder, prefix in self.roots:
            if path.startswith(folder.rstrip(os.sep) + os.sep):
                below = path[len(folder) :].lstrip(os.sep)
                yield LogicalPath(f"{prefix}/{below}" if prefix else below)


def linked(draft: Draft, site: Site) -> Linked:
    """`draft` with each of its references followed.

    What names no asset beside a compiled sheet is looked for beside the file that wrote it, a Sass partial.
    """
    targets: dict[int, LogicalPath] = {}
    missing: dict[int, LogicalPath] = {}
    for index, reference in enumerate(draft.references):
        target = site.target(reference, draft.source.logical)
        if target is None:
            continue
        if target in site.known:
            targets[index] = target
        elif reference.kind is not ReferenceKind.ORIGINAL:
            missing[index] = target
    if missing and draft.compiled is not None:
        writers = Written(draft, str).writers()
        for index in tuple(missing):
            writer = writers[index]
            target = site.target_from(draft.references[index], writer) if writer else None
            if target is not None:
                targets[index] = target
                del missing[index]
    links = tuple((draft.references[index], targets[index]) for index in sorted(targets))
    return Linked(draft, links, tuple(missing.items()))


def reached(asset: Linked) -> set[LogicalPath]:
    """The assets that are released because `asset` is."""
    return {target for reference, target in asset.links if reference.kind is not ReferenceKind.ORIGINAL}


def without_unreleased(asset: Linked, released: Collection[LogicalPath]) -> Linked:
    """`asset` without its links to what is not among those `released`: originals that nothing else reaches."""
    links = tuple(link for link in asset.links if link[1] in released)
    return asset if len(links) == len(asset.links) else replace(asset, links=links)


@frozen
class Absence:
    """What is needed to say why a reference leads nowhere.

    `nearby` are the names of all assets, `roots` the source roots as the user wrote them, `vendored` the indices of
    those of others, `skipped` what discovery left out with its reason, `shown` turns a path into the name a user would
    write, `is_file` tells whether there is a file at a path.
    """

    site: Site
    nearby: Known
    skipped: Mapping[LogicalPath, str]
    roots: Sequence[str]
    vendored: Collection[int]
    severity: str
    shown: Callable[[str], str]
    is_file: Callable[[str], bool]

    def diagnostics(self, linked: Linked) -> Iterator[Diagnostic]:
        """One diagnostic for each missing reference that is not to be ignored."""
        written = Written(linked.draft, self.shown)
        writers = written.writers() if linked.missing else ()
        for index, target in linked.missing:
            severity = self._severity(linked.draft, index, target)
            if severity is not None:
                yield self._diagnostic(severity, linked.draft, index, target, writers[index], written.place_of(index))

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
        is_minor = is_minor or draft.source.root in self.vendored
        return Severity.WARNING if severity is not None and is_minor else severity

    def _diagnostic(
        self, severity: Severity, draft: Draft, index: int, target: LogicalPath, writer: str | None, place: Location
    ) -> Diagnostic:
        reference = draft.references[index]
        is_map = reference.kind is ReferenceKind.SOURCE_MAP
        file = self.site.file_from(reference, writer) if writer and writer != draft.source.path else None
        beside, hint = self._beside_partial(target, file) if file else ((), None)
        suggestion = None if hint or target.startswith("../") else self.nearby.nearest_asset(target)
        return Diagnostic(
            severity,
            "reference/missing-map" if is_map else "reference/missing",
            f"cannot find {'source map ' if is_map else ''}`{target}`",
            place,
            (self._reason(target), *beside),
            f"did you mean `{suggestion}`?" if suggestion else hint,
        )

    def _beside_partial(self, target: LogicalPath, file: str) -> tuple[tuple[str, ...], str | None]:
        """A note and a hint on `file`, which the reference names as seen from its partial."""
        there = tuple(self.site.logical_paths(file))
        skipped = next(filter(None, map(self._skipped_with, there)), None)
        where = f"beside the partial it would be `{self.shown(file)}`"
        if skipped:
            return (f"{where}, and `{skipped}` is {self.skipped[skipped]}",), None
        if self.is_file(file):
            return (f"{where}, which is no asset",), self._admission(file)
        return () if target in there else (f"{where}, which is not there either",), None

    def _admission(self, file: str) -> str:
        """What makes an asset of `file`, which is there and is none."""
        if any(file.startswith(folder.rstrip(os.sep) + os.sep) for folder, _ in self.site.roots):
            return "`include` or `exclude` leaves it out"
        folder = self.shown(os.path.dirname(file))
        return f'make its folder a source root: `{{ path = "{folder}", prefix = "{basename(folder)}" }}`'


def _is_page(draft: Draft) -> bool:
    """Whether it is an HTML file: what it names may be served by something else, such as the application."""
    return media_of(draft.source.logical).syntax is Syntax.HTML
