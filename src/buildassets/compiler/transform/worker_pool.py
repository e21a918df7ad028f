"""Processes that make drafts for threads, because engines hold the interpreter's lock.

Takes sources, gives answers. A process that dies of a source is a diagnostic on that source, and another one does the
rest. The main module of this process is not imported there, so that any script may build.
"""

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.engines.process.child import ClosedError, Processes, PythonProcess
from buildassets.compiler.engines.process.endings import DiedError
from buildassets.compiler.model import Draft, Source
from buildassets.diagnostics import Location, error
from buildassets.frozen import frozen

IN_FLIGHT_BYTES: Final = 64_000  # 10 ms of work or more, in a worker while this process has no time to send it others


IN_FLIGHT_JOBS: Final = 64  # the same of small sources


class Job(NamedTuple):
    """A source to draft. `size_bytes` tells how long that takes, more or less."""

    source: Source
    size_bytes: int


@frozen
class Drafted:
    """What a worker gives: a draft, and what engines printed on the way."""

    draft: Draft
    printed: str = ""


_WORKER: Final = "buildassets.compiler.transform.worker"
_START_SECONDS: Final = 60.0
_GRACE_SECONDS: Final = 2.0  # in which a worker can end the processes of its engines


class UnstartableError(Exception):
    """There can be no worker."""


class Workers:
    """The workers of one build: as many as there are threads that call `work_off` at the same time."""

    def __init__(self, config: Config, mode: Mode) -> None:
        self._start = partial(_Worker, config, mode)
        self._processes: Processes[_Worker] = Processes()

    @property
    def waiting(self) -> int:
        """How many there are that wait for work."""
        return len(self._processes.waiting)

    def work_off(self, jobs: deque[Job], deliver: Callable[[Drafted], None]) -> None:
        """Have one worker after the other draft what is in `jobs`, until there is none or the build is over.

        Other threads may take from `jobs` meanwhile. Raises UnstartableError with what is left still in `jobs`.
        """
        while jobs:
            try:
                worker = self._taken()
            except ClosedError:
                return
            flying: deque[Job] = deque()
            try:
                _exchange(worker, jobs, flying, deliver)
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
        """End the workers, also those at work, and start none any more."""
        self._processes.close(_GRACE_SECONDS)

    def _taken(self) -> "_Worker":
        """A worker that is ready. ClosedError where the build is over, UnstartableError where there can be none."""
        try:
            worker = self._processes.take(self._start)
        except OSError:
            raise UnstartableError from None
        try:
            worker.wait_until_ready()
        except (DiedError, TimeoutError):
            worker.end()
            raise ClosedError if self._processes.is_closed else UnstartableError from None
        return worker


class _Worker(PythonProcess):
    """One process. OSError where it cannot be started."""

    def __init__(self, config: Config, mode: Mode) -> None:
        super().__init__(_WORKER)
        self._is_ready = False
        self._settings = (replace(config, document=None), mode)  # the text of the file is for what is wrong with it

    def wait_until_ready(self) -> None:
        """Start its engines; raises DiedError or TimeoutError where it does not come to that."""
        if not self._is_ready:
            self.send(self._settings)
            self.receive(_START_SECONDS)
            self._is_ready = True

    def end(self, grace_seconds: float = _GRACE_SECONDS) -> str:
        """The same, with a signal at first, so that it ends the processes of its engines."""
        self.terminate()
        return super().end(grace_seconds)


def _exchange(worker: _Worker, jobs: deque[Job], flying: deque[Job], deliver: Callable[[Drafted], None]) -> None:
    """Send jobs and deliver answers until there are none; `flying` are those without an answer, the oldest first."""
    while True:
        while job := _next(jobs, flying):
            flying.append(job)
            worker.send(job.source)
        if not flying:
            return
        answer: Drafted = worker.receive()
        flying.popleft()
        deliver(answer)


def _next(jobs: deque[Job], flying: Collection[Job]) -> Job | None:
    """The next job, taken off, if there is one that is not too much beside those that are `flying`."""
    if len(flying) >= IN_FLIGHT_JOBS:
        return None
    try:
        job = jobs.popleft()
    except IndexError:
        return None
    if not flying or job.size_bytes + sum(one.size_bytes for one in flying) <= IN_FLIGHT_BYTES:
        return job
    jobs.appendleft(job)
    return None


def _crashed(source: Source, how: DiedError, last_words: str) -> Draft:
    """What is said of `source`, of which a worker died."""
    notes = [f"its last output: {last_words}"] if last_words else []
    if str(how) == "SIGKILL":
        hint = "if memory ran out, build with a lower `--jobs`"
    else:
        hint = "try another engine for it under `[tool.buildassets.engines]`"
    message = f"the process that compiled this file crashed ({how})"
    return Draft(source, diagnostics=(error("engine/crash", message, Location(source.shown), notes=notes, hint=hint),))
