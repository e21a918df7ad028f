"""The means of a build: its request, its cache, and what follows from both, such as engines."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, TypeAlias

from buildassets.compiler.cache.file_digests import FileDigests
from buildassets.compiler.cache.remote.store import RemoteUse
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config
from buildassets.compiler.kept import Kept
from buildassets.compiler.model import Named, Stored
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.stage_times import StageTimes
from buildassets.compiler.transform.draft_cache import names_for
from buildassets.compiler.transform.engine_set import EngineSet, RunningEngines
from buildassets.compiler.transform.scheduler import BYTES_PER_WORKER, Drafts, drafting
from buildassets.compiler.write.precompressed import Copying
from buildassets.disk.tools_folder import copies_folder
from buildassets.foundation.diagnostics import Diagnostic
from buildassets.foundation.frozen import field, frozen_by_name
from buildassets.foundation.media import DELTA
from buildassets.foundation.paths import LogicalPath

if TYPE_CHECKING:
    from buildassets.compiler.cache.remote.remote import RemoteCache
    from buildassets.compiler.write.release_directory import KnownFiles, ReleaseWriter

RemoteReport: TypeAlias = tuple[RemoteUse, list[Diagnostic]]
"""The use of a remote cache, and what there is to report of it."""


@frozen_by_name
class Means:
    """A request for a build, what was opened for it, and what follows from both."""

    request: BuildRequest
    cache: Cache | None = None
    kept: Kept = field(default_factory=Kept)
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

    @contextmanager
    def engines(self) -> Iterator[EngineSet]:
        """The engines of the configuration, started. Raises BuildError."""
        if self.request.engines is not None:
            yield self.request.engines.started(self.config, self.request.mode)
            return
        with closing(RunningEngines()) as running:
            yield running.started(self.config, self.request.mode)

    def drafting(self, engines: EngineSet) -> AbstractContextManager[Drafts]:
        """The function that makes drafts, or takes them from the cache."""
        return drafting(
            engines,
            self.config,
            mode=self.request.mode,
            executor=self.request.executor,
            cache=self.cache,
            bytes_per_worker=self.request.bytes_per_worker or BYTES_PER_WORKER,
            away=self.request.away,
        )

    def timed(self, drafts_of: Drafts) -> Drafts:
        """The same function; the time that drafts take to come is counted."""
        return lambda sources: self.times.of_each("transform", drafts_of(sources))

    def store(
        self,
        release: "ReleaseWriter",
        assets: Iterable[Named],
        earlier: "KnownFiles",
        *,
        others: Mapping[LogicalPath, str],
        plain: Collection[LogicalPath],
    ) -> dict[LogicalPath, Stored]:
        """Add `assets` and their compressed copies to `release`, where the files of `others` are already.

        Those in `plain` keep their own names. Raises OSError.
        """
        levels = {coding: level for coding, level in self.config.compress.items() if coding != DELTA}
        copying = Copying(
            levels=levels if self.is_production else {},
            executor=self.request.executor,
            away=self.request.away,
            cache=self.cache,
            shared=copies_folder() if self.cache else None,
            progress=self.request.progress,
            times=self.times,
        )
        return release.store(assets, self.config.integrity, earlier, copying, others=others, plain=plain)


@contextmanager
def opened_cache(request: BuildRequest, reported: list[RemoteReport]) -> Iterator[Cache | None]:
    """The cache of the request, and the remote one behind it. It is saved at the end, also after an interrupt.

    What there is to report of the remote one is added to `reported`. Raises ConfigError if its keys cannot be read.
    """
    if request.cache is None:
        yield None
        return
    config = request.config
    remote = _remote(config, writes=request.cache_write) if config.cache.remote else None
    cache = Cache(request.cache, names=names_for(config), remote=remote, shared=request.shared)
    is_done = False
    try:
        yield cache
        is_done = True
    finally:
        cache.save()
        cache.share(config.folder)
        if remote is not None:
            reported.append(remote.close(waits=is_done))


def _remote(config: Config, *, writes: bool) -> "RemoteCache | None":
    from buildassets.compiler.cache.remote.remote import remote_cache  # most builds have none

    return remote_cache(config, writes=writes)
