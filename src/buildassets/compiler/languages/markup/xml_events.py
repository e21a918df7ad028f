"""Reads an XML document into events, and writes events as the shortest document that has them. Pure.

No entity is expanded and nothing is fetched: a document that declares anything is refused (XML 1.0, section 4).
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from pyexpat import ErrorString, ExpatError, ParserCreate
from typing import Any, Final, NamedTuple

from buildassets.foundation.lazy_pattern import lazy_pattern

SEPARATOR: Final = " "  # between the namespace and the rest of a name, if they are read apart


class XmlKind(IntEnum):
    """The kind of an event."""

    START = 1
    END = 2
    TEXT = 3  # what character references and CDATA sections mean is in it
    COMMENT = 4
    INSTRUCTION = 5  # a processing instruction; `text` has what follows its name


class XmlEvent(NamedTuple):
    """One step through a document; a document is the same tree as another if the events of both are equal."""

    kind: XmlKind
    name: str = ""
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


class RefusedError(ValueError):
    """The document is not well-formed, or declares entities or the like; the text goes on from the file's name."""


class _DeclarationError(Exception):
    """The document declares something."""


_REFUSED: Final = (
    *("EntityDeclHandler", "SkippedEntityHandler", "AttlistDeclHandler", "ElementDeclHandler", "NotationDeclHandler"),
    *("UnparsedEntityDeclHandler", "ExternalEntityRefHandler"),
)


def xml_events(text: str, *, namespaces: bool = False) -> list[XmlEvent]:
    """The events of the document `text`; raises RefusedError.

    With `namespaces`, names have the URL of their namespace and a SEPARATOR before them, and no attribute declares one.
    Else they are as written. Texts that lie next to one another are one.
    """
    reader = _XmlReader()
    try:
        _parser(reader, namespaces=namespaces).Parse(text.removeprefix("\ufeff").encode("utf-8"), True)  # noqa: FBT003 it has no names
    except _DeclarationError as fault:
        raise RefusedError("declares entities or attributes") from fault
    except ExpatError as fault:
        raise RefusedError(f"is not well-formed XML: {ErrorString(fault.code)}") from fault
    except (ValueError, LookupError) as fault:  # Python has no such encoding, or one of several bytes a character
        raise RefusedError("declares an encoding that cannot be read") from fault
    return reader.events


class _XmlReader:
    def __init__(self) -> None:
        self.events: list[XmlEvent] = []

    def start(self, name: str, attributes: list[str]) -> None:
        pairs = tuple(zip(attributes[::2], attributes[1::2], strict=True))
        self.events.append(XmlEvent(XmlKind.START, name, "", pairs))

    def end(self, name: str) -> None:
        self.events.append(XmlEvent(XmlKind.END, name))

    def text(self, text: str) -> None:
        self.events.append(XmlEvent(XmlKind.TEXT, "", text))

    def comment(self, text: str) -> None:
        self.events.append(XmlEvent(XmlKind.COMMENT, text=text))

    def instruction(self, name: str, text: str) -> None:
        self.events.append(XmlEvent(XmlKind.INSTRUCTION, name, text))


def _parser(reader: _XmlReader, *, namespaces: bool) -> Any:
    def refuse(*_: object) -> None:
        raise _DeclarationError

    def document_type(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:
            raise _DeclarationError

    parser = ParserCreate(None, SEPARATOR if namespaces else None)
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.CommentHandler = reader.comment
    parser.ProcessingInstructionHandler = reader.instruction
    parser.StartDoctypeDeclHandler = document_type
    for name in _REFUSED:
        setattr(parser, name, refuse)
    return parser


_IN_TEXT: Final = lazy_pattern(r"[&<\r]|(?<=\]\])>")
_IN_VALUE: Final = "&<\t\n\r"  # and the quote around it; `&` first, as what the others become has one
_NAMES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_WRITTEN: Final = {**_NAMES, "'": "&#39;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def written(events: Sequence[XmlEvent]) -> str:
    """The shortest document with these `events`, without a declaration: UTF-8 is what XML is without one."""
    return "".join(_pieces(events))


def _pieces(events: Sequence[XmlEvent]) -> Iterator[str]:
    is_open = False  # the last start tag lacks its end
    for event in events:
        if event.kind is XmlKind.END and is_open:
            is_open = False
            yield "/>"
            continue
        if is_open:
            is_open = False
            yield ">"
        if event.kind is XmlKind.START:
            is_open = True
            yield f"<{event.name}{written_attributes(event.attributes)}"
        else:
            yield _written(event)


def _written(event: XmlEvent) -> str:
    if event.kind is XmlKind.END:
        return f"</{event.name}>"
    if event.kind is XmlKind.TEXT:
        return _IN_TEXT.sub(lambda match: _WRITTEN[match[0]], event.text)
    if event.kind is XmlKind.COMMENT:
        return f"<!--{event.text}-->"
    return f"<?{event.name} {event.text}?>" if event.text else f"<?{event.name}?>"


def written_attributes(attributes: Iterable[tuple[str, str]]) -> str:
    """The `attributes` as a tag has them, each with a blank before it."""
    return "".join(f" {name}={_quoted(value)}" for name, value in attributes)


def _quoted(value: str) -> str:
    quote = "'" if '"' in value and "'" not in value else '"'
    for character in _IN_VALUE + quote:  # a third of the time of a regular expression
        if character in value:
            value = value.replace(character, _WRITTEN[character])
    return f"{quote}{value}{quote}"
