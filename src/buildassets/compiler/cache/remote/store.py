"""The protocol of servers for a remote cache, bytes by their name, and the use of the cache by a build.

Imports next to nothing: a build with nothing to do has a use of the cache, too.
"""

from typing import Final, Protocol

from buildassets.foundation.frozen import frozen

LOGIN_VARIABLE: Final = "BUILDASSETS_CACHE_LOGIN"


@frozen
class RemoteUse:
    """The steps whose results came from the remote cache, and those that it was asked for in vain.

    `size_bytes` is the plain size of the results that came over the line; `seconds_saved` is the time that it took to
    make these elsewhere. After it `failed`, the server was asked no more. `kept_back` are the assets and files
    that are not written to it because they show a folder of this machine or a secret.
    """

    hits: int = 0
    misses: int = 0
    size_bytes: int = 0
    seconds_saved: float = 0.0
    failed: bool = False
    kept_back: tuple[str, ...] = ()


class StoreError(OSError):
    """The server cannot be reached, or does not answer as it should. `is_final`: it will not do so later either."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class Store(Protocol):
    """Bytes by name. Threads call it at the same time; any exception means that the server failed."""

    def get(self, name: str, most_bytes: int) -> bytes | None:
        """The bytes; None if there are none. Of more than `most_bytes` some or none are read, and StoreError raised."""
        ...

    def holds(self, name: str) -> bool:
        """Whether there are bytes with that name."""
        ...

    def put(self, name: str, content: bytes, *, replace: bool) -> None:
        """Store `content`; unless it may `replace` others, these stay where the server can see to that."""
        ...

    def leave(self) -> None:
        """Close what the calling thread has open: it asks no more."""
        ...

    def close(self) -> None:
        """End all connections, also those that a thread waits for, which closes them itself."""
        ...


def too_large() -> StoreError:
    """The error for an answer with more bytes than there can be."""
    return StoreError("it answers with more bytes than the name can have")
