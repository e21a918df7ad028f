"""Has Sass begin with a sheet before anything else of a build: one that a changed file belongs to, or one of `entries`.

Takes the last build, whose record names the sheet; without one, looks for it on the disk. Imports little: a build takes
longer to load than all its work but that of Sass.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.registry import BUILT_IN, start_engine
from buildassets.compiler.incremental.dependency_record import loaded
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.transform.sass_ahead import SassAhead, SheetAhead
from buildassets.disk.folders import path_below
from buildassets.errors import BuildError
from buildassets.foundation.media import SASS_SUFFIXES, is_sass
from buildassets.foundation.paths import LogicalPath

if TYPE_CHECKING:
    from buildassets.compiler.result import LastBuild


@contextmanager
def sass_first(request: BuildRequest, last: "LastBuild | None") -> Iterator[SassAhead | None]:
    """Sass at work until the block ends, if there is a sheet for it that changed since the `last` build.

    Without a last build, and with nothing kept in the cache, it is one that `entries` names. Where engines run already,
    or elsewhere, there is none. If the engine cannot start, the build reports that. One of another package may not bear
    to be closed twice, by the build and here.
    """
    config = request.config
    sheet = None if request.engines or request.away else _first_sheet(config, last, request.cache)
    if sheet is None or config.engines.scss not in BUILT_IN:
        yield None
        return
    try:
        engine = start_engine(config.engines.scss, config.engine_options)
    except BuildError:
        yield None
        return
    with closing(engine):
        sass = SassAhead(config, sheet, engine)
        sass.begin(engine)
        yield sass


def _first_sheet(config: Config, last: "LastBuild | None", cache: str | None) -> SheetAhead | None:
    if last is not None:
        return changed_sheet(config, last)
    return None if _may_hold_drafts(cache, config) else named_sheet(config)


def _may_hold_drafts(cache: str | None, config: Config) -> bool:
    """Whether drafts may be kept in the folder `cache`, or in a remote cache."""
    try:
        return cache is not None and (bool(config.cache.remote) or bool(os.listdir(cache)))
    except OSError:
        return False


def named_sheet(config: Config) -> SheetAhead | None:
    """The first sheet that `entries` names without a wildcard and that is there for Sass to compile."""
    if config.commands:  # one of which may compile sheets in place of the engine
        return None
    roots = [root for root in config.sources if not root.npm and not root.manifest]
    for entry in config.entries:
        for root in roots if entry.endswith(".css") else ():
            start = f"{root.prefix}/" if root.prefix else ""
            stem = entry.removesuffix(".css").removeprefix(start)
            for suffix in SASS_SUFFIXES if entry.startswith(start) else ():
                path = os.path.join(root.path, stem.replace("/", os.sep) + suffix)
                if os.path.isfile(path) and os.path.normpath(path) == path:
                    return SheetAhead(LogicalPath(entry), path, f"{root.shown_prefix}{stem}{suffix}")
    return None


def changed_sheet(config: Config, last: "LastBuild") -> SheetAhead | None:
    """The first sheet of the `last` build that has to be compiled again; None if there is none."""
    changed = [path for path in last.changed if is_sass(path)]
    if config.commands or not changed:  # a command may compile sheets in place of the engine
        return None
    try:
        record = loaded(last.record)
        for logical in sorted({logical for path in changed for logical in record.assets_from(path)}):
            asset = record[logical]
            if is_sass(asset.path) and 0 <= asset.root < len(config.sources):
                root = config.sources[asset.root]
                relative = path_below(root.path, asset.path)
                if relative is not None and os.path.normpath(asset.path) == asset.path:
                    return SheetAhead(logical, asset.path, root.shown_prefix + relative)
    except ValueError:  # it is damaged, which the rebuild finds, too
        return None
    return None
