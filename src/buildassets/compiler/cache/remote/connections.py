"""The connections of a store to its server: one for each thread, which stays open."""

import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, local
from typing import ClassVar, Generic, Protocol, TypeVar

from buildassets.compiler.cache.remote.store import StoreError
from buildassets.foundation.diagnostics import reason_text


class Connection(Protocol):
    """A connection that may still have to be opened; then it has no socket."""

    sock: socket.socket | None

    def close(self) -> None:
        """Close the connection, in the thread that uses it."""


AConnection = TypeVar("AConnection", bound=Connection)
Answer = TypeVar("Answer")


class ConnectedStore(Generic[AConnection]):
    """The common part of stores that keep connections open. A subclass opens and uses them."""

    _FAULTS: ClassVar[tuple[type[Exception], ...]] = (ConnectionError,)  # of a connection that nobody used for a while

    def __init__(self) -> None:
        self._own = local()
        self._lock = Lock()
        self._open: set[AConnection] = set()
        self._is_closed = False

    def leave(self) -> None:
        """See Store."""
        connection: AConnection | None = getattr(self._own, "connection", None)
        if connection is not None:
            self._drop(connection)

    def close(self) -> None:
        """See Store."""
        with self._lock:
            self._is_closed = True
            for connection in self._open:
                if (sock := connection.sock) is not None:  # its own thread may close it meanwhile
                    with suppress(OSError):
                        sock.shutdown(socket.SHUT_RDWR)

    def _opened(self) -> AConnection:
        """A new connection. Raises OSError."""
        raise NotImplementedError

    def _begin(self, connection: AConnection) -> None:
        """Log in, if that is a request of its own. Raises as `_answer` does."""

    def _answer(self, ask: Callable[[AConnection], Answer]) -> Answer:
        """The answer to `ask`; asked again where the server has closed the connection meanwhile.

        Raises StoreError and what `ask` raises; then the connection is closed.
        """
        for is_last in (False, True):
            known: AConnection | None = getattr(self._own, "connection", None)
            connection = self._new() if known is None else known
            try:
                if known is None:
                    self._begin(connection)
                return ask(connection)
            except self._FAULTS as fault:
                self._drop(connection)
                if is_last or known is None:
                    raise StoreError(_reason(fault)) from None
            except BaseException:
                self._drop(connection)
                raise
        raise AssertionError  # the last try returns or raises

    def _new(self) -> AConnection:
        made = self._opened()
        with self._lock:
            if self._is_closed:
                made.close()
                raise StoreError("it is asked no more")
            self._open.add(made)
        self._own.connection = made
        return made

    def _drop(self, connection: AConnection) -> None:
        self._own.connection = None
        connection.close()
        with self._lock:
            self._open.discard(connection)


def _reason(fault: Exception) -> str:
    if isinstance(fault, OSError) and fault.errno is not None:
        return reason_text(fault)
    return (
        "it closes the connection without an answer" if isinstance(fault, ConnectionError) else "its answer is not HTTP"
    )
