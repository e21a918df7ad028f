"""Encodes and decodes the messages of the Embedded Sass Protocol that a compilation needs. Pure.

The protocol (`spec/embedded-protocol.md` and `embedded_sass.proto` in the Sass repository) frames Protocol Buffers: a
packet is its length, the number of the compilation and one message. The few fields that are used are encoded here,
because importing the generated classes costs every build 50 ms and 10 MB.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final, TypeAlias

from buildassets.foundation.frozen import frozen

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5  # the wire types of Protocol Buffers
_FIXED_SIZES: Final = {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}


class SassSyntax(IntEnum):
    """The language of a sheet."""

    SCSS = 0
    INDENTED = 1
    CSS = 2


class EventKind(IntEnum):
    """The kind of a log event."""

    WARNING = 0
    DEPRECATION = 1
    DEBUG = 2


class ProtocolMessage:
    """A decoded message. An absent field has the default of Protocol Buffers; raises ValueError for other bytes."""

    def __init__(self, data: bytes) -> None:
        self._fields: dict[int, list[int | bytes]] = {}
        position = 0
        try:
            while position < len(data):
                tag, position = read_varint(data, position)
                value, position = _value(data, position, tag & 7)
                self._fields.setdefault(tag >> 3, []).append(value)
        except IndexError:
            raise ValueError("the message ends within a number") from None

    def numbers(self, field: int) -> tuple[int, ...]:
        """The numbers in the repeated `field`; empty if it is absent."""
        return tuple(value for value in self._fields.get(field, ()) if isinstance(value, int))

    def number(self, field: int) -> int:
        """The number in `field`, or 0."""
        return (0, *self.numbers(field))[-1]

    def texts(self, field: int) -> tuple[str, ...]:
        """The texts in the repeated `field`."""
        values = self._fields.get(field, ())
        return tuple(value.decode("utf-8", "replace") for value in values if isinstance(value, bytes))

    def text(self, field: int) -> str:
        """The text in `field`, or an empty one."""
        return "".join(self.texts(field)[-1:])

    def message(self, field: int) -> "ProtocolMessage | None":
        """The message in `field`, if it is there."""
        value = self._fields.get(field, [0])[-1]
        return ProtocolMessage(value) if isinstance(value, bytes) else None


def _value(data: bytes, position: int, wire_type: int) -> tuple[int | bytes, int]:
    """The value at `position` and where the next field begins."""
    if wire_type == _VARINT:
        return read_varint(data, position)
    if wire_type == _BYTES:
        size, position = read_varint(data, position)
    elif wire_type in _FIXED_SIZES:
        size = _FIXED_SIZES[wire_type]
    else:
        raise ValueError(f"unknown wire type {wire_type}")
    if position + size > len(data):
        raise ValueError("the message ends within a field")
    return data[position : position + size], position + size


def read_varint(data: bytes | bytearray, position: int) -> tuple[int, int]:
    """The number at `position`, seven bits a byte and the lowest first, and its end.

    Raises IndexError if `data` ends before it, ValueError if it has more than 64 bits.
    """
    value = shift = 0
    while shift < 64:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("a number of more than 64 bits")


def varint(value: int) -> bytes:
    """Encodes `value`, which is not negative, as `read_varint` decodes it."""
    written = bytearray()
    while value >= 0x80:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*written, value))


def encoded(*fields: tuple[int, int | str | bytes]) -> bytes:
    """Encodes a message of `fields`, each a number and a value."""
    return b"".join(_field(number, value) for number, value in fields)


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3 | _VARINT) + varint(value)
    content = value.encode("utf-8", "replace") if isinstance(value, str) else value
    return varint(number << 3 | _BYTES) + varint(len(content)) + content


def packet(compilation: int, message: bytes) -> bytes:
    """Frames `message`: its length, the number of the compilation, the message."""
    framed = varint(compilation) + message
    return varint(len(framed)) + framed


def unpacked(framed: bytes) -> ProtocolMessage:
    """The message in a packet, which is given without its length."""
    try:
        _, start = read_varint(framed, 0)
    except IndexError:
        raise ValueError("the message has no number") from None
    return ProtocolMessage(framed[start:])


def version_request() -> bytes:
    """Asks for the compiler's name and version; sent as compilation 0."""
    return encoded((7, encoded((1, 0))))


def compile_request(
    source: str,
    url: str,
    syntax: SassSyntax,
    load_paths: Sequence[str],
    *,
    package_folder: str,
    functions: Sequence[str] = (),
    asks: bool = False,
) -> bytes:
    """Asks for expanded CSS with a source map. `url` is that of `source`, and its imports are relative to it.

    `package_folder` is where the search for `pkg:` begins, for sheets without a file. `functions` are the signatures
    of our functions that sheets can call, such as `f($x)`. If it `asks`, it is to ask us for a file that it does not
    find next to the importer, before it looks in the load paths.
    """
    sheet = encoded((1, source), (2, url), (3, syntax))
    importers = [encoded((3, 1))] if asks else []
    importers += [encoded((1, path)) for path in load_paths]
    importers.append(encoded((5, encoded((1, package_folder)))))
    with_source_map, with_charset = (5, 1), (13, 1)
    with_every_warning = (10, 1)  # else five of a kind in packages would hide those in the project's own sheets
    ours = [(7, signature) for signature in functions]
    listed = [(6, importer) for importer in importers]
    request = encoded((2, sheet), with_source_map, *listed, *ours, with_every_warning, with_charset)
    return encoded((2, request))


def call_response(call: "FunctionCall", text: str, *, is_quoted: bool) -> bytes:
    """Answers `call` with a string."""
    string = encoded((1, text), (2, is_quoted))
    return encoded((6, encoded((1, call.number), (2, encoded((1, string))))))


def call_refusal(call: "FunctionCall", message: str) -> bytes:
    """Answers `call` with an error, whose `message` is the reason."""
    return encoded((6, encoded((1, call.number), (3, message))))


def file_response(search: "Search", url: str) -> bytes:
    """Answers `search` with the `file:` URL of what it asks for, without the parts that Sass adds; empty for none."""
    return encoded((5, encoded((1, search.number), *([(2, url)] if url else []))))


@frozen
class Version:
    """The compiler's name and version, and the version of the protocol."""

    implementation: str
    version: str
    protocol: str


@frozen
class SourceSpan:
    """A place in a file: line and column count from 0, the column UTF-16 code units. `context` are its whole lines."""

    url: str
    line: int
    column: int
    text: str
    context: str


@frozen
class LogEvent:
    """A log event while a sheet compiles. `deprecation` is the name of the deprecated feature."""

    kind: EventKind
    message: str
    span: SourceSpan | None
    trace: str
    deprecation: str


@frozen
class Failure:
    """Why there is no CSS."""

    message: str
    span: SourceSpan | None
    trace: str


@frozen
class CompileResponse:
    """The result of a compilation: `css` and its map, unless it failed. `urls` are those of all files read."""

    css: str
    source_map: str
    urls: tuple[str, ...]
    failure: Failure | None = None


@frozen
class FunctionCall:
    """A call of one of our functions, with one argument: the `text` of a string, or else a value of another `kind`.

    The answer has to repeat `number`.
    """

    number: int
    name: str
    text: str | None
    kind: str


@frozen
class Search:
    """The question for the file that `name` means in the one with the URL `importer`; empty if that is unknown.

    The answer has to repeat `number`.
    """

    number: int
    name: str
    importer: str


@frozen
class ProtocolFault:
    """The compiler has crashed, or rejects our request."""

    message: str


Reply: TypeAlias = Version | LogEvent | CompileResponse | FunctionCall | Search | ProtocolFault


def reply(message: ProtocolMessage) -> Reply:
    """The decoded outbound message; raises ValueError for a kind that we never ask for."""
    if (fault := message.message(1)) is not None:
        return ProtocolFault(fault.text(3))
    if (response := message.message(2)) is not None:
        return _response(response)
    if (event := message.message(3)) is not None:
        kind = EventKind(event.number(2))
        return LogEvent(
            kind, event.text(3), span=_span(event.message(4)), trace=event.text(5), deprecation=event.text(7)
        )
    if (search := message.message(6)) is not None:
        return Search(search.number(1), search.text(4), search.text(6))
    if (call := message.message(7)) is not None:
        return _call(call)
    if (version := message.message(8)) is not None:
        return Version(version.text(4), version.text(3), version.text(1))
    raise ValueError("an unexpected message")


def _response(response: ProtocolMessage) -> CompileResponse:
    urls = response.texts(4)
    if (failure := response.message(3)) is not None:
        return CompileResponse("", "", urls, Failure(failure.text(1), _span(failure.message(2)), failure.text(3)))
    success = response.message(2)
    if success is None:
        raise ValueError("a response with no result")
    return CompileResponse(success.text(1), success.text(2), urls)


_NULL: Final = 2
_KINDS: Final = {
    1: "a string",
    2: "a number",
    5: "a list",
    6: "a map",
    10: "a list",
    12: "a calculation",
    14: "a color",
}


def _call(call: ProtocolMessage) -> FunctionCall:
    argument = call.message(5)
    if argument is None:
        raise ValueError("a call without an argument")
    string = argument.message(1)
    kind = next((kind for field, kind in _KINDS.items() if argument.message(field)), "a function")
    if singleton := argument.numbers(7):
        kind = "null" if singleton[-1] == _NULL else "a boolean"
    return FunctionCall(call.number(1), call.text(3), None if string is None else string.text(1), kind)


def _span(span: ProtocolMessage | None) -> SourceSpan | None:
    start = None if span is None else span.message(2)
    if span is None or start is None:
        return None
    return SourceSpan(span.text(4), start.number(2), column=start.number(3), text=span.text(1), context=span.text(5))
