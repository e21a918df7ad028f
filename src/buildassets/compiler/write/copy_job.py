"""Compressed copies as jobs for executors: what runs in a process elsewhere, and the bytes of jobs and answers."""

from typing import TYPE_CHECKING

from buildassets.compiler.executors.answers import fit, unfit
from buildassets.disk.codings import compressed, is_available, is_copy_of, library

if TYPE_CHECKING:
    from buildassets.compiler.executors.away import Away


def copy_job(job: bytes) -> bytes:
    """Compress the content of a job; the answer is that of `executors.answers`, empty if no copy is smaller."""
    head, _, content = job.partition(b"\n")
    coding, level, wanted = head.decode("ascii").split(" ", 2)
    found = library(coding) if is_available(coding) else "no zstd"
    if found != wanted:
        return unfit(f"it has {found} where this build has {wanted}")
    return fit(job, compressed(coding, content, int(level)) or b"")


def compressed_away(away: "Away", coding: str, content: bytes, level: int) -> bytes | None:
    """The copy of `content` made elsewhere, empty if none is smaller; None if it has to be made here.

    A copy that does not decompress to `content` does not count.
    """
    copy = away.answer(copy_job, f"{coding} {level} {library(coding)}\n".encode("ascii") + content)
    if copy is None or (copy and not is_copy_of(coding, copy, content)):
        return None
    return copy
