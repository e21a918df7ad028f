"""Runs worker processes that make drafts for threads, since engines hold the interpreter's lock.

Takes sources, gives answers. If a process dies of a source, that source gets a diagnostic, and another process does
the rest. The main module of this process is not imported in workers, so that any script may build.
"""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final

from buildassets.compiler.config.values import Config, Mode, meta_env
from buildassets.compiler.engines.failures import DiedError
from buildassets.compiler.engines.process.child import ClosedError, Processes, PythonProcess
from buildassets.compiler.model import Draft, Source
from buildassets.compiler.transform.jobs import IN_FLIGHT_BYTES, Drafted, Job, UnstartableError
from buildassets.foundation.diagnostics import Location, error
from buildassets.foundation.frozen import replace
from buildassets.work.jobs import Room

IN_FLIGHT_JOBS: Final = 64  # the limit for small sources


_WORKER: Final = "buildassets.compiler.transform.worker"
_START_SECONDS: Final = 60.0
_GRACE_SECONDS: Final = 2.0  # for a worker to end the processes of its engines


Settings = tuple[Config, Mode, Mapping[str, str | bool]]


def settings_of(config: Config, mode: Mode) -> Settings:
    """The data of a build that a worker needs: the settings, and the values of `import.meta.env`.

    These come from the environment, which a process elsewhere has another one of.
    """
    return replace(config, document=None), mode, meta_env(config, mode)  # only faults of settings need their text


class Workers:
    """The workers of one build: one for each thread that calls `work_off` at the same time."""

    def __init__(self, config: Config, mode: Mode, values: Mapping[str, str | bool]) -> None:
        self._start = partial(_Worker, (config, mode, values))
        self._versions: Mapping[str, str] | None = None
        self._processes: Processes[_Worker] = Processes()

    @property
    def waiting(self) -> int:
        """The number of workers that wait for work."""
        return len(self._processes.waiting)

    @property
    def working(self) -> int:
        """The number of workers that are at work."""
        return self._processes.taken

    def versions(self) -> Mapping[str, str]:
        """The versions of what drafts sources in workers, which are all started alike. Raises UnstartableError."""
        if self._versions is None:
            try:
                worker = self._taken()
                self._versions = worker.versions()
            except (ClosedError, DiedError, TimeoutError):
                raise UnstartableError from None
            self._processes.give_back(worker)
        return self._versions

    def work_off(self, jobs: deque[Job], deliver: Callable[[Drafted], None], room: Room) -> None:
        """Have a worker, replaced if it dies, draft the `jobs`, until none is left or the build ends.

        Other threads may take from `jobs` meanwhile, and share the memory `room`. Raises UnstartableError; undone work
        then stays in `jobs`.
        """
        while jobs:
            try:
                worker = self._taken()
            except ClosedError:
                return
            flying: deque[Job] = deque()
            try:
                _exchange(worker, jobs, flying, deliver, room=room)
            except DiedError as how:
                last_words = worker.end()
                if not self._processes.is_closed:
                    deliver(Drafted(_crashed(flying.popleft().source, how, last_words)))
                    jobs.extendleft(reversed(flying))
            except BaseException:
                worker.end()
                raise
            else:
                self._processes.give_back(worker)

    def close(self) -> None:
        """End all workers, including those at work, and start no more."""
        self._processes.close(_GRACE_SECONDS)

    def _taken(self) -> "_Worker":
        """A worker that is ready. Raises ClosedError after `close`, UnstartableError if none can be started."""
        try:
            worker = self._processes.take(self._start)
        except OSError:
            raise UnstartableError from None
        try:
            worker.wait_until_ready()
        except (DiedError, TimeoutError):
            worker.end()
            raise ClosedError if self._processes.is_closed else UnstartableError from None
        if worker.fault:
            worker.end()
            raise UnstartableError(worker.fault)
        return worker


class _Worker(PythonProcess):
    """One worker process; `fault` is why its engines cannot be started, if so. Raises OSError if it cannot be."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(_WORKER)
        self.fault = ""
        self._is_ready = False
        self._settings = settings

    def wait_until_ready(self) -> None:
        """Wait until its engines are started; raises DiedError or TimeoutError if that fails."""
        if not self._is_ready:
            self.send(self._settings)
            self.fault = self.receive(_START_SECONDS)
            self._is_ready = True

    def versions(self) -> Mapping[str, str]:
        """The versions of what drafts sources in it; raises DiedError or TimeoutError."""
        self.send(None)
        versions: Mapping[str, str] = self.receive(_START_SECONDS)
        return versions

    def end(self, grace_seconds: float = _GRACE_SECONDS) -> str:
        """End the process, with a signal first, so that it ends the processes of its engines."""
        self.terminate()
        return super().end(grace_seconds)


def _exchange(
    worker: _Worker, jobs: deque[Job], flying: deque[Job], deliver: Callable[[Drafted], None], *, room: Room
) -> None:
    """Send jobs and deliver answers until none are left; `flying` are the unanswered ones, the oldest first."""
    while True:
        while job := _next(jobs, flying):
            flying.append(job)
            if not job.memory_bytes:
                worker.send(job.source)
        if not flying:
            return
        answer: Drafted = _answer_in(room, worker, flying[0]) if flying[0].memory_bytes else worker.receive()
        flying.popleft()
        deliver(answer)


def _answer_in(room: Room, worker: _Worker, job: Job) -> Drafted:
    """The answer to `job`, which is sent when there is room for it."""
    with room.taken(job.memory_bytes):
        worker.send(job.source)
        answer: Drafted = worker.receive()
        return answer


def _next(jobs: deque[Job], flying: Collection[Job]) -> Job | None:
    """Remove and return the next job, if there is one and it does not exceed the limits with those `flying`."""
    if len(flying) >= IN_FLIGHT_JOBS:
        return None
    try:
        job = jobs.popleft()
    except IndexError:
        return None
    is_alone = job.memory_bytes or any(unanswered.memory_bytes for unanswered in flying)
    size_bytes = job.size_bytes + sum(unanswered.size_bytes for unanswered in flying)
    if not flying or (size_bytes <= IN_FLIGHT_BYTES and not is_alone):
        return job
    jobs.appendleft(job)
    return None


def _crashed(source: Source, how: DiedError, last_words: str) -> Draft:
    """The failed draft of `source`, which crashed a worker."""
    notes = [f"its last output: {last_words}"] if last_words else []
    if str(how) == "SIGKILL":
        hint = "if memory ran out, build with a lower `--jobs`"
    else:
        hint = "try another engine for it under `[tool.buildassets.engines]`"
    message = f"the process that compiled this file crashed ({how})"
    return Draft(source, diagnostics=(error("engine/crash", message, Location(source.shown), notes=notes, hint=hint),))
