"""The arguments of a build in one value, and what follows from them: engines, drafts, budgets, retained releases."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from buildassets.compiler.cache.file_digests import FileDigests
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config, Mode, Retain
from buildassets.compiler.engines.protocol import KnownEngine
from buildassets.compiler.model import Named, Stored
from buildassets.compiler.stage_times import StageTimes
from buildassets.compiler.transform.draft_cache import names_for, step_name
from buildassets.compiler.transform.engine_set import EngineSet, RunningEngines
from buildassets.compiler.transform.sass_ahead import SassAhead
from buildassets.compiler.transform.scheduler import BYTES_PER_WORKER, Drafts, drafting
from buildassets.compiler.write.budgets import Budgets
from buildassets.compiler.write.clock import Clock, build_time
from buildassets.compiler.write.retain import Retaining
from buildassets.foundation.frozen import field, frozen_by_name, replace
from buildassets.foundation.media import DELTA
from buildassets.foundation.paths import LogicalPath

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from buildassets.compiler.executors.away import Away
    from buildassets.compiler.graph.walk import Progress
    from buildassets.compiler.write.carry import Previous
    from buildassets.compiler.write.release_directory import KnownFiles, ReleaseWriter


@frozen_by_name
class Means:
    """The arguments of a build, by name, and what follows from them."""

    mode: Mode
    executor: "Executor | None" = None
    progress: "Progress | None" = None
    cache: Cache | None = None
    running: RunningEngines | None = None
    bytes_per_worker: int = BYTES_PER_WORKER
    clock: Clock = build_time
    previous: "tuple[Previous, ...]" = ()
    compressing: "Progress | None" = None
    away: "Away | None" = None
    sass: SassAhead | None = None
    ending: ExitStack | None = None  # waits until engines have ended; without it that is waited for at once
    times: StageTimes = field(default_factory=StageTimes)

    def retaining(self, config: Config) -> Retaining | None:
        """The rules by which earlier releases are retained; None if none are."""
        limits = config.retain or (Retain() if self.previous else None)
        if limits is None or self.mode != "production":
            return None

        return Retaining(limits, self.clock)

    @property
    def is_lasting(self) -> bool:
        """Whether the release has to survive a power cut; not in development, where nobody would wait for that."""
        return self.mode == "production"

    def makes_deltas(self, config: Config) -> bool:
        """Whether the release gets deltas against files of earlier releases."""
        return DELTA in config.compress and self.mode == "production"

    def digest_of(self, path: str) -> str:
        """The digest of the file at `path`."""
        return (self.cache.files if self.cache else FileDigests({})).of(path)

    def budgets(self, config: Config, assets: Collection[LogicalPath]) -> Budgets:
        """The budgets of `assets`; none in development, which does not minify them."""
        return Budgets(config if self.mode == "production" else replace(config, budgets={}), assets)

    @contextmanager
    def engines(self, config: Config, ahead: SassAhead | None = None) -> Iterator[EngineSet]:
        """The engines that `config` names, started; Sass begins `ahead` of the others. Raises BuildError."""
        first = ahead.begin if ahead and self.away is None else _nothing
        if self.running is None:
            with ExitStack() as ends:
                running = ends.enter_context(closing(RunningEngines()))
                yield running.started(config, self.mode, first, ahead.engine if ahead else None)
                if self.ending is not None:
                    self._end_meanwhile(ends.pop_all(), self.ending)
            return
        engines = self.running.started(config, self.mode, first)
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

    def begun_by(self, ahead: SassAhead | None, config: Config) -> LogicalPath | None:
        """The sheet that Sass began with, if there is one; the cache gets to know since when."""
        if ahead is None or ahead.begun is None:
            return None
        if self.cache:
            self.cache.note_begin(step_name(ahead.begun.logical, ahead.begun.path, names_for(config)), ahead.began_ns)
        return ahead.begun.logical

    def drafting(
        self, config: Config, engines: EngineSet, begun: LogicalPath | None = None
    ) -> AbstractContextManager[Drafts]:
        """The function that makes drafts, or takes them from the cache; Sass is at work on the `begun` one."""
        return drafting(
            engines,
            config,
            mode=self.mode,
            executor=self.executor,
            cache=self.cache,
            bytes_per_worker=self.bytes_per_worker,
            begun=begun,
            away=self.away,
        )

    def timed(self, drafts_of: Drafts) -> Drafts:
        """The same function; the time that drafts take to come is counted."""
        return lambda sources: self.times.of_each("transform", drafts_of(sources))

    def store(
        self, config: Config, release: "ReleaseWriter", assets: Iterable[Named], earlier: "KnownFiles"
    ) -> dict[LogicalPath, Stored]:
        """Add `assets` and their compressed copies to `release`. Raises OSError."""
        levels = {coding: level for coding, level in config.compress.items() if coding != DELTA}
        levels = levels if self.mode == "production" else {}
        return release.store(
            assets,
            config.integrity,
            levels,
            earlier,
            executor=self.executor,
            cache=self.cache,
            progress=self.compressing,
            away=self.away,
        )


def _nothing(_: KnownEngine) -> None:
    """Begin nothing ahead."""
