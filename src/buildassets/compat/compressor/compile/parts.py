"""Classifies the elements of a block: contents to be joined, or elements that stay separate.

Takes a rendering, gives its parts, and what of it is not known. Pure.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

from buildassets.compat.compressor.compile.marks import has_mark, marked_names, root_name
from buildassets.compat.compressor.compile.precompilers import SASS_SUFFIXES
from buildassets.compat.compressor.compile.rendering import Rendering
from buildassets.compat.compressor.run.elements import Element, elements_of
from buildassets.compat.compressor.run.key import url_of
from buildassets.foundation.frozen import frozen

__all__ = ["CONTENT_TYPE", "BlockPart", "ElementSort", "group_of", "kept_attributes", "parts_of", "unknown_names"]

CONTENT_TYPE: Final = {"css": "text/css", "js": "text/javascript"}
# What browsers run as a classic script (MIME Sniffing, section 4.6), and a sheet.
_PLAIN_TYPES: Final = {
    "css": ("", "text/css"),
    "js": (
        *("", "text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript"),
        *("application/ecmascript", "text/x-javascript", "text/jscript", "text/livescript"),
    ),
}
# Languages that browsers do not run, and for which a precompiler was meant.
_LANGUAGES: Final = (
    "coffee",
    "typescript",
    "babel",
    "jsx",
    "livescript",
    "less",
    "stylus",
    "sass",
    "scss",
    "vue",
    "elm",
)
_URL_ATTRIBUTES: Final = ("href", "src")
_DROPPED: Final = ("charset", "integrity", "language", "rel", *_URL_ATTRIBUTES)
_NAME: Final = "id"
_OF_LINKS: Final = ("async", "crossorigin", "defer", "fetchpriority", "referrerpolicy", "as")


class ElementSort(Enum):
    """The classification of an element of a block."""

    CONTENT = "content"  # a sheet or classic script, or what is compiled to one
    KEPT = "kept"
    UNCOMPILED = "uncompiled"  # in a language that nothing compiles


@frozen
class BlockPart:
    """An element with its number in the block.

    `type` is its attribute: as written where a setting names a precompiler for it, else in lower case.
    """

    element: Element
    number: int
    sort: ElementSort
    type: str


def parts_of(kind: str, block: str, precompilers: Mapping[str, str]) -> list[BlockPart]:
    """The parts of a rendered block of that `kind`."""
    return [_part(kind, element, number, precompilers) for number, element in enumerate(elements_of(block))]


def _part(kind: str, element: Element, number: int, precompilers: Mapping[str, str]) -> BlockPart:
    given = (element.get("type") or "").strip()
    type_ = given if given in precompilers else given.lower()
    sort = ElementSort.KEPT
    if _is_of_kind(kind, element):
        is_compiled = type_ in precompilers or (kind == "css" and type_ in SASS_SUFFIXES)
        if type_ in _PLAIN_TYPES.get(kind, ()) or is_compiled:
            sort = ElementSort.CONTENT
        elif kind == "css" or any(language in type_ for language in _LANGUAGES):
            sort = ElementSort.UNCOMPILED
    return BlockPart(element, number, sort, type_)


def _is_of_kind(kind: str, element: Element) -> bool:
    if kind == "js":
        return element.name == "script"
    is_sheet = element.name == "link" and (element.get("rel") or "").strip().lower() == "stylesheet"
    return element.name == "style" or (is_sheet and bool(element.get("href")))


def is_plain_type(kind: str, type_: str) -> bool:
    """Whether browsers take that type as it is."""
    return type_ in _PLAIN_TYPES.get(kind, ())


def group_of(part: BlockPart, kind: str) -> tuple[tuple[str, str], ...]:
    """The attributes that contents must share to be joined into one file: all but a few, and not what names them."""
    attributes = kept_attributes([part], kind, "file")
    attributes.pop(_NAME, None)
    if "crossorigin" in attributes:
        attributes["crossorigin"] = _credentials(attributes["crossorigin"])
    module = [("type", "module")] if part.type == "module" else []
    return tuple(sorted([*((name, value or "") for name, value in attributes.items() if name != "type"), *module]))


def _credentials(crossorigin: str | None) -> str:
    """The meaning of a `crossorigin`: any value but one, and none, is `anonymous` (HTML, section 2.5.4)."""
    value = (crossorigin or "").lower()
    return value if value == "use-credentials" else "anonymous"


def kept_attributes(parts: list[BlockPart], kind: str, mode: str) -> dict[str, str | None]:
    """The attributes of the file that `parts` become: those of the first, which the others have too.

    Several elements have no name together: an `id` is that of one.
    """
    dropped = (*_DROPPED, "type", *(_OF_LINKS if mode == "inline" else ()), *([_NAME] if len(parts) > 1 else []))
    kept = {name: value for name, value in parts[0].element.attributes if name not in dropped}
    if all(part.element.get("type") for part in parts):
        kept["type"] = parts[0].type if parts[0].type == "module" else CONTENT_TYPE.get(kind)
    return kept


def unknown_names(rendering: Rendering, parts: list[BlockPart]) -> list[str]:
    """The names of unknown values that would become content; none if the block can be built."""
    marked = {root_name(name) for name in marked_names(rendering.text)}
    unmarked = [name for name in rendering.missing if root_name(name) not in marked]
    return list(dict.fromkeys([*unmarked, *(name for part in parts for name in _unknown_in(part))]))


def _unknown_in(part: BlockPart) -> Iterator[str]:
    element = part.element
    url_names = _URL_ATTRIBUTES if element.name in ("link", "script", "img") else ()
    for name, value in element.attributes:
        yield from marked_names(name)
        if name in url_names:
            yield from marked_names(_path_of(url_of(element) or ""))
        elif name in ("type", "charset", "rel"):
            yield from marked_names(value or "")
    if element.text is not None:
        yield from marked_names(element.text)
    elif element.name not in ("link", "script") and has_mark(element.markup):
        yield from marked_names(element.markup)


def _path_of(url: str) -> str:
    """A URL without query and fragment."""
    end = min((url.index(mark) for mark in "?#" if mark in url), default=len(url))
    return url[:end]
