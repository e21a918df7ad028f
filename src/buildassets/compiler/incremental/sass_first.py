"""Has Sass begin with a sheet before anything else of a build: one that a changed file belongs to, or one of `entries`.

Takes the last build, whose record names the sheet; without one, looks for it on the disk. The draft that is made later
sends the same input to the engine, which then takes the result; with any other input the work was in vain. So nothing
but time depends on what is begun here. Imports little: a build takes longer to load than all its work but that of Sass.
"""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from buildassets.compiler.engines.protocol import KnownEngine, StartsAhead
from buildassets.compiler.incremental.dependency_record import Record, loaded
from buildassets.compiler.transform.sass_input import sass_input
from buildassets.errors import BuildError
from buildassets.folders import path_below
from buildassets.media import SASS_SUFFIXES, is_sass
from buildassets.paths import LogicalPath

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.result import LastBuild


class Sheet(NamedTuple):
    """A source that Sass compiles: its asset, its absolute path, and what the user calls it."""

    logical: LogicalPath
    path: str
    shown: str


class SassFirst:
    """Sass, and the sheet that it begins with.

    `engine` is the one that was started here, which `close` ends. `sheet` is what it can begin with, if there is any;
    `begun` is the same once it has, at the time `began_ns`. `record` is that of the last build, if it was needed.
    """

    def __init__(self, config: "Config", last: "LastBuild | None") -> None:
        self.engine: KnownEngine | None = None
        self.begun: Sheet | None = None
        self.began_ns = 0
        self.record = _record(config, last) if last else None
        self._config = config
        self.sheet = changed_sheet(config, last, self.record) if last and self.record else None
        if last is None:
            self.sheet = named_sheet(config)

    def start(self) -> None:
        """Start the engine, if there is a sheet for it and it is built in. If it cannot start, the build reports that.

        One of another package may not bear to be closed twice, by the build and here.
        """
        if self.sheet is not None and self.engine is None:
            from buildassets.compiler.engines.registry import BUILT_IN, start_engine

            if self._config.engines.scss not in BUILT_IN:
                return
            try:
                self.engine = start_engine(self._config.engines.scss, self._config.engine_options)
            except BuildError:
                return
            self.begin(self.engine)

    def begin(self, engine: KnownEngine) -> None:
        """Have `engine` begin with the sheet, unless it has already."""
        if self.sheet is None or self.begun is not None or not isinstance(engine, StartsAhead):
            return
        self.began_ns = time.time_ns()
        if engine.start_ahead(sass_input(self.sheet.path, self.sheet.shown, self._config)):
            self.begun = self.sheet

    def close(self) -> None:
        """End the engine."""
        if self.engine is not None:
            self.engine.close()


@contextmanager
def sass_first(config: "Config", last: "LastBuild | None", cache: str | None) -> Iterator[SassFirst | None]:
    """Sass at work until the block ends, if there is a sheet for it that changed since the `last` build.

    Without a last build, and with nothing kept in the folder `cache`, it is one that `entries` names.
    """
    if last is None and _may_hold_drafts(cache, config):
        yield None
        return
    with closing(SassFirst(config, last)) as sass:
        sass.start()
        yield sass


def _may_hold_drafts(cache: str | None, config: "Config") -> bool:
    """Whether drafts may be kept in the folder `cache`, or in a remote cache."""
    try:
        return cache is not None and (bool(config.cache.remote) or bool(os.listdir(cache)))
    except OSError:
        return False


def named_sheet(config: "Config") -> Sheet | None:
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
                    return Sheet(LogicalPath(entry), path, f"{root.shown_prefix}{stem}{suffix}")
    return None


def _record(config: "Config", last: "LastBuild") -> Record | None:
    """The record of the `last` build, if a file in Sass has changed since."""
    if config.commands or not any(map(is_sass, last.changed)):  # a command may compile sheets in place of the engine
        return None
    try:
        return loaded(last.record)
    except ValueError:
        return None


def changed_sheet(config: "Config", last: "LastBuild", record: Record) -> Sheet | None:
    """The first sheet of the `last` build, with that `record`, that has to be compiled again; None if there is none."""
    changed = [path for path in last.changed if is_sass(path)]
    for logical in sorted({logical for path in changed for logical in record.made_of(path)}):
        try:
            asset = record[logical]
        except ValueError:
            return None
        if is_sass(asset.path) and 0 <= asset.root < len(config.sources):
            root = config.sources[asset.root]
            relative = path_below(root.path, asset.path)
            if relative is not None and os.path.normpath(asset.path) == asset.path:
                return Sheet(logical, asset.path, root.shown_prefix + relative)
    return None
