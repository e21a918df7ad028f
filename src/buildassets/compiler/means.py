"""The means of a build: its request, its cache, and what follows from both, such as engines and budgets."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from buildassets.compiler.cache.file_digests import FileDigests
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config, Retain
from buildassets.compiler.engines.protocol import KnownEngine
from buildassets.compiler.model import Named, Stored
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.stage_times import StageTimes
from buildassets.compiler.transform.draft_cache import names_for, step_name
from buildassets.compiler.transform.engine_set import EngineSet, RunningEngines
from buildassets.compiler.transform.sass_ahead import SassAhead
from buildassets.compiler.transform.scheduler import BYTES_PER_WORKER, Drafts, drafting
from buildassets.compiler.write.budgets import Budgets
from buildassets.compiler.write.retain import Retaining
from buildassets.foundation.frozen import field, frozen_by_name, replace
from buildassets.foundation.media import DELTA
from buildassets.foundation.paths import LogicalPath

if TYPE_CHECKING:
    from buildassets.compiler.write.release_directory import KnownFiles, ReleaseWriter


@frozen_by_name
class Means:
    """A request for a build, what was opened for it, and what follows from both.

    `sass` has begun with one sheet, while the rest was loaded. `ending` waits until engines have ended; without it that
    is waited for at once.
    """

    request: BuildRequest
    cache: Cache | None = None
    sass: SassAhead | None = None
    ending: ExitStack | None = None
    times: StageTimes = field(default_factory=StageTimes)

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.request.config

    @property
    def is_production(self) -> bool:
        """Whether the build is for production."""
        return self.request.mode == "production"

    @property
    def retaining(self) -> Retaining | None:
        """The rules by which earlier releases are retained; None if none are."""
        limits = self.config.retain or (Retain() if self.request.previous else None)
        return Retaining(limits, self.request.clock) if limits and self.is_production else None

    @property
    def is_lasting(self) -> bool:
        """Whether the release has to survive a power cut; not in development, where nobody would wait for that."""
        return self.is_production

    @property
    def makes_deltas(self) -> bool:
        """Whether the release gets deltas against files of earlier releases."""
        return DELTA in self.config.compress and self.is_production

    def digest_of(self, path: str) -> str:
        """The digest of the file at `path`."""
        return (self.cache.files if self.cache else FileDigests({})).of(path)

    def budgets(self, assets: Collection[LogicalPath]) -> Budgets:
        """The budgets of `assets`; none in development, which does not minify them."""
        return Budgets(self.config if self.is_production else replace(self.config, budgets={}), assets)

    @contextmanager
    def engines(self, ahead: SassAhead | None = None) -> Iterator[EngineSet]:
        """The engines of the configuration, started; Sass begins `ahead` of the others. Raises BuildError."""
        config, mode = self.config, self.request.mode
        first = ahead.begin if ahead and self.request.away is None else _nothing
        if self.request.engines is None:
            with ExitStack() as ends:
                running = ends.enter_context(closing(RunningEngines()))
                yield running.started(config, mode, first, ahead.engine if ahead else None)
                if self.ending is not None:
                    self._end_meanwhile(ends.pop_all(), self.ending)
            return
        engines = self.request.engines.started(config, mode, first)
        try:
            yield engines
        finally:
            engines.end_ahead()

    def _end_meanwhile(self, engines: ExitStack, ending: ExitStack) -> None:
        """Close `engines` in a thread: the release need not wait for their processes, which takes 10 ms."""
        thread = Thread(target=engines.close)
        try:
            thread.start()
        except RuntimeError:  # there may be no more threads
            engines.close()
        else:
            ending.callback(thread.join)

    def begun_by(self, ahead: SassAhead | None) -> LogicalPath | None:
        """The sheet that Sass began with, if there is one; the cache gets to know since when."""
        if ahead is None or ahead.begun is None:
            return None
        if self.cache:
            name = step_name(ahead.begun.logical, ahead.begun.path, names_for(self.config))
            self.cache.note_begin(name, ahead.began_ns)
        return ahead.begun.logical

    def drafting(self, engines: EngineSet, begun: LogicalPath | None = None) -> AbstractContextManager[Drafts]:
        """The function that makes drafts, or takes them from the cache; Sass is at work on the `begun` one."""
        return drafting(
            engines,
            self.config,
            mode=self.request.mode,
            executor=self.request.executor,
            cache=self.cache,
            bytes_per_worker=self.request.bytes_per_worker or BYTES_PER_WORKER,
            begun=begun,
            away=self.request.away,
        )

    def timed(self, drafts_of: Drafts) -> Drafts:
        """The same function; the time that drafts take to come is counted."""
        return lambda sources: self.times.of_each("transform", drafts_of(sources))

    def store(
        self, release: "ReleaseWriter", assets: Iterable[Named], earlier: "KnownFiles"
    ) -> dict[LogicalPath, Stored]:
        """Add `assets` and their compressed copies to `release`. Raises OSError."""
        levels = {coding: level for coding, level in self.config.compress.items() if coding != DELTA}
        return release.store(
            assets,
            self.config.integrity,
            levels if self.is_production else {},
            earlier,
            executor=self.request.executor,
            cache=self.cache,
            progress=self.request.progress,
            away=self.request.away,
            times=self.times,
        )


def _nothing(_: KnownEngine) -> None:
    """Begin nothing ahead."""
