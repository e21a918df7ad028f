"""One end of a socket that receives while it sends, so that two ends never block each other.

A socket's buffers are full after some hundred kilobytes, fewer if messages are small. If both ends then only wait for
room to send, they wait forever. A Channel reads what arrives in the meantime.
"""

from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from socket import socket
from time import monotonic
from typing import Final

_CHUNK_BYTES: Final = 1 << 18


class Channel:
    """One end of a socket. `received` are the bytes that have arrived and have not been taken yet.

    A `deadline` is in seconds of `monotonic`; None means no deadline. Methods raise TimeoutError when it passes, and
    ConnectionError if the other end is closed.
    """

    def __init__(self, end: socket) -> None:
        end.set_inheritable(False)  # or a program that an engine runs would keep it open after this process ends
        self.received = bytearray()
        self._socket = end

    def send(self, data: bytes, deadline: float | None = None) -> None:
        """Send all of `data` by the `deadline`, and receive while there is no room to send."""
        left = memoryview(data)
        while left:
            left_seconds = _left_seconds(deadline)
            self._socket.settimeout(0)
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                self._make_room(left_seconds)

    def receive(self, deadline: float | None = None) -> None:
        """Wait for bytes and add them to `received`."""
        self._socket.settimeout(_left_seconds(deadline))
        self._take_in()

    def taken(self, start: int, size: int) -> bytes:
        """Remove the first `start + size` bytes of `received`, and return those from `start` on."""
        with memoryview(self.received) as view:
            taken = bytes(view[start : start + size])
        del self.received[: start + size]
        return taken

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _make_room(self, limit_seconds: float | None) -> None:
        """Wait for room to send, and receive what has arrived: the other end may not read before that."""
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
