"""One end of a socket, for two who send and answer: neither ever waits for the other to take what it sends.

A socket's buffers are full after some hundred kilobytes, fewer where messages are small. Whoever then waits only for
room waits for ever if the other end does the same. Here what comes is taken in meanwhile.
"""

from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from socket import socket
from time import monotonic
from typing import Final

_CHUNK_BYTES: Final = 1 << 18


class Channel:
    """One end. `received` is what has come and nobody has taken off yet.

    A `deadline` is in seconds of `monotonic`; None is none. TimeoutError where it passes, ConnectionError where nobody
    is at the other end any more.
    """

    def __init__(self, end: socket) -> None:
        end.set_inheritable(False)  # a program that an engine runs would keep it open when this process is gone
        self.received = bytearray()
        self._socket = end

    def send(self, data: bytes, deadline: float | None = None) -> None:
        """Send all of `data` until `deadline`, and take in what comes while there is no room for it."""
        left = memoryview(data)
        while left:
            left_seconds = _left_seconds(deadline)
            self._socket.settimeout(0)
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                self._make_room(left_seconds)

    def receive(self, deadline: float | None = None) -> None:
        """Add to `received` what comes next."""
        self._socket.settimeout(_left_seconds(deadline))
        self._take_in()

    def taken(self, start: int, size: int) -> bytes:
        """The `size` bytes of `received` from `start` on, taken off with what stands before them."""
        with memoryview(self.received) as view:
            found = bytes(view[start : start + size])
        del self.received[: start + size]
        return found

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def _make_room(self, limit_seconds: float | None) -> None:
        """Wait until there may be some, or the other end has sent something: until that is taken in it may not read."""
        with DefaultSelector() as selector:
            selector.register(self._socket, EVENT_READ | EVENT_WRITE)
            events = selector.select(limit_seconds)
        if any(event & EVENT_READ for _, event in events):
            with suppress(BlockingIOError):
                self._take_in()

    def _take_in(self) -> None:
        more = self._socket.recv(_CHUNK_BYTES)
        if not more:
            raise ConnectionError
        self.received += more


def _left_seconds(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left_seconds = deadline - monotonic()
    if left_seconds <= 0:
        raise TimeoutError
    return left_seconds
