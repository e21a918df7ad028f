"""Has Sass begin with a sheet before its draft is made: Sass takes longest, and leaves a core idle until it is asked.

The draft that is made later sends the same input to the engine, which then takes the result; with any other input the
work was in vain. So nothing but time depends on what is begun here. Who chooses the sheet knows more or less of the
build: all its sources, as `ahead_of_sources` does, or only what `incremental/sass_first.py` takes. Imports little: that
needs it before a build is loaded.
"""

import time
from collections.abc import Collection, Iterable
from typing import NamedTuple

from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.protocol import EngineInput, KnownEngine, StartsAhead
from buildassets.compiler.languages.directives import read_header
from buildassets.compiler.languages.utf8 import decoded
from buildassets.compiler.model import Source
from buildassets.compiler.sources.globs import named_by
from buildassets.compiler.transform.draft_cache import names_for, step_name
from buildassets.compiler.transform.sass_globs import with_globs_written_out
from buildassets.disk.files import content_of
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.media import is_sass
from buildassets.foundation.paths import LogicalPath


class SheetAhead(NamedTuple):
    """A source that Sass compiles: its asset, its absolute path, and what the user calls it."""

    logical: LogicalPath
    path: str
    shown: str


class SassAhead:
    """A sheet that Sass begins with; without a `sheet` it only starts.

    `begun` is that sheet once Sass has begun with it, at the time `began_ns`. `engine` is the one that does, if it was
    started for this; whoever started it ends it.
    """

    def __init__(self, config: Config, sheet: SheetAhead | None, engine: KnownEngine | None = None) -> None:
        self.sheet = sheet
        self.engine = engine
        self.begun: SheetAhead | None = None
        self.began_ns = 0
        self._config = config

    def begin(self, engine: KnownEngine) -> None:
        """Have `engine` begin with the sheet, unless it has already."""
        if self.begun is not None or not isinstance(engine, StartsAhead):
            return
        self.began_ns = time.time_ns()
        given = sass_input(self.sheet.path, self.sheet.shown, self._config) if self.sheet else None
        if engine.start_ahead(given):
            self.begun = self.sheet


def ahead_of_sources(
    config: Config, cache: Cache | None, sources: Iterable[Source], changed: Collection[str] = ()
) -> SassAhead | None:
    """Sass with the first of `sources` that it surely has to compile; None if there is nothing for it to do.

    That is a sheet of which no draft is kept, or one that reads a `changed` file: these are the paths of the files that
    changed since the last build, if that is known.
    """
    names = names_for(config)

    def is_stale(source: Source) -> bool:
        if cache is None:
            return True
        step = step_name(source.logical, source.path, names)
        return not cache.knows(step) or cache.has_read(step, changed)

    # A command of the project may compile sheets in place of the engine.
    sheets = [] if config.commands else [source for source in sources if _is_sheet(source) and is_stale(source)]
    if not sheets:
        return None
    released = [SheetAhead(sheet.logical, sheet.path, sheet.shown) for sheet in _released(config, sheets)]
    return SassAhead(config, released[0] if released else None)


def _is_sheet(source: Source) -> bool:
    return is_sass(source.path) and not source.uncompiled and not source.keeps_name and source.recipe is None


def _released(config: Config, sources: list[Source]) -> list[Source]:
    """Those of `sources` that are surely released."""
    if not config.entries:
        return sources
    paths = [source.logical for source in sources]
    named = {path for pattern in config.entries for path in named_by(pattern, paths)}
    return [source for source in sources if source.logical in named]


def sass_input(path: str, shown: str, config: Config) -> EngineInput | None:
    """The input of Sass for the sheet at the absolute `path`, called `shown`; None if it cannot be read."""
    try:
        text = decoded(content_of(path), shown)
    except OSError:
        return None
    if isinstance(text, Diagnostic):
        return None
    if config.directives:
        text = read_header(text, shown).text
    if "*" in text:
        text, _ = with_globs_written_out(text, path)
    return EngineInput(text, path, shown, bool(config.source_maps))
