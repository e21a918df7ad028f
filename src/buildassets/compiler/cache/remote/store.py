"""The protocol of servers for a remote cache: bytes by their name."""

from typing import Final, Protocol

LOGIN_VARIABLE: Final = "BUILDASSETS_CACHE_LOGIN"


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
