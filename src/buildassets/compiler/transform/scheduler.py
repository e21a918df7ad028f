"""Decides where each draft of a build is made: cache, this process, or a thread that waits for another process.

Takes sources, gives their drafts. The place affects the duration and nothing else.
"""

import os
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from buildassets.compiler.cache.file_digests import FileDigests
from buildassets.compiler.cache.store import Cache
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.engines.registry import known_of
from buildassets.compiler.languages.native.library import FileRead, is_native
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.transform.draft import drafted
from buildassets.compiler.transform.draft_cache import KeptDrafts
from buildassets.compiler.transform.engine_set import EngineSet, needs_sass
from buildassets.compiler.transform.jobs import IN_FLIGHT_BYTES, Drafted, Job, UnstartableError
from buildassets.compiler.transform.read_ahead import read_ahead
from buildassets.compiler.transform.recipes import making_by
from buildassets.foundation.diagnostics import printable
from buildassets.foundation.paths import LogicalPath
from buildassets.work.jobs import Room, cores

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future  # 10 ms

    from buildassets.compiler.executors.away import Away
    from buildassets.compiler.transform.elsewhere import Elsewhere
    from buildassets.compiler.transform.worker_pool import Workers

# A worker is ready after 0.1 s of CPU time. For so many bytes a minifier and its proof take 0.3 s or more in Python.
BYTES_PER_WORKER: Final = 800_000
# With the native lexers the proofs, and the checks of what esbuild made, take a tenth of that: no worker pays before
# there is a few times as much.
NATIVE_BYTES_PER_WORKER: Final = 7 * BYTES_PER_WORKER
# Variants of pictures that are made at the same time have room for 1.5 times the pixels of the largest picture for each
# worker, with the 4 bytes that Pillow needs for a pixel; and the least, which a machine has for each core.
_ROOM_PER_PIXEL_BYTES: Final = 6
_LEAST_ROOM_BYTES: Final = 1 << 28
LEAST_COMPILED_BYTES: Final = 100_000  # a compiled source reads others, so its own size is a poor measure

Drafts = Callable[[Sequence[Source]], Iterator[Draft]]


@contextmanager
def drafting(
    engines: EngineSet,
    config: Config,
    *,
    mode: Mode,
    executor: "Executor | None",
    cache: Cache | None,
    bytes_per_worker: int = BYTES_PER_WORKER,
    away: "Away | None" = None,
) -> Iterator[Drafts]:
    """A function that gives the drafts of sources: first those made here, in order, then those made elsewhere.

    Threads of `executor` wait for Sass and esbuild, which run in separate processes, or for workers. These are started
    if the sources without a draft in `cache` have `bytes_per_worker` for each of at least two of them. If there is an
    executor `away`, it makes the drafts of all these instead, but for those that commands of the project make.
    """
    kept = None if cache is None else KeptDrafts(cache, config, engines)
    made = partial(drafted, engines=engines, directives=config.directives)
    elsewhere = _elsewhere(away, engines, config, mode, cache=cache) if away else None
    with closing(
        _Drafting(
            engines,
            made,
            kept,
            executor,
            start_workers=partial(_workers, config, mode),
            bytes_per_worker=bytes_per_worker,
            elsewhere=elsewhere,
        )
    ) as started:
        yield started.drafts


def _workers(config: Config, mode: Mode) -> "Workers":
    from buildassets.compiler.transform.worker_pool import Workers, settings_of  # 6 ms

    return Workers(*settings_of(config, mode))


def _elsewhere(away: "Away", engines: EngineSet, config: Config, mode: Mode, *, cache: Cache | None) -> "Elsewhere":
    from buildassets.compiler.transform.elsewhere import Elsewhere

    return Elsewhere(away, engines, config, mode, digest_of=(cache.files if cache else FileDigests({})).of)


class _Make(Protocol):
    def __call__(self, source: Source, *, ahead: FileRead | None = None) -> Draft: ...


class _Drafting:
    def __init__(
        self,
        engines: EngineSet,
        made: _Make,
        kept: KeptDrafts | None,
        executor: "Executor | None",
        *,
        start_workers: "Callable[[], Workers]",
        bytes_per_worker: int,
        elsewhere: "Elsewhere | None",
    ) -> None:
        self._engines = engines
        self._made = made
        self._kept = kept
        self._executor = executor
        self._elsewhere = elsewhere
        self._start_workers = start_workers
        self._workers: Workers | None = None  # until there is enough work for them
        self._bytes_per_worker = bytes_per_worker
        self._waiting: list[deque[Job]] = []
        self._futures: list[Future[None]] = []
        self._answers: SimpleQueue[Drafted | BaseException] = SimpleQueue()

    def drafts(self, sources: Sequence[Source]) -> Iterator[Draft]:
        worked_on = {source.logical for source in sources if self._engines.have_work(source)}
        for_engines = [source for source in sources if source.logical in worked_on]
        if self._kept:
            self._kept.fetch(for_engines)
        began_ns = self._kept.now() if self._kept else 0
        away = self._sent_away(for_engines) if self._elsewhere or len(sources) > 1 else ()
        here = [source for source in sources if source.logical not in away]
        for source, ahead in read_ahead(here, lambda source: source.logical not in worked_on):
            if source.logical in worked_on:
                yield self._draft(source)
            else:
                yield self._made(source, ahead=ahead)
        answers: dict[LogicalPath, Drafted] = {}
        since = monotonic()
        for number, path in enumerate(away, 1):
            while path not in answers:
                # The keys of the cache can take 40 ms. Before the last answer there is a core without work.
                if self._kept and number + len(answers) == len(away):
                    self._kept.prepare(source for source in sources if source.logical in away)
                answer = self._answers.get()
                if isinstance(answer, BaseException):
                    raise answer
                answers[answer.draft.source.logical] = answer
            seconds, since = monotonic() - since, monotonic()
            yield self._taken_in(answers.pop(path), began_ns, seconds)

    def close(self) -> None:
        """Stop all threads and workers."""
        try:
            if self._workers:
                self._workers.close()
        finally:  # also when a second signal interrupts this
            for jobs in self._waiting:
                jobs.clear()
            for future in self._futures:
                future.cancel()

    def _draft(self, source: Source) -> Draft:
        return self._made(source) if self._kept is None else self._kept.draft(source, self._made)

    def _taken_in(self, answer: Drafted, began_ns: int, seconds: float) -> Draft:
        if answer.printed:
            lines = answer.printed.removesuffix("\n").split("\n")
            with suppress(OSError):  # the report of the build meets the same error
                sys.stderr.write("".join(f"{printable(line)}\n" for line in lines))
        if self._kept is not None:
            self._kept.keep(answer.draft, began_ns, seconds)
        return answer.draft

    def _sent_away(self, sources: Sequence[Source]) -> Collection[LogicalPath]:
        """Have threads draft some of `sources`, on which engines work; returns the names in the order of waiting."""
        stale = [source for source in sources if not self._is_kept(source)]
        commanded = {source.logical: source for source in stale if self._engines.command(source) is not None}
        jobs = [self._job(source) for source in stale if source.logical not in commanded]
        if self._elsewhere and jobs and (threads := self._elsewhere.threads):
            sent = self._begin_elsewhere(self._elsewhere, threads, jobs)
        elif self._executor is not None:
            sent = self._begin_here(self._executor, jobs)
        else:
            return ()
        return dict.fromkeys([*sent, *self._begin_programs(list(commanded.values()))])

    def _begin_elsewhere(self, elsewhere: "Elsewhere", threads: "Executor", jobs: Sequence[Job]) -> list[LogicalPath]:
        """Have `threads` wait for an executor that drafts the sources of `jobs`."""
        waiting = deque(sorted(jobs, key=lambda job: -job.size_bytes if job.size_bytes > IN_FLIGHT_BYTES else 0))
        self._waiting.append(waiting)
        size_bytes = sum(job.size_bytes for job in jobs)
        work = partial(elsewhere.work_off, size_bytes=size_bytes, deliver=self._answers.put, here=self._here)
        names = [job.source.logical for job in waiting]
        for _ in range(min(len(jobs), elsewhere.width)):
            self._futures.append(threads.submit(self._work_off, waiting, work))
        return names

    def _begin_programs(self, commanded: Sequence[Source]) -> list[LogicalPath]:
        """Have threads wait for the programs that make the drafts of `commanded`."""
        if self._executor is None:
            return []
        programs = deque(Job(source, 0) for source in commanded)  # for which no worker need wait
        self._waiting.append(programs)
        for _ in commanded:
            self._futures.append(self._executor.submit(self._work_off, programs, self._here))
        return [source.logical for source in commanded]

    def _begin_here(self, executor: "Executor", jobs: list[Job]) -> list[LogicalPath]:
        """Have threads of `executor` draft the sources of `jobs` that workers or other programs are started for."""
        count = self._workers_for(jobs)
        jobs = [job for job in jobs if count or self._waits(job.source)]
        jobs.sort(key=_order_for_workers if count else _order_of_waiting)
        waiting = deque(jobs)
        self._waiting.append(waiting)
        work = (
            partial(self._in_workers, self._started_workers(), _room_for(jobs, min(count, cores())))
            if count
            else self._here
        )
        for _ in range(count or len(jobs)):
            self._futures.append(executor.submit(self._work_off, waiting, work))
        # Sheets come last: bundles of the others are joined while Sass is at work.
        jobs.sort(key=lambda job: needs_sass(job.source))
        return [job.source.logical for job in jobs]

    def _is_kept(self, source: Source) -> bool:
        return self._kept is not None and self._kept.holds(source)

    def _job(self, source: Source) -> Job:
        memory_bytes = making_by(source.recipe).memory_bytes(source.recipe) if source.recipe else 0
        return Job(source, self._size_bytes(source), memory_bytes)

    def _size_bytes(self, source: Source) -> int:
        if source.recipe is not None:
            return max(BYTES_PER_WORKER, making_by(source.recipe).work_bytes(source.recipe))
        try:
            size_bytes = os.stat(source.path).st_size
        except OSError:
            size_bytes = 0
        compiler = self._engines.compiler(source)
        is_slow = compiler is not None and compiler[1] is not self._engines.typed  # which takes 1 ms for 5 kB
        is_slow = is_slow or self._engines.tailwind_of(source) is not None
        return max(size_bytes, LEAST_COMPILED_BYTES) if is_slow else size_bytes

    def _workers_for(self, jobs: Sequence[Job]) -> int:
        """The number of workers that are worthwhile for `jobs`; running ones cost nothing more."""
        count = sum(map(self._work_bytes, jobs)) // max(1, self._bytes_per_worker)
        count = min(len(jobs), max(count, self._workers.waiting if self._workers else 0))
        return count if count > 1 else 0

    def _work_bytes(self, job: Job) -> int:
        """The size of a source, reduced if native lexers need less time for it."""
        minifier = self._engines.minifier_of(job.source)
        is_fast = minifier is not None and known_of(minifier.name).is_fast_natively
        if not is_fast or self._engines.compiler(job.source) is not None or not is_native():
            return job.size_bytes
        return max(1, job.size_bytes * BYTES_PER_WORKER // NATIVE_BYTES_PER_WORKER)

    def _waits(self, source: Source) -> bool:
        """Whether a thread would wait for another program: a compiler, or esbuild to minify or to check a script."""
        minifier = self._engines.minifier_of(source)
        is_minified = minifier is not None and known_of(minifier.name).runs_apart
        is_checked = self._engines.grammar_of(source) is not None
        return needs_sass(source) or is_minified or is_checked or self._engines.tailwind_of(source) is not None

    def _work_off(self, jobs: deque[Job], work: Callable[[deque[Job]], None]) -> None:
        """Run `work` in a thread, and pass a failure on to the thread that waits for answers."""
        try:
            work(jobs)
        except BaseException as fault:
            self._answers.put(fault)

    def _started_workers(self) -> "Workers":
        if self._workers is None:
            self._workers = self._start_workers()
        return self._workers

    def _in_workers(self, workers: "Workers", room: Room, jobs: deque[Job]) -> None:
        try:
            workers.work_off(jobs, self._answers.put, room)
        except UnstartableError:
            self._here(jobs)

    def _here(self, jobs: deque[Job]) -> None:
        while jobs:
            try:
                source = jobs.popleft().source
            except IndexError:  # another thread was faster
                return
            self._answers.put(Drafted(self._made(source)))


def _room_for(jobs: Sequence[Job], count: int) -> Room:
    """The memory in which `count` workers make variants of pictures; one that needs more is made alone."""
    pixels = max((job.source.variant.source_pixels for job in jobs if job.source.variant), default=0)
    return Room(count * max(_LEAST_ROOM_BYTES, pixels * _ROOM_PER_PIXEL_BYTES))


def _order_for_workers(job: Job) -> tuple[int, bool]:
    """A long one that is started last would delay the end of the build."""
    return -job.size_bytes if job.size_bytes > IN_FLIGHT_BYTES else 0, not needs_sass(job.source)


def _order_of_waiting(job: Job) -> tuple[bool, int]:
    """Sass first: it takes longest for its size, and the thread that waits for it leaves this process to the others."""
    return not needs_sass(job.source), -job.size_bytes
