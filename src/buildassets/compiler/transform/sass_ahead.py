"""Has Sass begin with a sheet as soon as the configuration and the sources are known, before all else is imported.

Takes sources and the Sass engine. The draft that is made later sends the same input to the engine, which then takes the
result; with any other input the work was in vain. So nothing but time depends on what is begun here.
"""

from collections.abc import Collection, Iterable

from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config
from buildassets.compiler.engines.protocol import KnownEngine, StartsAhead
from buildassets.compiler.model import Source
from buildassets.compiler.sources.globs import named_by
from buildassets.compiler.transform.draft_cache import names_for, step_name
from buildassets.compiler.transform.engine_set import needs_sass
from buildassets.compiler.transform.sass_input import sass_input
from buildassets.paths import LogicalPath


class SassAhead:
    """Begins with one of `sources`: a sheet of which no draft is kept, or one that reads a `changed` file.

    `changed` are the paths of the files that changed since the last build, if that is known. `begun` is the sheet that
    was begun with.
    """

    def __init__(
        self, config: Config, cache: Cache | None, sources: Iterable[Source], changed: Collection[str] = ()
    ) -> None:
        self.begun: LogicalPath | None = None
        self._config = config
        self._cache = cache
        self._names = names_for(config)
        self._changed = changed
        # A command of the project may compile sheets in place of the engine.
        self._sheets = [] if config.commands else [source for source in sources if _is_sheet(source)]

    def begin(self, engine: KnownEngine) -> None:
        """Have `engine` begin with the first sheet that has to be compiled, or just start if it is not sure which."""
        if not isinstance(engine, StartsAhead):
            return
        stale = [source for source in self._sheets if self._is_stale(source)]
        if not stale:
            return
        wanted = _named(self._config, stale)
        given = sass_input(wanted[0].path, wanted[0].shown, self._config) if wanted else None
        began_ns = self._cache.now() if self._cache else 0
        if not engine.start_ahead(given):
            return
        self.begun = wanted[0].logical
        if self._cache is not None:
            self._cache.note_begin(step_name(wanted[0].logical, wanted[0].path, self._names), began_ns)

    def _is_stale(self, source: Source) -> bool:
        if self._cache is None:
            return True
        step = step_name(source.logical, source.path, self._names)
        return not self._cache.knows(step) or self._cache.has_read(step, self._changed)


def _is_sheet(source: Source) -> bool:
    return needs_sass(source) and not source.uncompiled and not source.keeps_name and source.variant is None


def _named(config: Config, sources: list[Source]) -> list[Source]:
    """Those of `sources` that are surely released."""
    if not config.entries:
        return sources
    paths = [source.logical for source in sources]
    named = {path for pattern in config.entries for path in named_by(pattern, paths)}
    return [source for source in sources if source.logical in named]
