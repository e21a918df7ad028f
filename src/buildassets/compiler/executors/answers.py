"""The answers of jobs: what was asked for, or why the process that was asked cannot give it. Pure.

Both are plain bytes, so that no executor has to understand them. An answer begins with the digest of its job: one that
an executor mixes up is that of no job, also where it would do for another.
"""

import sys
from hashlib import sha256
from typing import Final

_FIT: Final = b"+"
_UNFIT: Final = b"-"


class UnfitError(Exception):
    """The process that was asked cannot do the job as the building process would; `worker` is its name, if known."""

    def __init__(self, reason: str, worker: str = "") -> None:
        self.worker = worker
        super().__init__(reason)


def fit(job: bytes, content: bytes) -> bytes:
    """The answer to `job` that has `content`."""
    return _lead(job) + content


def unfit(reason: str) -> bytes:
    """The answer of a process that cannot do the job, for that `reason`."""
    return _UNFIT + f"{_own_name()}\0{reason}".encode("utf-8", "replace")


def content_of_answer(answer: object, job: bytes) -> bytes:
    """The result of `job`. Raises UnfitError, and ValueError if `answer` is not one."""
    if not isinstance(answer, bytes) or answer[:1] not in (_FIT, _UNFIT):
        raise ValueError("an answer is not that of a job")
    if answer.startswith(_FIT):
        lead = _lead(job)
        if not answer.startswith(lead):
            raise ValueError("an answer is that of another job")
        return answer[len(lead) :]
    worker, _, reason = answer[1:].decode("utf-8", "replace").partition("\0")
    raise UnfitError(reason, worker)


def _lead(job: bytes) -> bytes:
    return _FIT + sha256(job).digest()


def _own_name() -> str:
    """The address of the Dask worker that this thread works for; empty where there is none."""
    distributed = sys.modules.get("distributed")  # only where a worker has imported it
    try:
        return str(distributed.get_worker().address) if distributed else ""
    except ValueError:
        return ""
