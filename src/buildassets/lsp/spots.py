"""Finds the names of assets in a text, the asset that each means, and what is wrong with those that mean none."""

import os
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.reference import OF_DEBUGGERS, SPECIFIERS, Reference
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.resolve.urls import below_prefixes, target_of
from buildassets.compiler.sources.globs import compile_globs
from buildassets.compiler.templates.build_names import NamesOfBuild
from buildassets.compiler.templates.check import check_text
from buildassets.compiler.transform.tailwind import text_needs_tailwind
from buildassets.disk.folders import path_below
from buildassets.foundation.diagnostics import Diagnostic, Severity, locate, looked_in
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import Syntax, media_of
from buildassets.foundation.paths import LogicalPath
from buildassets.lsp.project import EditedProject

_READ: Final = (Syntax.CSS, Syntax.JAVASCRIPT)
_SEVERITIES: Final = {"error": Severity.ERROR, "warn": Severity.WARNING}
# What esbuild and Node add to a specifier.
_ENDINGS: Final = (".js", ".mjs", ".ts", ".tsx", ".jsx", "/index.js", "/index.ts")
MOST_DIAGNOSTICS: Final = 1000  # of one file; editors show no more, and a minified file can have a million


@frozen
class NameSpot:
    """A name in a text: its span, and the asset that it means, if there is one."""

    start: int
    end: int
    target: LogicalPath | None


@frozen
class NamesInText:
    """The names in a text, and what is wrong with them."""

    spots: tuple[NameSpot, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    def at(self, offset: int) -> NameSpot | None:
        """The name at that place of the text."""
        return next((spot for spot in self.spots if spot.start <= offset <= spot.end), None)


def read(project: EditedProject, path: str, text: str) -> NamesInText:
    """The names in `text`, that of the file at the absolute `path`; its line ends are LF."""
    if file := project.template(path):
        files = tuple(project.templates.values())
        known = NamesOfBuild(released=project.names, icons=project.icons)
        checked = check_text(project.config, files, file, text, known=known, reasons=project.elsewhere)
        rest = len(checked.diagnostics) - MOST_DIAGNOSTICS
        listed = _with_rest(checked.diagnostics[:MOST_DIAGNOSTICS], rest)
        return NamesInText(tuple(NameSpot(*spot) for spot in checked.spots), listed)
    base, syntax = logical_path(project, path), media_of(path).syntax
    if base is None or syntax not in _READ:
        return NamesInText()
    if syntax is Syntax.CSS and text_needs_tailwind(text, path):
        return NamesInText()  # Tailwind resolves its imports itself
    return _SpotReader(project, path, base).read(scan(syntax, text), text)


def logical_path(project: EditedProject, path: str) -> LogicalPath | None:
    """The logical path of the file at `path`, or the one that it would have if it were an asset."""
    if path in project.by_path:
        return project.by_path[path]
    for root in project.config.sources:
        if (below := path_below(root.path, path)) is not None:
            return LogicalPath(f"{root.prefix}/{below}" if root.prefix else below)
    return None


class _SpotReader:
    """Reads the references of one asset."""

    def __init__(self, project: EditedProject, path: str, base: LogicalPath) -> None:
        self._project = project
        self._path = path
        self._base = base
        self._is_external = compile_globs(project.config.external)
        self._severity = _severity(project, path)

    def read(self, references: list[Reference], text: str) -> NamesInText:
        spots: list[NameSpot] = []
        diagnostics: list[Diagnostic] = []
        rest = 0
        for reference in references:
            target = self._target(reference)
            is_there = target is not None and self._project.has(target)
            spots.append(NameSpot(reference.start, reference.end, target if is_there else None))
            if target and not is_there and self._severity and not self._may_be_left(reference, target):
                if len(diagnostics) < MOST_DIAGNOSTICS:
                    diagnostics.append(self._missing(target, reference, text, self._severity))
                else:
                    rest += 1
        return NamesInText(tuple(spots), _with_rest(diagnostics, rest))

    def _target(self, reference: Reference) -> LogicalPath | None:
        """The logical path that `reference` names, whether or not it is there; None if it is to be left alone."""
        config = self._project.config
        if mapped := config.importmap.get(reference.url):
            return LogicalPath(mapped) if self._project.has(LogicalPath(mapped)) else None
        named = target_of(reference, self._base, config.url, self._is_external)
        return named or next(self._below_prefixes(reference), None)

    def _below_prefixes(self, reference: Reference) -> Iterator[LogicalPath]:
        prefixes = self._project.config.url_prefixes or ()
        return filter(self._project.has, below_prefixes(reference, prefixes, self._is_external))

    def _may_be_left(self, reference: Reference, target: LogicalPath) -> bool:
        """Whether a build may accept it: maps hurt nobody, and esbuild completes the names of modules in bundles."""
        if reference.kind in OF_DEBUGGERS:
            return True
        is_bundled = bool(self._project.config.module_bundles) and reference.kind in SPECIFIERS
        return is_bundled and any(self._project.has(LogicalPath(target + ending)) for ending in _ENDINGS)

    def _missing(self, target: LogicalPath, reference: Reference, text: str, severity: Severity) -> Diagnostic:
        config = self._project.config
        where = locate(config.shown(self._path), text, reference.start, reference.end)
        is_outside = target.startswith("../")
        note = (
            "a reference cannot leave the tree of assets"
            if is_outside
            else looked_in([root.shown for root in config.sources])
        )
        near = self._project.nearby.nearest_asset(target)
        hint = f"did you mean `{near}`?" if near else None
        return Diagnostic(
            severity, "reference/missing", message=f"cannot find `{target}`", location=where, notes=(note,), hint=hint
        )


def _with_rest(diagnostics: Sequence[Diagnostic], rest: int) -> tuple[Diagnostic, ...]:
    """`diagnostics`, with a note in the last one that counts the `rest` of the file."""
    if rest <= 0:
        return tuple(diagnostics)
    *others, last = diagnostics
    note = f"the file has {rest:,} more diagnostic{'s' if rest > 1 else ''}"
    return (*others, replace(last, notes=(*last.notes, note)))


def _severity(project: EditedProject, path: str) -> Severity | None:
    """How bad a missing reference in the file is; None if it is ignored."""
    severity = _SEVERITIES.get(project.config.missing)
    vendored = (root.path for root in project.config.sources if root.vendored or root.npm)
    is_of_others = any(path_below(folder, path) is not None for folder in vendored)
    return Severity.WARNING if severity and is_of_others else severity


def size_bytes(project: EditedProject, target: LogicalPath) -> int | None:
    """The size of an asset's source."""
    path = project.file(target)
    try:
        return os.path.getsize(path) if path else None
    except OSError:
        return None
