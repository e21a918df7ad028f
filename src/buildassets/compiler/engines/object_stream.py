"""Python objects over a socket, between this process and one that it has started from its own modules.

Takes and gives what can be pickled. `multiprocessing.Pipe` does the same in twice the time, and takes 12 ms to import.
"""

import pickle
import socket
from typing import Any


class ObjectStream:
    """One end. At the other somebody has to be who may be trusted: what comes from there is unpickled."""

    def __init__(self, end: socket.socket) -> None:
        end.set_inheritable(False)  # a program that an engine runs would keep it open when this process is gone
        self._socket = end
        self._incoming = end.makefile("rb")

    def send(self, value: object) -> None:
        """Send `value`; ConnectionError where nobody is at the other end any more."""
        self._socket.settimeout(None)
        self._socket.sendall(pickle.dumps(value))

    def receive(self, limit_seconds: float | None = None) -> Any:
        """What comes next; EOFError where nothing will, TimeoutError where nothing happens for so long.

        After the latter the stream is of no use any more.
        """
        self._socket.settimeout(limit_seconds)
        try:
            return pickle.load(self._incoming)  # noqa: S301 - from our own program
        except pickle.UnpicklingError:  # cut short
            raise EOFError from None

    def close(self) -> None:
        """Let go of the socket."""
        self._incoming.close()
        self._socket.close()
