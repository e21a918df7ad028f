"""Reports imports that browsers refuse: unmapped bare names, packages that are no modules, files that are no scripts.

Takes all assets with their links, and the resolution of names; gives diagnostics.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from posixpath import dirname
from typing import Final

from buildassets.compiler.body import bytes_of, text_of
from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.checks.findings import Finding
from buildassets.compiler.graph.checks.look import Look
from buildassets.compiler.languages.javascript.lexer import GAP, reads_as_module
from buildassets.compiler.languages.javascript.references import STRING, unescaped
from buildassets.compiler.languages.reference import IMPORTS, Reference, ReferenceKind
from buildassets.compiler.model import Draft, Linked
from buildassets.compiler.resolve.node import BUILTINS, NodePackages, Refusal
from buildassets.compiler.resolve.urls import is_bare
from buildassets.compiler.sources.uncompiled import reason
from buildassets.compiler.transform.original_positions import OriginalPositions
from buildassets.foundation.diagnostics import Diagnostic, Location, Severity, warning
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import media_of, suffix
from buildassets.foundation.nearest import nearest
from buildassets.foundation.paths import LogicalPath, normalise
from buildassets.foundation.typed import vendoring

_BUNDLE: Final = "bundle what imports it (`bundle = true`)"
_NPM: Final = "list the folder of its package in `sources` with `npm = true`"
_TYPES: Final = ("css", "json")  # of import attributes, those that all browsers know
_ACCEPTED: Final = ("text/javascript", "application/wasm")  # the media types of what is imported as it is
_NO_FILE: Final = LogicalPath("")
_COMPILED: Final = (".ts", ".mts", ".cts", ".tsx", ".jsx")  # esbuild compiles them to scripts

# The attributes of imports, as in `import data from "./a.json" with { type: "json" }`.
_UNKNOWN: Final = "?"  # the attributes are computed
# Vite's plug-in for older browsers puts this import, which is to fail, into a function that nothing calls.
_GUARD: Final = lazy_pattern(rf"import\.meta\.url{GAP}[;,]{GAP}import\({GAP}['\"`]_['\"`]{GAP}\)\.catch\(")
_BEFORE_GUARD: Final = "import.meta.url"

_ATTRIBUTES: Final = rf"\{{(?P<attributes>(?:{GAP}(?:{STRING}|[^{{}}\"'/]))*+){GAP}\}}"
_BEHIND: Final = lazy_pattern(rf"{GAP}with{GAP}{_ATTRIBUTES}")
_SECOND: Final = lazy_pattern(rf"{GAP},{GAP}\{{{GAP}(?:with|\"with\"|'with'){GAP}:{GAP}{_ATTRIBUTES}")
_OLD_BEHIND: Final = lazy_pattern(rf"{GAP}assert{GAP}{_ATTRIBUTES}")
_OLD_SECOND: Final = lazy_pattern(rf"{GAP},{GAP}\{{{GAP}(?:assert|\"assert\"|'assert'){GAP}:{GAP}{_ATTRIBUTES}")
_ALONE: Final = lazy_pattern(rf"{GAP}(?:,{GAP})?\)")
_TYPE: Final = lazy_pattern(rf"(?:\A|,){GAP}(?:type|\"type\"|'type'){GAP}:{GAP}(?P<type>{STRING})")


def _uses(look: Look, asset: Linked) -> Iterator[tuple[int, Reference, str]]:
    """The bare names in a script that the configured import map lacks, without Node's built-in modules.

    Each with its reference and the number of that.
    """
    path = asset.draft.source.logical
    for index, reference in enumerate(asset.draft.references):
        if is_bare(reference):
            name = look.names.unmapped(reference, path)
            # A name in `importmap` whose target is missing is reported elsewhere.
            if name is not None and name not in look.config.importmap and name.partition("/")[0] not in BUILTINS:
                yield index, reference, name


# Bare names that nothing maps


def unmapped_summary(count: int, root: str) -> str:
    """The message for several such names in one root."""
    return f"nothing maps {count} bare names in {root}"


def unmapped(look: Look, asset: Linked) -> Iterator[Finding]:
    """The bare names in `asset` that nothing maps."""
    config, source = look.config, asset.draft.source
    positions = OriginalPositions(asset.draft, config.shown)
    for index, reference, name in _uses(look, asset):
        if look.names.answer(reference, source.logical) is not None:
            continue
        if name == "_" and _is_in_guard(text_of(asset.draft.body), reference):
            continue
        roots = "".join(f" and in `{root.shown}/`" for root in config.sources if root.npm)
        is_mapped = bool(roots or config.importmap or config.scopes)
        if LogicalPath(normalise(dirname(source.logical) + "/" + name) or "") in look.compiled:
            meant = f"./{name}"
        else:
            meant = look.nearest_bare(name) or ""
        yield Finding(
            positions.place_of(index),
            source.root,
            about=name,
            message=f"nothing maps the bare name `{name}`",
            hint=f"did you mean `{meant}`?" if meant else _mapping_hint(config, name, has_npm=bool(roots)),
            notes=(f"looked in `importmap`{roots}",) if is_mapped else (),
        )


def _is_in_guard(text: str, reference: Reference) -> bool:
    guard = _GUARD.match(text, max(text.rfind(_BEFORE_GUARD, 0, reference.start), 0))
    return guard is not None and guard.start() < reference.start < guard.end()


def _mapping_hint(config: Config, name: str, *, has_npm: bool) -> str:
    if name in (".", ".."):
        return f"name the file, as in `{name}/index.js`: browsers find none in a folder"
    ways = ["map it in `importmap`"]
    if not has_npm and not any(name in names for names in config.scopes.values()):  # then it is known who has it
        command = vendoring(name)
        ways += [f"run `{command}` if `{command.rpartition(' ')[2]}` is a package of npm"] if command else []
        ways.append(_NPM)
    if has_npm or config.importmap or config.scopes:
        return f"{', '.join(ways)}, or leave it alone with `external`"
    return f"{', '.join(ways)}, {_BUNDLE}, or leave it alone with `external` where a page maps it"


# Files that are no scripts


def no_modules_summary(count: int, root: str) -> str:
    """The message for several such imports in one root."""
    return f"browsers refuse {count} imports in {root}: the files are not scripts"


def no_modules(look: Look, asset: Linked) -> Iterator[Finding]:
    """The imports of `asset` that lead to what is no script."""
    positions = OriginalPositions(asset.draft, look.config.shown)
    links = chain(asset.links, look.names.mapped_links(asset, look.compiled) if asset.draft.references else ())
    for reference, target in links:
        if reference.kind not in IMPORTS or media_of(target).type in _ACCEPTED:
            continue
        is_source = target in look.compiled and look.compiled[target].draft.source.uncompiled
        if refusal := _refusal(text_of(asset.draft.body), reference, target, is_source=is_source):
            why, hint = refusal
            message = f"browsers refuse to import `{target}`: {why}"
            place = positions.place_of(asset.draft.references.index(reference))
            yield Finding(place, asset.draft.source.root, about=target, message=message, hint=hint)


def _refusal(text: str, reference: Reference, target: LogicalPath, *, is_source: bool) -> tuple[str, str] | None:
    """The reason and the hint for an import of `target` that browsers refuse; None if they may accept it.

    See HTML, "fetch a single module script".
    """
    media_type = media_of(target).type
    written, needed = _import_type(text, reference), _needed_type(media_type)
    why = reason(suffix(target)) if is_source else f"it is not a script but `{media_type}`"
    if needed and _has_old_word(text, reference):
        return why, f"write `with` in the place of `assert`, which no browser knows any more, or {_BUNDLE}"
    if written == _UNKNOWN or (written and written == needed):
        return None
    if written and written not in _TYPES and not (needed and nearest(written, (needed,))):
        url = f'`new URL("{reference.url}", import.meta.url)`'
        return f"no browser knows the type `{written}`", f"fetch its URL, {url}; or {_BUNDLE}"
    if needed:
        return why, _typed_hint(reference, written, needed)
    if suffix(target) in _COMPILED:
        return why, _BUNDLE
    if is_source:
        return why, "compile it before the build, and import what comes of it"
    return why, f'take its URL: `new URL("{reference.url}", import.meta.url)`; or {_BUNDLE}'


def _typed_hint(reference: Reference, written: str, needed: str) -> str:
    """The hint for an import that is to name the type `needed` in the place of the `written` one, if there is one."""
    if written:
        return f'write `type: "{needed}"` in the place of `type: "{written}"`'
    if reference.kind is ReferenceKind.MODULE:
        return f'write `with {{ type: "{needed}" }}` behind it, or {_BUNDLE}'
    return f'write `{{ with: {{ type: "{needed}" }} }}` as its second argument, or {_BUNDLE}'


def _needed_type(media_type: str) -> str:
    """The type that an import attribute has to name for a file of `media_type`; empty if there is none."""
    if media_type == "text/css":
        return "css"
    return "json" if media_type == "application/json" or media_type.endswith("+json") else ""


# Packages


def package_faults(look: Look, asset: Linked) -> Iterator[tuple[LogicalPath, Diagnostic]]:
    """The diagnostics for names that a package does not export to browsers, and for files that are no modules.

    The latter with the paths of these files.
    """
    packages = look.names.packages
    if packages is None:
        return
    positions = OriginalPositions(asset.draft, look.config.shown)
    for index, reference, _ in _uses(look, asset):
        answer = look.names.answer(reference, asset.draft.source.logical)
        if isinstance(answer, Refusal):
            yield from ((_NO_FILE, fault) for fault in _refused(look.config, answer, positions.place_of(index)))
        elif answer is not None and answer in look.compiled and _is_commonjs(packages, look.compiled[answer].draft):
            yield answer, _commonjs(answer, positions.place_of(index))


def once_a_file(faults: Iterable[tuple[LogicalPath, Diagnostic]]) -> Iterator[Diagnostic]:
    """Those of `package_faults`, one for each file that is no module."""
    reported: set[LogicalPath] = set()
    for path, fault in faults:
        if path not in reported:
            yield fault
        if path != _NO_FILE:
            reported.add(path)


def _refused(config: Config, refusal: Refusal, where: Location) -> Iterator[Diagnostic]:
    if config.missing == "ignore":
        return
    severity = Severity.WARNING if config.missing == "warn" else Severity.ERROR
    hint = f"did you mean `{refusal.meant}`?" if refusal.meant else None
    yield Diagnostic(severity, "npm/exports", message=refusal.message, location=where, notes=(), hint=hint)


def _is_commonjs(packages: NodePackages, draft: Draft) -> bool:
    def is_module() -> bool:
        return reads_as_module(bytes_of(draft.body).decode("utf-8", "replace"))

    return packages.is_commonjs(draft.source.logical, is_module)


def _commonjs(path: LogicalPath, where: Location) -> Diagnostic:
    message = f"`{path}` is not a module: it is CommonJS or a classic script"
    hint = (
        "map the name to a build of the package for browsers in `importmap`, or bundle what uses it (`bundle = true`)"
    )
    return warning("npm/commonjs", message, where, hint=hint)


def _import_type(text: str, reference: Reference) -> str:
    """The type that the import with the specifier `reference` names; empty where none, _UNKNOWN where it is computed.

    `assert { type: "json" }`, of an earlier draft of the standard, names none: browsers refuse it.
    """
    behind = reference.end + 1  # the quote
    is_declaration = reference.kind is ReferenceKind.MODULE
    found = (_BEHIND if is_declaration else _SECOND).match(text, behind)
    if not found:
        return "" if is_declaration or _ALONE.match(text, behind) else _UNKNOWN
    named = _TYPE.search(found["attributes"])
    if not named:
        return "" if is_declaration or not found["attributes"].strip() else _UNKNOWN
    return unescaped(named["type"][1:-1]) or _UNKNOWN


def _has_old_word(text: str, reference: Reference) -> bool:
    """Whether the import has its attributes behind `assert`, the word of an earlier draft of the standard."""
    pattern = _OLD_BEHIND if reference.kind is ReferenceKind.MODULE else _OLD_SECOND
    return pattern.match(text, reference.end + 1) is not None
