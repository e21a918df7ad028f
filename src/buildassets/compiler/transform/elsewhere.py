"""Has drafts made by an executor elsewhere, and takes those that hold here.

Takes jobs and gives answers as workers do. What cannot be made elsewhere, or was made of other files or by other
engines, is made here.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import cached_property
from typing import Final

from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.executors.away import Away
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.transform.draft_job import (
    Answered,
    answers_of,
    draft_job,
    job_bytes,
    settings_bytes,
)
from buildassets.compiler.transform.engine_set import EngineSet
from buildassets.compiler.transform.jobs import Drafted, Job
from buildassets.compiler.transform.versions import used_versions, versions_of

_BATCH_BYTES: Final = 256_000  # of sources: 40 ms of work and more, of which a scheduler takes a few
_BATCH_JOBS: Final = 64
_BATCHES_EACH: Final = 3  # for each that works, so that the last ones end together


class Elsewhere:
    """The drafts of one build that `away` makes; `digest_of` gives the digests of files here."""

    def __init__(
        self, away: Away, engines: EngineSet, config: Config, mode: Mode, *, digest_of: Callable[[str], str]
    ) -> None:
        self._away = away
        self._engines = engines
        self._digest_of = digest_of
        self._config = config
        self._mode = mode

    @property
    def threads(self) -> Executor | None:
        """Threads that may wait for the executor; None if it is gone."""
        return self._away.threads

    @property
    def width(self) -> int:
        """How many threads are worth waiting at the same time."""
        return self._away.width

    def work_off(
        self, jobs: deque[Job], size_bytes: int, deliver: Callable[[Drafted], None], here: Callable[[deque[Job]], None]
    ) -> None:
        """Have the `jobs`, of `size_bytes` together, done elsewhere; those that come back are done by `here`.

        Other threads may take from `jobs` meanwhile.
        """
        most_bytes = min(_BATCH_BYTES, size_bytes // max(1, _BATCHES_EACH * self._away.width))
        while batch := _taken(jobs, most_bytes):
            found = {one.draft.source: one for one in self._drafted([job.source for job in batch])}
            for drafted in found.values():
                deliver(drafted)
            if left := deque(job for job in batch if job.source not in found):
                with self._away.here:
                    here(left)

    def _drafted(self, sources: Sequence[Source]) -> Iterator[Drafted]:
        digests = [self._digest_of(source.file) for source in sources]
        content = self._away.answer(draft_job, job_bytes(self._settings, self._versions, sources, digests))
        if content is None:
            return
        for answered in self._readable(content):
            if answered.drafted.draft.source in sources and self._holds(answered):
                yield answered.drafted

    def _readable(self, content: bytes) -> Iterable[Answered]:
        try:
            return answers_of(content)
        except ValueError as fault:
            self._away.give_up(str(fault))
            return ()

    def _holds(self, answered: Answered) -> bool:
        """Whether the same draft would be made here. A failed one is made again, unless its source crashes engines."""
        draft = answered.drafted.draft
        if draft.failed:
            return any(one.code == "engine/crash" for one in draft.diagnostics)
        if self._engines.linked.refuses(draft):
            return False
        return self._read_the_same(draft, answered) and used_versions(draft, self._engines) == dict(draft.engines)

    def _read_the_same(self, draft: Draft, answered: Answered) -> bool:
        return (
            all(self._digest_of(path) == answered.digests.get(path) for path in draft.inputs)
            and not any(map(os.path.lexists, draft.absences))
            and all(self._digest_of(found.name) == found.digest for found in draft.sets)
        )

    @cached_property
    def _settings(self) -> bytes:
        return settings_bytes(self._config, self._mode)

    @cached_property
    def _versions(self) -> dict[str, str]:
        return versions_of(self._engines)


def _taken(jobs: deque[Job], most_bytes: int) -> list[Job]:
    """Some of `jobs`: one at least, if any is left."""
    batch: list[Job] = []
    size_bytes = 0
    while len(batch) < _BATCH_JOBS:
        try:
            job = jobs.popleft()
        except IndexError:  # another thread was faster
            break
        if batch and size_bytes + job.size_bytes > most_bytes:
            jobs.appendleft(job)
            break
        batch.append(job)
        size_bytes += job.size_bytes
    return batch
