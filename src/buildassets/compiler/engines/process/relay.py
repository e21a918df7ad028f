"""Connects a program to a socket through pipes, for Windows, where no program can use a socket as its input.

Two threads copy its input and output between the socket and the pipes, and end when either side is closed.
"""

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from socket import SHUT_RDWR, socket
from threading import Thread
from typing import IO, Final

from buildassets.programs.start import Permitted, start

_CHUNK_BYTES: Final = 1 << 16


def relayed(
    program: Permitted, arguments: Sequence[str], end: socket, log: int, *, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """A process of `program` connected to `end`, which is closed when it exits. Raises OSError if it cannot start."""
    pipe = subprocess.PIPE
    try:
        # Without a buffer: each write has to arrive at once.
        streams = {"stdin": pipe, "stdout": pipe, "stderr": log}
        process = start(program, *arguments, bufsize=0, **streams, cwd="/", env=environment)
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
