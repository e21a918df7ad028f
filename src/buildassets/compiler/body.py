"""The bodies of drafts: in memory, or left on disk if they are the same as a file.

A tree of assets may be larger than the memory of the machine that builds it. So the bodies in memory are limited, and
large files that need not be parsed are not held. They are read again when needed, and must not have changed. Reads the
disk; imports only the vocabulary.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import TypeAlias

from buildassets.disk.files import MOST_BYTES, chunks_of, content_of
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.digest import digest
from buildassets.foundation.frozen import frozen


@frozen
class OnDisk:
    """The content of the file at `path`, not held in memory; `digest` is that of its bytes.

    What an earlier build found out `is_kept`; if engines made it, it is in a file of the cache, from `start_bytes`.
    """

    path: str
    shown: str
    digest: str
    size_bytes: int
    is_kept: bool = False
    start_bytes: int = 0


class LostBodyError(Exception):
    """A body that an earlier build kept is gone, or another one: a build that uses nothing of that one follows."""


@frozen
class Later:
    """A content that is made when something needs it: most are on disk already under the names that they get."""

    make: Callable[[], bytes]


Body: TypeAlias = bytes | str | OnDisk


def left_on_disk(path: str, shown: str, observe: Callable[[bytes], None] | None = None) -> OnDisk:
    """The content of the file at `path`, which is read once for its digest and not held. Raises OSError.

    `observe` is called with each chunk.
    """
    running, size_bytes = sha256(), 0
    for chunk in chunks_of(path):
        running.update(chunk)
        if observe is not None:
            observe(chunk)
        size_bytes += len(chunk)
    return OnDisk(path, shown, running.hexdigest(), size_bytes)


def made(content: bytes | OnDisk | Later) -> bytes | OnDisk:
    """`content`, made now if that was left for later. Raises BuildError if a file that it is made of has changed."""
    return content.make() if isinstance(content, Later) else content


def size_of(body: Body) -> int:
    """The number of bytes of `body`."""
    if isinstance(body, OnDisk):
        return body.size_bytes
    return len(body) if isinstance(body, bytes) or body.isascii() else len(bytes_of(body))


def chunks_of_body(body: bytes | OnDisk) -> Iterator[bytes]:
    """The bytes of `body`. Raises BuildError if its file has changed, perhaps only after the last chunk."""
    if isinstance(body, bytes):
        yield body
        return
    running, before = sha256(), body.start_bytes
    try:
        for read in chunks_of(body.path):
            chunk, before = read[before:], max(0, before - len(read))
            running.update(chunk)
            yield chunk
    except OSError as fault:
        raise _changed(body, reason_text(fault)) from None
    if running.hexdigest() != body.digest:
        raise _changed(body)


def bytes_of(body: Body) -> bytes:
    """The bytes of `body`. Raises BuildError if its file has changed."""
    if isinstance(body, OnDisk):
        return _read(body)
    return body.encode("utf-8") if isinstance(body, str) else body


def digest_of_body(body: Body) -> str:
    """The digest of the bytes of `body`."""
    return body.digest if isinstance(body, OnDisk) else digest(bytes_of(body))


def text_of(body: Body) -> str:
    """The text of `body`, which must be UTF-8. Raises BuildError if its file has changed."""
    return body if isinstance(body, str) else bytes_of(body).decode("utf-8")


def _read(body: OnDisk) -> bytes:
    try:
        content = content_of(body.path, MOST_BYTES)[body.start_bytes :]
    except OSError as fault:
        raise _changed(body, reason_text(fault)) from None
    if digest(content) != body.digest:
        raise _changed(body)
    return content


def _changed(body: OnDisk, reason: str = "it is not what it was when the build began") -> Exception:
    if body.is_kept:
        return LostBodyError()
    message = f"`{body.shown}` changed while it was built: {reason}"
    return BuildError([error("source/changed", message, Location(body.shown), hint="build again")])
