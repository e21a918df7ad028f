"""Finds the assets that a release begins with: those that it has whether or not another asset refers to them."""

from collections.abc import Iterable

from buildassets.compiler.config.values import Config
from buildassets.compiler.graph.collect import Collected
from buildassets.compiler.graph.import_map import mapped_assets
from buildassets.compiler.graph.typed_names import typed_in_use
from buildassets.compiler.images.variant import Sprite
from buildassets.compiler.sources.globs import is_glob, named_by, plain_names
from buildassets.compiler.sources.names import is_typed
from buildassets.foundation.diagnostics import Diagnostic, error, warning
from buildassets.foundation.frozen import frozen
from buildassets.foundation.media import suffix
from buildassets.foundation.nearest import Known
from buildassets.foundation.paths import LogicalPath


@frozen
class Starts:
    """The assets that a release begins with, and what is wrong with `entries`."""

    paths: frozenset[LogicalPath]
    faults: tuple[Diagnostic, ...] = ()


def starts_of(known: Collected) -> Starts:
    """The assets that `entries` names, or all; and those that settings, templates, Vite and sprites ask for."""
    config, listed, discovery = known.config, known.listed, known.request.discovery
    found = _named_by_entries(known) if config.entries else Starts(frozenset(_all(known)))
    planned = set(map(LogicalPath, config.plan.bundles if config.plan else ()))
    mapped = mapped_assets(known.names.configured)
    more = {
        *(() if config.entries else typed_in_use(listed, known.typed, known.request.named)),
        *(listed.keys() & (planned | discovery.front_ends.files)),
        *(source.logical for source in discovery.sources if isinstance(source.recipe, Sprite)),
        *(plain_names(config, listed) - known.uncompiled),
        *(path for path in mapped if path in known.sources and not known.sources[path].uncompiled),
    }
    return Starts(found.paths | more, found.faults)


def _all(known: Collected) -> set[LogicalPath]:
    """All assets but parts of module bundles, and sources that nothing compiles.

    Modules in TypeScript and JSX are left out, too, unless a command compiles them or a module bundle begins with them:
    they are released where something names them.
    """
    listed = known.listed
    candidates = listed.keys() - known.parts - known.raw
    commanded = {f".{command.source_suffix}" for command in known.config.commands.values()}  # all of these are assets
    typed = {path for path in candidates if is_typed(listed[path]) and suffix(listed[path].path) not in commanded}
    return candidates - typed.difference(known.modules.drafts)


def _named_by_entries(known: Collected) -> Starts:
    """What `entries` names. Parts of module bundles are left out, unless an entry is their exact path.

    Fonts may be named by what they are made of.
    """
    listed, fonts = known.listed, known.request.discovery.fonts
    starts: set[LogicalPath] = set()
    faults = []
    nearby = Known(listed)
    for index, pattern in enumerate(known.config.entries):
        matching = {known.typed.asset(path) or LogicalPath(path) for path in named_by(pattern, listed)}
        matching |= {fonts[path] for path in fonts.keys() & set(named_by(pattern, fonts))}
        exact = pattern.removeprefix("./")
        exact_paths = (exact, known.typed.asset(exact))
        starts |= {path for path in matching if path not in known.parts or path in exact_paths}
        if not matching:
            faults.append(_no_entry(known.config, index, listed, nearby))
    return Starts(frozenset(starts - known.raw), tuple(faults))


def _no_entry(config: Config, index: int, listed: Iterable[LogicalPath], nearby: Known) -> Diagnostic:
    """The diagnostic for the entry with the number `index`, which names nothing."""
    pattern, place = config.entries[index], config.place("entries", index)
    hint = _meant_entry(pattern, listed, nearby)
    if is_glob(pattern):
        return warning("config/entries", f"entry `{pattern}` matches no asset", place, hint=hint)
    return error("config/entries", f"entry `{pattern}` names no asset", place, hint=hint)


def _meant_entry(pattern: str, listed: Iterable[LogicalPath], nearby: Known) -> str | None:
    """The hint for an entry that matches nothing: a folder, a name at any depth, or the asset with the nearest name."""
    if not is_glob(pattern):
        if any(path.startswith(pattern + "/") for path in listed):
            return f"write `{pattern}/` for everything in that folder"
        if "/" not in pattern and sum(path.endswith("/" + pattern) for path in listed) > 1:
            return f"write `**/{pattern}` for all of that name"
    near = nearby.nearest_asset(pattern)
    return f"did you mean `{near}`?" if near else None
