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
from buildassets.diagnostics import Diagnostic, Location, error, warning
from buildassets.frozen import frozen
from buildassets.media import suffix
from buildassets.paths import LogicalPath

_MOST_NAMED: Final = 20  # of the files in one language


@frozen
class Judgement:
    """The diagnostics for sources that nothing compiles; `lost` are those that a release lacks."""

    diagnostics: tuple[Diagnostic, ...]
    lost: frozenset[LogicalPath]


def judged(
    config: Config, importmap: ImportMap, sources: Sources, taken: Collection[str], read: Collection[str]
) -> Judgement:
    """The diagnostics for those of `sources` that nothing compiles.

    `taken` are those that are released, joined or already reported, `read` the paths of all inputs of other assets.
    With `entries` only sources that these match count as lost.
    """
    named = tuple(_named_in_settings(config, importmap, sources))
    lost = tuple(_lost(config, sources.listed, {*taken, *(path for path, _ in named)}, read))
    faults = (*(fault for _, fault in named), *_faults_of_lost(config, lost))
    return Judgement(faults, frozenset(source.logical for source in lost))


def _lost(
    config: Config, listed: Mapping[LogicalPath, Source], taken: Collection[str], read: Collection[str]
) -> Iterator[Source]:
    uncompiled = {path: source for path, source in listed.items() if source.uncompiled}
    expected: Collection[str] = uncompiled
    if config.entries:
        expected = {path for pattern in config.entries for path in named_by(pattern, uncompiled)}
    for path, source in sorted(uncompiled.items()):
        if path not in expected or path in taken or source.path in read:
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
    notes = [f"`{source.shown}`" for source in (first, *more)[:_MOST_NAMED]] if more else []
    notes += [f"and {len(sources) - _MOST_NAMED} more"] if len(sources) > _MOST_NAMED else []
    message = f"{named}: {reason(kind)}"
    return warning("source/uncompiled", message, Location(first.shown), notes=notes, hint=advice(kind))


def _fault_of_vendored(config: Config, root: int, sources: Sequence[Source]) -> Diagnostic:
    kinds = ", ".join(f"`{kind}`" for kind in sorted({suffix(source.path) for source in sources}))
    count, verb = ("1 file", "is") if len(sources) == 1 else (f"{len(sources)} files", "are")
    message = f"{count} of `{config.sources[root].shown}` {verb} not released: nothing compiles {kinds}"
    hint = "name in `raw` what is to be released as it is, or in `exclude` what is to be passed over"
    return warning("source/uncompiled", message, config.place("sources", root), hint=hint)


def _named_in_settings(config: Config, importmap: ImportMap, sources: Sources) -> Iterator[tuple[str, Diagnostic]]:
    """The uncompiled sources that `entries` or the import map name by their exact paths, each with its error."""
    for index, pattern in enumerate(config.entries):
        for path in () if is_glob(pattern) else named_by(pattern, sources.listed):
            if sources.listed[LogicalPath(path)].uncompiled:
                yield path, _named(config, f"the entry `{pattern}`", path, config.place("entries", index))
    for keys, specifier, target in _mapped(importmap):
        source = sources.get(LogicalPath(target))
        if source and source.uncompiled:
            where = config.place(*keys, specifier)
            yield target, _named(config, f"the import map entry `{specifier}`", target, where)


def _mapped(importmap: ImportMap) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Each specifier of the import map with its table's keys and its target."""
    for specifier, target in importmap.imports.items():
        yield ("importmap",), specifier, target
    for scope, names in importmap.scopes.items():
        yield from ((("importmap", "scopes", scope), specifier, target) for specifier, target in names.items())


def _named(config: Config, what: str, path: str, where: Location | None) -> Diagnostic:
    kind = suffix(path)
    message = f"{what} names `{path}`, and {reason(kind)}"
    made = [name for name, bundle in config.module_bundles.items() if path in map(_without_dot, bundle.files)]
    if made:
        message = f"{what} names `{path}`, which is compiled in the bundle `{made[0]}` only"
    return error("source/uncompiled", message, where, hint=f"name `{made[0]}`" if made else advice(kind))


def _without_dot(pattern: str) -> str:
    return pattern.removeprefix("./")
