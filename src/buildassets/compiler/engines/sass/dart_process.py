"""Runs Dart Sass as a separate process that takes one sheet at a time over a socket.

Takes commands and requests, gives replies, or raises DiedError or TimeoutError.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Final

from buildassets.compiler.engines.failures import DiedError
from buildassets.compiler.engines.process.child import SocketProcess
from buildassets.compiler.engines.sass import embedded_protocol as sass_protocol
from buildassets.compiler.engines.sass.embedded_protocol import (
    CompileResponse,
    FunctionCall,
    LogEvent,
    ProtocolFault,
    Reply,
    SassSyntax,
    Search,
    Version,
)
from buildassets.compiler.engines.sass.functions import FUNCTIONS, PARAMETER
from buildassets.foundation.paths import percent_encoded, to_url
from buildassets.programs.start import Permitted

# The characters that Dart leaves unescaped in the path of a URL: one file must not have two URLs.
_SAFE_IN_URL: Final = "/:@!$&'()*+,;=~"
_SIGNATURES: Final = tuple(f"{name}({PARAMETER})" for name in FUNCTIONS)


class SassProcess(SocketProcess):
    """One process of `program`, which has to speak the Embedded Sass Protocol; raises OSError if it cannot start."""

    def __init__(self, program: Permitted) -> None:
        super().__init__(program, "--embedded")
        self.version = Version("", "", "")  # before it is greeted
        self._compilations = 0

    def greet(self, limit_seconds: float) -> None:
        """Ask for its `version`. Raises DiedError or TimeoutError if it does not know the protocol."""
        self._send(0, sass_protocol.version_request(), limit_seconds)
        answer = next(self._replies(0, limit_seconds))
        if not isinstance(answer, Version):
            raise DiedError("no version")
        self.version = answer

    def begin(self, request: bytes, limit_seconds: float) -> None:
        """Have it compile what `request` contains; `messages` are its answers. Raises DiedError or TimeoutError."""
        self._compilations += 1
        self._send(self._compilations, request, limit_seconds)

    def messages(
        self, limit_seconds: float, answer_of: Callable[[FunctionCall | Search], bytes]
    ) -> Iterator[LogEvent | CompileResponse]:
        """All its messages for one sheet, the response last; raises TimeoutError after `limit_seconds`.

        `answer_of` returns the message that answers a call of one of our functions, or the search for a file.
        """
        for answer in self._replies(self._compilations, limit_seconds, answer_of):
            if isinstance(answer, LogEvent | CompileResponse):
                yield answer
            if isinstance(answer, CompileResponse):
                return

    def _send(self, compilation: int, message: bytes, limit_seconds: float) -> None:
        try:
            self.channel.send(sass_protocol.packet(compilation, message), monotonic() + limit_seconds)
        except ConnectionError:
            raise DiedError(self.how_it_ended()) from None

    def _replies(
        self,
        compilation: int,
        limit_seconds: float,
        answer_of: Callable[[FunctionCall | Search], bytes] | None = None,
    ) -> Iterator[Reply]:
        deadline = monotonic() + limit_seconds
        try:
            while True:
                answer = sass_protocol.reply(sass_protocol.unpacked(self._packet(deadline)))
                if isinstance(answer, ProtocolFault):
                    raise DiedError(answer.message.partition("\n")[0].lower())
                if isinstance(answer, FunctionCall | Search) and answer_of is not None:
                    self.channel.send(sass_protocol.packet(compilation, answer_of(answer)), deadline)
                yield answer
        except ConnectionError:
            raise DiedError(self.how_it_ended()) from None
        except ValueError as fault:
            raise DiedError(str(fault)) from None

    def _packet(self, deadline: float) -> bytes:
        """The body of the next packet, without its length."""
        while True:
            try:
                size, start = sass_protocol.read_varint(self.channel.received, 0)
                break
            except IndexError:
                self.channel.receive(deadline)
        while len(self.channel.received) < start + size:
            self.channel.receive(deadline)
        return self.channel.taken(start, size)


def request_for(path: str, text: str, load_paths: Sequence[str], *, asks: bool = False) -> bytes:
    """The request to compile `text`, that of the file at the absolute `path`; for `asks` see `compile_request`."""
    return sass_protocol.compile_request(
        text,
        url_of(path),
        _syntax(path),
        load_paths,
        package_folder=os.path.dirname(path),
        functions=_SIGNATURES,
        asks=asks,
    )


def url_of(path: str) -> str:
    """The `file:` URL of an absolute path, as Dart writes it."""
    slashed = path.replace(os.sep, "/")
    rooted = slashed if slashed.startswith("/") else "/" + slashed
    if to_url(rooted) == rooted:
        return "file://" + rooted
    return "file://" + percent_encoded(os.fsencode(rooted), _SAFE_IN_URL)


def _syntax(path: str) -> SassSyntax:
    return SassSyntax.INDENTED if path.endswith(".sass") else SassSyntax.SCSS
