"""Has Sass begin with a sheet that `entries` names, before anything else of a first build.

Looks for the sheet on the disk. Imports little: a build takes longer to load than all its work but that of Sass.
"""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.registry import BUILT_IN, start_engine
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.transform.sass_ahead import SassAhead, SheetAhead
from buildassets.errors import BuildError
from buildassets.foundation.media import SASS_SUFFIXES
from buildassets.foundation.paths import LogicalPath


@contextmanager
def sass_first(request: BuildRequest) -> Iterator[SassAhead | None]:
    """Sass at work until the block ends, if nothing is kept in the cache and `entries` names a sheet for it.

    Where engines run already, or elsewhere, there is none. If the engine cannot start, the build reports that. One of
    another package may not bear to be closed twice, by the build and here.
    """
    config = request.config
    is_for_others = request.engines or request.away or _may_hold_drafts(request.cache, config)
    sheet = None if is_for_others else named_sheet(config)
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
