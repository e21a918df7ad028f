"""Makes the diagnostics for references that lead to no asset, or would to one without their prefix: `/static/a.png`."""

import os
from collections.abc import Iterator
from posixpath import basename, splitext
from typing import Final

from buildassets.compiler.engines.protocol import OF_PACKAGES
from buildassets.compiler.graph.checks.findings import FOLDER_OF_PACKAGES, Finding
from buildassets.compiler.graph.checks.look import Look
from buildassets.compiler.graph.import_map import ENDS
from buildassets.compiler.languages.reference import OF_DEBUGGERS, SPECIFIERS, Reference, ReferenceKind
from buildassets.compiler.model import Draft, Linked
from buildassets.compiler.resolve.urls import USUAL_PREFIXES, below_prefixes, is_root_relative
from buildassets.compiler.sources.links import LINK_OUTSIDE
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import Diagnostic, Location, Severity, looked_in
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import Syntax
from buildassets.foundation.nearest import nearest
from buildassets.foundation.paths import LogicalPath, split_url
from buildassets.foundation.typed import vendoring

_SASS: Final = (".scss", ".sass")
_TAILWIND: Final = "tailwindcss"
_ALIKE: Final = 0.85  # of two names, from 0 to 1
_SEVERITIES: Final = {"error": Severity.ERROR, "warn": Severity.WARNING}


def missing_references(look: Look, asset: Linked) -> Iterator[Diagnostic]:
    """One diagnostic for each missing reference of `asset` that is not to be ignored."""
    return _MissingReferences(look).diagnostics(asset) if asset.missing else iter(())


@frozen
class _MissingReferences:
    """Explains why references lead nowhere."""

    look: Look

    def diagnostics(self, linked: Linked) -> Iterator[Diagnostic]:
        """One diagnostic for each missing reference that is not to be ignored."""
        positions = OriginalPositions(linked.draft, self.look.config.shown)
        writers = positions.writers()
        for index, target in linked.missing:
            severity = self._severity(linked.draft, index, target)
            if severity is None:
                continue
            in_classes = list(positions.places_in_classes(index))
            for place in in_classes or [positions.place_of(index)]:
                found = self._diagnostic(severity, linked.draft, index, target, writer=writers[index], place=place)
                yield _of_class(found, linked.draft) if in_classes else found

    def _reason(self, target: LogicalPath) -> str:
        if skipped := self._skipped_with(target):
            return f"`{skipped}` is {self.look.skipped[skipped]}"
        if target.startswith("../"):
            return "a reference cannot leave the tree of assets"
        config = self.look.config
        generated = config.plan.folder if config.plan else None
        return looked_in([root.shown for root in config.sources if root.shown != generated])

    def _skipped_with(self, target: LogicalPath) -> LogicalPath | None:
        """The path that discovery left out, which is `target` or a folder above it; None if it left out neither."""
        path = str(target)
        while path:
            if path in self.look.skipped:
                return LogicalPath(path)
            path = path.rpartition("/")[0]
        return None

    def _severity(self, draft: Draft, index: int, target: LogicalPath) -> Severity | None:
        if self._skipped_with(target):
            return Severity.ERROR
        config, root = self.look.config, draft.source.root
        severity = _SEVERITIES.get(config.missing)
        is_minor = draft.references[index].kind is ReferenceKind.SOURCE_MAP or _is_page(draft)
        is_minor = is_minor or (root >= 0 and config.sources[root].vendored)
        return Severity.WARNING if severity is not None and is_minor else severity

    def _diagnostic(
        self, severity: Severity, draft: Draft, index: int, target: LogicalPath, *, writer: str | None, place: Location
    ) -> Diagnostic:
        reference = draft.references[index]
        is_map = reference.kind is ReferenceKind.SOURCE_MAP
        file = self.look.site.file_from(reference, writer) if writer and writer != draft.source.path else None
        beside, hint = self._beside_partial(target, file) if file else ((), None)
        hint = (
            _slip(draft, reference, place)
            or self._of_tilde(draft, reference)
            or self._of_node(reference, target)
            or self._of_link(target)
            or hint
        )
        is_meant = not hint and not target.startswith("../")
        suggestion = self.look.nearby.nearest_asset(target, draft.source.logical) if is_meant else None
        hint = hint or _of_package(draft, reference) or _of_vendored(draft, reference)
        return Diagnostic(
            severity,
            "reference/missing-map" if is_map else "reference/missing",
            message=f"cannot find {'source map ' if is_map else ''}`{_named(draft, reference, target)}`",
            location=place,
            notes=(self._reason(target), *beside),
            hint=f"did you mean `{suggestion}`?" if suggestion else hint,
        )

    def _of_tilde(self, draft: Draft, reference: Reference) -> str | None:
        """The hint for `~package/file` in a sheet, of a package that is not among the assets."""
        if not _is_of_package(draft, reference):
            return None
        name = reference.url.removeprefix(OF_PACKAGES)
        command = vendoring(name)
        package = command.rpartition(" ")[2]
        folder = os.path.join(self.look.config.folder, "node_modules", *package.split("/"))
        if command and self.look.is_file(os.path.join(folder, "package.json")):
            return f'add `{{ path = "node_modules", prefix = "npm", npm = true }}` to `sources`, or run `{command}`'
        return f"run `{command}`, or correct the name" if command else None

    def _of_link(self, target: LogicalPath) -> str | None:
        """The hint for what lies behind a link out of its source root."""
        skipped = self._skipped_with(target)
        is_outside = skipped is not None and self.look.skipped[skipped] == LINK_OUTSIDE
        return "make the folder that the link leads to a source root" if is_outside else None

    def _of_node(self, reference: Reference, target: LogicalPath) -> str | None:
        """The hint for a script that only Node and bundlers find: without its suffix, or as the index of a folder."""
        if reference.kind not in SPECIFIERS:
            return None
        ends = next((end for end in ENDS if f"{target}{end}" in self.look.site.known), None)
        path, rest = split_url(reference.url)
        return f'write `{path}{ends}{rest}`, or set `resolve = "bundler"`, which finds it' if ends else None

    def _beside_partial(self, target: LogicalPath, file: str) -> tuple[tuple[str, ...], str | None]:
        """A note and a hint on `file`, which the reference names relative to its Sass partial."""
        there = tuple(self.look.site.logical_paths(file))
        skipped = next(filter(None, map(self._skipped_with, there)), None)
        where = f"next to the partial it would be `{self.look.config.shown(file)}`"
        if skipped:
            return (f"{where}, and `{skipped}` is {self.look.skipped[skipped]}",), None
        if self.look.is_file(file):
            return (f"{where}, which is not an asset",), self._admission(file)
        return () if target in there else (f"{where}, which is not there either",), None

    def _admission(self, file: str) -> str:
        """The hint that makes an asset of `file`, which exists but is none."""
        if any(is_within(folder, file) for folder, _ in self.look.site.roots):
            return "`include` or `exclude` leaves it out"
        folder = self.look.config.shown(os.path.dirname(file))
        return f'make its folder a source root: `{{ path = "{folder}", prefix = "{basename(folder)}" }}`'


def _is_of_package(draft: Draft, reference: Reference) -> bool:
    return draft.source.syntax is Syntax.CSS and reference.url.startswith(OF_PACKAGES)


def _named(draft: Draft, reference: Reference, target: LogicalPath) -> str:
    return reference.url if _is_of_package(draft, reference) else target


def _of_class(fault: Diagnostic, draft: Draft) -> Diagnostic:
    """`fault` of a reference in a class, with a note on the sheet that its URL is relative to."""
    sheet = draft.source.shown
    return replace(
        fault, notes=(*fault.notes, f"Tailwind writes the class into `{sheet}`, which its URL is relative to")
    )


def _slip(draft: Draft, reference: Reference, place: Location) -> str | None:
    """The hint for a reference that is written in a way that neither browsers nor Sass understand."""
    if draft.source.syntax is not Syntax.CSS:
        return None
    written = place.excerpt[place.excerpt_column - 1 :][: place.length]
    if "\\" in written:
        return f"write `{written.replace(chr(92), '/')}`: in a URL of CSS a backslash begins an escape"
    stem, suffix = splitext(reference.url)
    if suffix in _SASS and draft.source.path.endswith(_SASS):
        return f'write `@import "{stem}"` for Sass to compile it: what has `url()` is left to the browser'
    return None


def _of_package(draft: Draft, reference: Reference) -> str | None:
    """The hint for an `@import "package"`: bundlers look for it in `node_modules`, browsers do not."""
    is_bare = reference.url[:1] not in (".", "/") and not splitext(reference.url)[1]
    if not is_bare or draft.source.syntax is not Syntax.CSS:
        return None
    if reference.url == _TAILWIND:
        return f'write `@import "{_TAILWIND}"` for Tailwind to compile it: what has `url()` is left to the browser'
    if nearest(reference.url, [_TAILWIND], _ALIKE):
        return f"did you mean `{_TAILWIND}`?"
    return "write the path of a sheet in a source root: browsers look for it next to this one, not among packages"


def _of_vendored(draft: Draft, reference: Reference) -> str | None:
    """The hint for a file in the folder of packages, which is not the project's to edit."""
    if not draft.source.relative.startswith(FOLDER_OF_PACKAGES):
        return None
    return f'add the file, or leave the reference of this package alone with `external = ["{reference.url}"]`'


def _is_page(draft: Draft) -> bool:
    """Whether `draft` is an HTML file. What it names may be served by something else, such as the application."""
    return draft.source.syntax is Syntax.HTML


def count_of_prefixes(count: int, root: str) -> str:
    """The message for several such references in one root."""
    return f"{count} references in {root} name assets but for their prefix and are left alone"


def prefixes(look: Look, asset: Linked) -> Iterator[Finding]:
    """The references of `asset` that are not rewritten, but would be with `url_prefixes`; none if that key is set."""
    config, draft = look.config, asset.draft
    root = draft.source.root
    if config.url_prefixes is not None or (root >= 0 and config.sources[root].manifest):  # Vite's base decides there
        return
    positions = OriginalPositions(draft, config.shown)
    for index, reference in enumerate(draft.references):
        if reference.kind in OF_DEBUGGERS or not is_root_relative(reference, config.url):
            continue
        for prefix in USUAL_PREFIXES:
            target = next(below_prefixes(reference, (prefix,), look.is_external), None)
            if target in look.sources:
                message = f"`{reference.url}` is left alone, and `{target}` is an asset"
                hint = f'set `url_prefixes = ["{prefix}"]`, or `[]` where something else serves it'
                yield Finding(positions.place_of(index), root, about=reference.url, message=message, hint=hint)
                break
