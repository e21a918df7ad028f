"""An esbuild that runs as a process of its own and takes one text at a time over a socket.

Takes a command and texts, gives answers, or DiedError and TimeoutError. A process a file would cost more than the
work: it takes 8 ms to start, and a file of 5 kB less than one.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Any

from buildassets.compiler.engines.esbuild import protocol as esbuild_protocol
from buildassets.compiler.engines.esbuild.command import EsbuildCommand
from buildassets.compiler.engines.process.child import SocketProcess
from buildassets.compiler.engines.process.endings import DiedError
from buildassets.frozen import frozen


@frozen
class Note:
    """Words of esbuild, and where they point: `line` from 1 (0: nowhere), `column` and `length` in UTF-8 bytes."""

    text: str
    line: int = 0
    column: int = 0
    length: int = 0
    line_text: str = ""


@frozen
class Message:
    """An error or a warning of esbuild with the notes below it."""

    note: Note
    notes: tuple[Note, ...] = ()


@frozen
class Response:
    """What esbuild made of a text, which means nothing where there are `errors`; the map is empty unless asked for."""

    code: str
    source_map: str
    errors: tuple[Message, ...]
    warnings: tuple[Message, ...]


class EsbuildProcess(SocketProcess):
    """One process; OSError where it cannot be started."""

    def __init__(self, command: EsbuildCommand) -> None:
        super().__init__([command.path, f"--service={command.version}"])
        self._requests = 0
        self._is_greeted = False

    def transform(self, text: str, flags: Sequence[str], limit_seconds: float) -> Response:
        """What esbuild's command line would make of `text`; TimeoutError where that takes too long."""
        deadline = monotonic() + limit_seconds
        request: esbuild_protocol.Value = {
            "command": "transform",
            "flags": flags,
            "inputFS": False,
            "input": text.encode("utf-8"),
        }
        number = self._requests
        self._requests += 1
        try:
            self.channel.send(esbuild_protocol.packet(number, request), deadline)
            if not self._is_greeted:
                self._packet(deadline)  # its version
                self._is_greeted = True
            while True:
                answered, value = esbuild_protocol.reply(self._packet(deadline))
                if answered == number:
                    return _answer(value)
        except ConnectionError:
            raise DiedError(self.how_it_ended()) from None
        except (AttributeError, KeyError, TypeError, ValueError):
            raise DiedError("its answer is none of esbuild") from None

    def _packet(self, deadline: float) -> bytes:
        """What the next packet holds behind its length."""
        while (size := esbuild_protocol.size_at(self.channel.received, 0)) is None or len(
            self.channel.received
        ) < size + 4:
            self.channel.receive(deadline)
        return self.channel.taken(4, size)


def _answer(value: Any) -> Response:
    if "error" in value:  # of the flags
        return Response("", "", (Message(Note(value["error"])),), ())
    errors, warnings = (tuple(map(_message, value[name])) for name in ("errors", "warnings"))
    return Response(_text(value["code"]), _text(value["map"]), errors, warnings)


def _text(raw: str | bytes) -> str:
    """Versions differ in how they send a text."""
    return raw if isinstance(raw, str) else raw.decode("utf-8")


def _message(value: Any) -> Message:
    return Message(_note(value), tuple(map(_note, value.get("notes") or ())))


def _note(value: Any) -> Note:
    place = value["location"]
    if place is None:
        return Note(value["text"])
    return Note(value["text"], place["line"], place["column"], place["length"], place["lineText"])
