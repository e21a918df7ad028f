"""Warns of sources that nothing compiles, which a release would otherwise silently lack.

Takes the sources and which of them are used, gives diagnostics.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.model import ImportMap, Source
from buildassets.compiler.sources.discover import Sources
from buildassets.compiler.sources.globs import is_glob, named_by
from buildassets.compiler.sources.uncompiled import advice, is_compiled_beside, is_declaration, reason
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import suffix
from buildassets.foundation.paths import LogicalPath

_MOST_NAMED: Final = 20  # of the files in one language


@frozen
class Judgement:
    """The diagnostics for sources that nothing compiles; `lost` are those that a release lacks."""

    diagnostics: tuple[Diagnostic, ...]
    lost: frozenset[LogicalPath]


def judged(
    config: Config,
    importmap: ImportMap,
    sources: Sources,
    taken: Collection[str],
    *,
    raw: Collection[LogicalPath],
    read: Collection[str],
) -> Judgement:
    """The diagnostics for those of `sources` that nothing compiles, which are `raw`.

    `taken` are those that are released, joined or already reported, `read` the paths of all inputs of other assets.
    With `entries` only sources that these match count as lost.
    """
    named = tuple(_named_in_settings(config, importmap, sources))
    reported = {*taken, *(path for path, _ in named)} if raw else ()
    uncompiled = {path: sources.listed[path] for path in raw}
    lost = tuple(_lost(config, sources.listed, uncompiled, {*reported, *_read(uncompiled, read)}))
    faults = (*(fault for _, fault in named), *_faults_of_lost(config, lost))
    return Judgement(faults, frozenset(source.logical for source in lost))


def unnamed(config: Config, typed: Iterable[Source], taken: Collection[str]) -> Iterator[Diagnostic]:
    """A warning if the project has modules in TypeScript or JSX, and nothing names any of them.

    `typed` are all such modules, sorted, `taken` the sources that are released or joined. With `entries` the user has
    chosen what is released.
    """
    own = [source for source in typed if not config.sources[source.root].is_of_others]
    if config.entries or not own or any(source.logical in taken for source in own):
        return
    first, *more = own
    named = f"`{first.shown}` is not released" if not more else f"{len(own)} modules are not released"
    notes = _listed([f"`{source.shown}`" for source in own]) if more else ()
    hint = f"name `{first.logical}` in a template, import it in a script, or list it in `entries`"
    message = f"{named}: nothing names them" if more else f"{named}: nothing names it"
    found = warning("source/unnamed", message, Location(first.shown), notes=notes, hint=hint)
    yield replace(found, others=_places(more))


def _listed(names: Sequence[str]) -> list[str]:
    rest = len(names) - _MOST_NAMED
    return [*names[:_MOST_NAMED], *([f"and {rest} more"] if rest > 0 else [])]


def _read(uncompiled: Mapping[LogicalPath, Source], read: Collection[str]) -> Iterator[LogicalPath]:
    """Those that other assets are made of."""
    return (path for path, source in uncompiled.items() if source.path in read)


def _lost(
    config: Config,
    listed: Mapping[LogicalPath, Source],
    uncompiled: Mapping[LogicalPath, Source],
    taken: Collection[str],
) -> Iterator[Source]:
    expected: Collection[str] = uncompiled
    if config.entries:
        expected = {path for pattern in config.entries for path in named_by(pattern, uncompiled)}
    for path, source in sorted(uncompiled.items()):
        if path not in expected or path in taken:
            continue
        if not is_declaration(path) and not is_compiled_beside(path, listed):
            yield source


def _faults_of_lost(config: Config, lost: Iterable[Source]) -> Iterator[Diagnostic]:
    """A warning for each language, with all its files, and one for each vendored root, with their number."""
    own: defaultdict[str, list[Source]] = defaultdict(list)
    vendored: defaultdict[int, list[Source]] = defaultdict(list)
    for source in lost:
        if config.sources[source.root].vendored:
            vendored[source.root].append(source)
        else:
            own[suffix(source.path)].append(source)
    yield from (_fault_of_own(kind, own[kind]) for kind in sorted(own))
    yield from (_fault_of_vendored(config, root, vendored[root]) for root in sorted(vendored))


def _fault_of_own(kind: str, sources: Sequence[Source]) -> Diagnostic:
    first, *more = sorted(sources, key=lambda source: source.shown)
    named = f"`{first.shown}` is not released" if not more else f"{len(sources)} files are not released"
    notes = _listed([f"`{source.shown}`" for source in (first, *more)]) if more else []
    message = f"{named}: {reason(kind)}"
    found = warning("source/uncompiled", message, Location(first.shown), notes=notes, hint=advice(kind))
    return replace(found, others=_places(more))


def _fault_of_vendored(config: Config, root: int, sources: Sequence[Source]) -> Diagnostic:
    kinds = ", ".join(f"`{kind}`" for kind in sorted({suffix(source.path) for source in sources}))
    count, verb = ("1 file", "is") if len(sources) == 1 else (f"{len(sources)} files", "are")
    message = f"{count} of `{config.sources[root].shown}` {verb} not released: nothing compiles {kinds}"
    hint = "name in `raw` the files to release unchanged, or in `exclude` the files to skip"
    found = warning("source/uncompiled", message, config.place("sources", root), hint=hint)
    return replace(found, others=_places(sources))


def _places(sources: Iterable[Source]) -> tuple[Location, ...]:
    return tuple(Location(shown) for shown in sorted(source.shown for source in sources))


def _named_in_settings(config: Config, importmap: ImportMap, sources: Sources) -> Iterator[tuple[str, Diagnostic]]:
    """The uncompiled sources that `entries` or the import map name by their exact paths, each with its error."""
    for index, pattern in enumerate(config.entries):
        for path in () if is_glob(pattern) else named_by(pattern, sources.listed):
            entry = sources.listed[LogicalPath(path)]
            if entry.uncompiled and entry.root >= 0:
                yield path, _named(f"the entry `{pattern}`", path, config.place("entries", index))
    for keys, specifier, target in _mapped(importmap):
        source = sources.get(LogicalPath(target))
        if source and source.uncompiled:
            where = config.place(*keys, specifier)
            yield target, _named(f"the import map entry `{specifier}`", target, where)


def _mapped(importmap: ImportMap) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Each specifier of the import map with its table's keys and its target."""
    for specifier, target in importmap.imports.items():
        yield ("importmap",), specifier, target
    for scope, names in importmap.scopes.items():
        yield from ((("importmap", "scopes", scope), specifier, target) for specifier, target in names.items())


def _named(what: str, path: str, where: Location | None) -> Diagnostic:
    kind = suffix(path)
    message = f"{what} names `{path}`, and {reason(kind)}"
    return error("source/uncompiled", message, where, hint=advice(kind))
