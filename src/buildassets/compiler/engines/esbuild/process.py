"""Runs esbuild as a separate process that takes one text at a time over a socket.

Takes a command and texts, gives answers, or raises DiedError or TimeoutError. One process for each file would cost
more than the work: starting takes 8 ms, minifying a file of 5 kB less than 1 ms.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Any, Final

from buildassets.compiler.engines.esbuild import protocol as esbuild_protocol
from buildassets.compiler.engines.esbuild.command import EsbuildCommand
from buildassets.compiler.engines.failures import DiedError
from buildassets.compiler.engines.process.child import SocketProcess
from buildassets.foundation.frozen import frozen


@frozen
class Note:
    """A text of esbuild and its place: `line` from 1 (0: no place), `column` and `length` in UTF-8 bytes."""

    text: str
    line: int = 0
    column: int = 0
    length: int = 0
    line_text: str = ""


@frozen
class ServiceMessage:
    """An error or a warning of esbuild with the notes below it."""

    note: Note
    notes: tuple[Note, ...] = ()


@frozen
class MinifyResponse:
    """The minified text, which is of no use if there are `errors`; the map is empty unless asked for."""

    code: str
    source_map: str
    errors: tuple[ServiceMessage, ...]
    warnings: tuple[ServiceMessage, ...]


# For a few megabytes of scripts Go's collector takes a fifth of esbuild's time, which a command that ends soon leaves
# out. As a service it has to run, but may wait until there is four times as much garbage as data.
_SELDOM: Final = {"GOGC": "400"}


class EsbuildProcess(SocketProcess):
    """One process of esbuild; raises OSError if it cannot be started."""

    def __init__(self, command: EsbuildCommand) -> None:
        super().__init__(command.program, f"--service={command.version}", defaults=_SELDOM)
        self._requests = 0
        self._is_greeted = False

    def transform(self, text: str, flags: Sequence[str], limit_seconds: float) -> MinifyResponse:
        """The result for `text`, as the command line with `flags` would give it; TimeoutError after the limit."""
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
            raise DiedError("its answer breaks esbuild's protocol") from None

    def _packet(self, deadline: float) -> bytes:
        """The body of the next packet, without its length."""
        while (size := esbuild_protocol.size_at(self.channel.received, 0)) is None or len(
            self.channel.received
        ) < size + 4:
            self.channel.receive(deadline)
        return self.channel.taken(4, size)


def _answer(value: Any) -> MinifyResponse:
    if "error" in value:  # of the flags
        return MinifyResponse("", "", (ServiceMessage(Note(value["error"])),), ())
    errors, warnings = (tuple(map(_message, value[name])) for name in ("errors", "warnings"))
    return MinifyResponse(_text(value["code"]), _text(value["map"]), errors, warnings)


def _text(raw: str | bytes) -> str:
    """`raw` as text: versions of esbuild differ in how they send one."""
    return raw if isinstance(raw, str) else raw.decode("utf-8")


def _message(value: Any) -> ServiceMessage:
    return ServiceMessage(_note(value), tuple(map(_note, value.get("notes") or ())))


def _note(value: Any) -> Note:
    place = value["location"]
    if place is None:
        return Note(value["text"])
    return Note(
        value["text"], place["line"], column=place["column"], length=place["length"], line_text=place["lineText"]
    )
