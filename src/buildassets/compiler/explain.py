"""What earlier builds kept of one asset, and what is wrong with it now: what the verb `explain` shows of the cache.

Takes the configuration, the cache's folder and a manifest's entry; gives drafts and reasons. Reads the cache.
"""

from contextlib import ExitStack, suppress

from buildassets.compiler.cache.store import Cache
from buildassets.compiler.cache.traces import Stale
from buildassets.compiler.config.values import MODES, Config
from buildassets.compiler.transform.draft_cache import known_drafts, names_for
from buildassets.compiler.transform.engine_set import started_engines
from buildassets.errors import BuildError
from buildassets.manifest import Entry, Manifest
from buildassets.paths import LogicalPath


def cached_drafts(config: Config, folder: str, logical_path: str, entry: Entry) -> dict[LogicalPath, Stale | None]:
    """The drafts that the cache in `folder` holds of what an asset is made of, and why each is out of date, if it is.

    One that holds in either mode is up to date. Where there are several reasons it is one that names a file.
    """

    def is_meant(path: LogicalPath, source: str) -> bool:
        return path == logical_path or any(name == path or f"/{source}".endswith(f"/{name}") for name in entry.inputs)

    cache = Cache(folder, names=names_for(config))
    found: dict[LogicalPath, list[Stale | None]] = {}
    for mode in MODES:
        with suppress(BuildError), ExitStack() as stack:
            engines = started_engines(config, mode, stack)
            for path, stale in known_drafts(cache, config, engines, is_meant).items():
                found.setdefault(path, []).append(stale)
    return {path: _best_reason(stale) for path, stale in sorted(found.items())}


def _best_reason(stale: list[Stale | None]) -> Stale | None:
    """None if the draft holds in one mode; else the file that changed since, where there is one."""
    reasons = [one for one in stale if one is not None]
    return max(reasons, key=lambda one: one.path is not None) if len(reasons) == len(stale) else None


def referrers(manifest: Manifest, logical_path: str) -> list[str]:
    """The assets that refer to `logical_path`, or have it for their source map, sorted."""
    return sorted(
        path for path, entry in manifest.assets.items() if logical_path in entry.references or entry.map == logical_path
    )
