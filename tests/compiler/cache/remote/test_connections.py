"""The connections of a store, one for each thread."""

import socket

from buildassets.compiler.cache.remote.connections import ConnectedStore


class _Closing:
    """A connection that its own thread closes as soon as somebody has looked at its socket."""

    def __init__(self, ours: socket.socket) -> None:
        self._ours: socket.socket | None = ours

    @property
    def sock(self) -> socket.socket | None:
        seen, self._ours = self._ours, None
        return seen

    @sock.setter
    def sock(self, value: socket.socket | None) -> None:
        self._ours = value

    def close(self) -> None:
        raise NotImplementedError


def test_a_connection_that_its_thread_closes_meanwhile_is_ended() -> None:
    store = ConnectedStore[_Closing]()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        store._open.add(_Closing(ours))
        store.close()
        assert theirs.recv(1) == b""
