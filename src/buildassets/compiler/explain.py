"""For the verb `explain`: which cached drafts an asset is made of, why they are out of date, and what has changed.

Takes the configuration, the cache's folder and a manifest's entry; gives drafts and reasons. Reads the cache.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress

from buildassets.compiler.bundle.esbuild_entries import BUNDLE, is_of_bundles
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.cache.traces import Stale, Trace
from buildassets.compiler.config.values import MODES, Config
from buildassets.compiler.incremental.no_op import changed_since_last
from buildassets.compiler.transform.draft_cache import known_drafts, names_for
from buildassets.compiler.transform.engine_set import started_engines
from buildassets.errors import BuildError
from buildassets.foundation.paths import LogicalPath
from buildassets.manifest.model import Entry, Manifest


def cached_drafts(config: Config, folder: str, logical_path: str, entry: Entry) -> dict[LogicalPath, Stale | Trace]:
    """The cached drafts that an asset is made of, each with the reason why it is out of date, or its valid trace.

    A draft that is valid in either mode is up to date. Of several reasons, one that names a file is given. What esbuild
    bundles is made of no drafts.
    """
    if is_of_bundles(config, logical_path, entry.inputs):
        return {}

    def is_meant(path: LogicalPath, source: str) -> bool:
        return path == logical_path or any(name == path or f"/{source}".endswith(f"/{name}") for name in entry.inputs)

    cache = Cache(folder, names=names_for(config))
    by_path: dict[LogicalPath, list[Stale | Trace]] = {}
    for mode in MODES:
        with suppress(BuildError), ExitStack() as stack:
            engines = started_engines(config, mode, stack)
            for path, stale in known_drafts(cache, config, engines, is_meant).items():
                by_path.setdefault(path, []).append(stale)
    return {path: _best_reason(stale) for path, stale in sorted(by_path.items())}


def changes(config: Config, folder: str, logical_path: str, manifest: Manifest) -> dict[LogicalPath, Stale] | None:
    """The first changed source of the asset, and of each asset that it reaches by references, since the last build.

    The last build is that of either mode, with the present settings; None if the cache `folder` knows of none.
    """
    known = [set(found) for mode in MODES if (found := changed_since_last(config, mode, folder)) is not None]
    if not known:
        return None
    names = {config.input_name(path): path for path in min(known, key=len)}
    changed = ((path, next(filter(names.get, entry.inputs), None)) for path, entry in _reached(manifest, logical_path))
    reasons = {path: _change(names[name]) for path, name in changed if name}
    return {path: reasons[path] for path in sorted(reasons)}


def _change(path: str) -> Stale:
    return Stale("changed" if os.path.lexists(path) else "is gone", path)


def _reached(manifest: Manifest, logical_path: str) -> Iterator[tuple[LogicalPath, Entry]]:
    """The asset, and everything that it reaches by references."""
    found, waiting = {logical_path}, [logical_path]
    while waiting:
        path = waiting.pop()
        if entry := manifest.assets.get(path):
            yield LogicalPath(path), entry
            waiting += set(entry.references) - found
            found.update(entry.references)


def bundler_of(config: Config, manifest: Manifest, logical_path: str) -> str | None:
    """The esbuild that made the asset of modules by the present configuration; None if none did."""
    is_bundled = is_of_bundles(config, logical_path, manifest.assets[logical_path].inputs)
    return manifest.engines.get(BUNDLE) if is_bundled else None


def command_of(config: Config, logical_path: str, entry: Entry) -> str | None:
    """The name of the command that makes the asset by the present configuration; None if none does."""
    stem, _, end = logical_path.rpartition(".")
    for name, command in config.commands.items():
        if command.output == logical_path:
            return name
        if command.source_suffix and command.suffix == end and f"{stem}.{command.source_suffix}" in entry.inputs:
            return name
    return None


def _best_reason(found: list[Stale | Trace]) -> Stale | Trace:
    """A trace if the draft is valid in one mode; else the reason that names a changed file, if there is one."""
    return max(found, key=lambda one: (isinstance(one, Trace), isinstance(one, Stale) and one.path is not None))


def referrers(manifest: Manifest, logical_path: str) -> list[str]:
    """The assets that refer to `logical_path`, or have it as their source map, sorted."""
    return sorted(
        path for path, entry in manifest.assets.items() if logical_path in entry.references or entry.map == logical_path
    )
