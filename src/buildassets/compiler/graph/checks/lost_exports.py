"""Reports imports of names that the compiled module does not export, such as types: browsers then run neither.

esbuild compiles each file by itself, so that it keeps `export { T } from "./b"` though `T` is a type. Takes all assets
and the resolution of names, gives diagnostics.
"""

from collections.abc import Callable, Iterator

from buildassets.compiler.facts.table import FILE
from buildassets.compiler.graph.checks.look import Look
from buildassets.compiler.languages.javascript.module_names import Exports, NamedImport, exports_of, named_imports
from buildassets.compiler.languages.reference import Reference
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.model import Linked
from buildassets.compiler.sources.names import is_typed
from buildassets.compiler.transform.original_positions import OriginalPositions, text_at
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import Syntax
from buildassets.foundation.nearest import nearest
from buildassets.foundation.paths import LogicalPath

_TYPES = lazy_pattern(r"\b(?:type|interface)\s+([\w$]+)|\b(?:import|export)\s+type\s*\{([^}]*)\}")


def lost_exports(look: Look, asset: Linked) -> Iterator[Diagnostic]:
    """An error for each name that the typed module `asset` takes from another, which does not export it."""
    text = _compiled_text(asset)
    if not text:
        return
    modules = look.once(_Modules)
    for taken in named_imports(text):
        target = modules.target(asset.draft.source.logical, taken.url)
        is_known = target is not None and _compiled_text(look.compiled.get(target)) is not None
        if target and is_known and not modules.exports(target, taken.name):
            exported = modules.names_of(target)
            look.facts.note(FILE, look.compiled[target].draft.source.path)  # which is read for the hint
            yield _lost(asset, look.compiled[target], taken, exported, shown=look.config.shown)


def _lost(
    asset: Linked, target: Linked, taken: NamedImport, exported: Exports, *, shown: Callable[[str], str]
) -> Diagnostic:
    source = target.draft.source
    where = OriginalPositions(asset.draft, shown).place_in(taken.start, taken.end)
    if taken.name in _types_in(text_at(source.path) or ""):
        message = f"`{taken.name}` is a type in `{source.shown}`, and is kept as a value here"
        hint = "write `type` before the name: esbuild compiles each file by itself and cannot know"
        return error("js/no-export", message, where, hint=hint)
    near = nearest(taken.name, exported.names)
    hint_of_near = f"did you mean `{near}`?" if near else "export it there, or take the name out here"
    return error("js/no-export", f"`{source.shown}` does not export `{taken.name}`", where, hint=hint_of_near)


def _types_in(text: str) -> set[str]:
    """The names of types that `text`, a source, declares or passes on."""
    found = set()
    for match in _TYPES.finditer(text):
        names = [match[1]] if match[1] else [part.split()[-1] for part in match[2].split(",") if part.strip()]
        found.update(names)
    return found


def _compiled_text(asset: Linked | None) -> str | None:
    """The text of a typed module after it was compiled; None for any other asset."""
    if asset is None or asset.draft.compiled is None or not is_typed(asset.draft.source):
        return None
    return asset.draft.compiled.text


class _Modules:
    """The modules of one build: what they export, and what their specifiers lead to."""

    def __init__(self, look: Look) -> None:
        self._compiled = look.compiled
        self._names = look.names
        self._references: dict[LogicalPath, dict[int, Reference]] = {}
        self._exports: dict[LogicalPath, Exports] = {}

    def target(self, path: LogicalPath, url: int) -> LogicalPath | None:
        """The asset that the specifier at the place `url` in the compiled text of `path` means."""
        if path not in self._references:
            found = scan(Syntax.JAVASCRIPT, _compiled_text(self._compiled[path]) or "")
            self._references[path] = {reference.start: reference for reference in found}
        reference = self._references[path].get(url)
        return self._names.follow(reference, path) if reference else None

    def names_of(self, path: LogicalPath) -> Exports:
        """The names that the typed module `path` itself exports."""
        if path not in self._exports:
            self._exports[path] = exports_of(_compiled_text(self._compiled[path]) or "")
        return self._exports[path]

    def exports(self, path: LogicalPath, name: str) -> bool:
        """Whether `path` may export `name`: what is not known counts as exported."""
        pending, seen = [path], {path}
        while pending:
            one = pending.pop()
            if _compiled_text(self._compiled.get(one)) is None:
                return True
            own = self.names_of(one)
            if own.is_open or name in own.names:
                return True
            targets = [self.target(one, star) for star in own.stars] if name != "default" else []
            if None in targets:
                return True
            further = [target for target in targets if target is not None and target not in seen]
            seen.update(further)
            pending += further
        return False
