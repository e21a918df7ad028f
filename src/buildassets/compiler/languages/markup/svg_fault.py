"""Why browsers show nothing of an SVG file: it is not well-formed XML, or its root is not an element of SVG. Pure.

Nothing is fetched, and no entity is expanded: a file that declares some is left to browsers.
"""

from pyexpat import ErrorString, ExpatError, ParserCreate
from typing import Any, Final, NamedTuple

_NAMESPACE: Final = "http://www.w3.org/2000/svg"
_SHAPES: Final = (
    "circle",
    "ellipse",
    "g",
    "line",
    "path",
    "polygon",
    "polyline",
    "rect",
    "text",
)  # what draws by itself
_HINTS: Final = {
    "unbound prefix": 'declare the prefix, such as `xmlns:xlink="http://www.w3.org/1999/xlink"`',
    "undefined entity": (
        "write the character itself: XML has no names of characters but `amp`, `lt`, `gt`, `quot` and `apos`"
    ),
}


class SvgFault(NamedTuple):
    """`text[start:end]` is where it shows; `message` goes on from the name of the file."""

    start: int
    end: int
    message: str
    hint: str | None


class _LeftError(Exception):
    """The file declares an entity."""


def svg_fault(text: str) -> SvgFault | None:
    """The fault of an SVG file with this `text`; None if it is well formed or empty, or its encoding is not known."""
    if not text.strip():
        return None
    data = text.encode("utf-8", "replace")
    names: list[str] = []
    parser = _parser(names)
    try:
        parser.Parse(data, True)  # noqa: FBT003 it has no names
    except (_LeftError, ValueError, LookupError):  # browsers know encodings that Python's parser does not
        return None
    except ExpatError as fault:
        start = len(data[: parser.ErrorByteIndex].decode("utf-8", "ignore"))
        reason = ErrorString(fault.code)
        start = min(start, len(text.rstrip()) - 1)
        return SvgFault(start, start + 1, f"is not well-formed XML: {reason}", _HINTS.get(reason))
    if names[0] == "svg" and not set(names).isdisjoint(_SHAPES):
        start = text.find("<svg")
        hint = f'write `<svg xmlns="{_NAMESPACE}"`'
        return SvgFault(start, start + len("<svg"), "has no namespace, and browsers show nothing of it", hint)
    return None


def _parser(names: list[str]) -> Any:
    """A parser that appends the name of each element to `names`, with its namespace before it."""

    def leave(*_: object) -> None:
        raise _LeftError

    parser = ParserCreate(None, " ")
    parser.StartElementHandler = lambda name, _: names.append(name)
    parser.EntityDeclHandler = leave
    return parser
