"""Drafts as jobs for executors: what runs in a process elsewhere, and the bytes that go there and come back.

A process elsewhere has to see the files of the project at the same paths, and runs the engines in a worker of its own,
as a build does. Settings and sources come with the job; the digests of sources go there, and those of all files that
were read come back, so that nothing counts which was made of other files.
"""

import pickle
from atexit import register
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Final, NamedTuple

from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.engines.process.object_stream import ForeignError, value_of
from buildassets.compiler.engines.process.typed_values import is_of_type
from buildassets.compiler.executors.answers import fit, unfit
from buildassets.compiler.model import Source
from buildassets.compiler.transform.jobs import Drafted, Job, UnstartableError
from buildassets.compiler.transform.worker_pool import Workers, settings_of
from buildassets.disk.files import digest_of
from buildassets.foundation.digest import digest
from buildassets.work.jobs import Room

_KEPT_SECONDS: Final = 60.0  # that a worker waits for more of the same build
_MOST_KEPT: Final = 2  # builds whose workers wait


class Answered(NamedTuple):
    """A draft from elsewhere, and the digests of the files that it was made of, as they are there, by path."""

    drafted: Drafted
    digests: Mapping[str, str]


def settings_bytes(config: Config, mode: Mode) -> bytes:
    """The settings of a build for `job_bytes`, and all that decides how its sources are drafted."""
    return pickle.dumps(settings_of(config, mode))


def job_bytes(settings: bytes, versions: Mapping[str, str], sources: Sequence[Source], digests: Sequence[str]) -> bytes:
    """A job for `draft_job`: `digests` are those of the sources as the building process reads them."""
    return pickle.dumps((settings, dict(versions), tuple(sources), tuple(digests)))


def answers_of(content: bytes) -> list[Answered]:
    """The answers of `draft_job`. Raises ValueError for anything else; nothing in it is executed."""
    try:
        answers = value_of(content)
    except ForeignError as fault:
        raise ValueError(f"an answer is not that of a job: {fault}") from None
    if not is_of_type(answers, list[tuple[Drafted, Mapping[str, str]]]):
        raise ValueError("an answer is not that of a job: its values have other types")
    return [Answered(drafted, digests) for drafted, digests in answers]


def draft_job(job: bytes) -> bytes:
    """Draft the sources of a job in a worker process; the answer is that of `executors.answers`."""
    settings, versions, sources, digests = value_of(job)
    if [_digest(source.file) for source in sources] != list(digests):
        return unfit("it does not have the files of this project at the same paths")
    try:
        workers = _WORKERS.of(settings)
        if others := different(versions, workers.versions()):
            return unfit(others)
    except UnstartableError as why:
        return unfit(f"its engines cannot be started{': ' if str(why) else ''}{why}")
    done: list[Drafted] = []
    jobs = deque(Job(source, 0) for source in sources)  # without their memory, as others share that here
    workers.work_off(jobs, done.append, Room(0))
    if len(done) != len(sources):
        return unfit("it ended its work on this build")
    return fit(job, pickle.dumps([(one, _read_files(one)) for one in done]))


def different(wanted: Mapping[str, str], found: Mapping[str, str]) -> str:
    """How the versions that were `found` differ from those that are `wanted`; empty if they do not."""
    for name in sorted({*wanted, *found}):
        if wanted.get(name) != found.get(name):
            return f"it has {found.get(name) or f'no {name}'} where this build has {wanted.get(name) or f'no {name}'}"
    return ""


def _read_files(drafted: Drafted) -> dict[str, str]:
    return {path: _digest(path) for path in drafted.draft.inputs}


def _digest(path: str) -> str:
    with suppress(OSError):
        return digest_of(path)
    return ""


class _KeptWorkers:
    """The workers of this process for the builds that last had work for it.

    They outlive a job: an executor knows no begin and no end of a build, and a worker takes 0.1 s to start.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[Workers, float]] = {}

    def of(self, settings: bytes) -> Workers:
        """The workers of the build with these `settings`."""
        name = digest(settings)
        with self._lock:
            found, _ = self._kept.pop(name, (None, 0.0))
            if found is None:
                found = Workers(*value_of(settings))
                if not self._kept:
                    with suppress(RuntimeError):  # where no thread can be started, they stay until the process ends
                        Thread(target=self._end_idle, daemon=True).start()
            self._kept[name] = found, monotonic()
            outdated = [self._kept.pop(next(iter(self._kept)))[0] for _ in range(len(self._kept) - _MOST_KEPT)]
        _close(outdated)
        return found

    def close(self) -> None:
        """End all."""
        with self._lock:
            kept, self._kept = self._kept, {}
        _close(workers for workers, _ in kept.values())

    def _end_idle(self) -> None:
        is_kept = True
        while is_kept:
            sleep(_KEPT_SECONDS / 4)
            with self._lock:
                since = monotonic() - _KEPT_SECONDS
                idle = [name for name, (workers, used) in self._kept.items() if used < since and not workers.working]
                ended = [self._kept.pop(name)[0] for name in idle]
                is_kept = bool(self._kept)
            _close(ended)


def _close(all_workers: Iterable[Workers]) -> None:
    for workers in all_workers:
        workers.close()


_WORKERS: Final = _KeptWorkers()  # of a process elsewhere, which has no other place for them
register(_WORKERS.close)
