"""Describes the work of a build that may be done by other processes: sources to draft, and their answers."""

from typing import Final, NamedTuple

from buildassets.compiler.model import Draft, Source
from buildassets.foundation.frozen import frozen

IN_FLIGHT_BYTES: Final = 64_000  # at least 10 ms of work, for a worker to do until this process sends more


class Job(NamedTuple):
    """A source to draft. `size_bytes` is an estimate of the work.

    `memory_bytes` is what has to be free for it, if that is much: such a job is sent alone.
    """

    source: Source
    size_bytes: int
    memory_bytes: int = 0


@frozen
class Drafted:
    """The answer of a worker: a draft, and the output that engines printed meanwhile."""

    draft: Draft
    printed: str = ""


class UnstartableError(Exception):
    """No worker can be started; the text is the reason, if it is known."""
