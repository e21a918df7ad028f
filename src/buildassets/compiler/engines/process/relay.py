"""A program of others at the other end of a socket, where the system lets no program read from one: Windows.

Two threads carry what it reads and writes between the socket and pipes, and end when one of both sides has.
"""

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from socket import SHUT_RDWR, socket
from threading import Thread
from typing import IO, Final

_CHUNK_BYTES: Final = 1 << 16


def relayed(command: Sequence[str], end: socket, log: int) -> "subprocess.Popen[bytes]":
    """A process of `command` at the other end of `end`, which is closed with it. Raises OSError where none starts."""
    pipe = subprocess.PIPE
    try:
        # Without a buffer: what is written has to arrive now.
        process = subprocess.Popen(command, bufsize=0, stdin=pipe, stdout=pipe, stderr=log, cwd="/")  # noqa: S603 - the user's
    except BaseException:
        end.close()
        raise
    assert process.stdin is not None
    assert process.stdout is not None
    Thread(target=_feed, args=(end, process.stdin), daemon=True).start()
    Thread(target=_drain, args=(process.stdout, end), daemon=True).start()
    return process


def _feed(end: socket, program: IO[bytes]) -> None:
    with suppress(OSError), program:
        while chunk := end.recv(_CHUNK_BYTES):
            rest = memoryview(chunk)
            while rest:
                rest = rest[program.write(rest) :]


def _drain(program: IO[bytes], end: socket) -> None:
    with suppress(OSError), end, program:
        while chunk := program.read(_CHUNK_BYTES):
            end.sendall(chunk)
        end.shutdown(SHUT_RDWR)  # which ends the other thread, too
