"""Splits a block into its elements: scripts, sheets, links, and any others between its tags.

Takes markup as a template wrote it, gives frozen values. Pure. Text and comments between elements are left out, and so
are the tags of elements around them, and a link without `rel`, which browsers ignore.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from buildassets.foundation.frozen import frozen

__all__ = ["LONGEST_KEPT", "Attributes", "Element", "elements_of"]

Attributes = tuple[tuple[str, str | None], ...]

LONGEST_KEPT: Final = 16_384  # of what is kept of blocks: longer ones would fill the memory of a web process

_NAME: Final = r"[^\s/>=\"'][^\s/>=]*+"
_VALUE: Final = r"\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+"
_TAG: Final = re.compile(
    rf"<!--.*?(?:-->|\Z)|<([a-zA-Z][^\s/>]*+)((?:[\s/]++|{_NAME}(?:\s*+=\s*+(?:{_VALUE})?+)?+)*+)>|</[^>]*+>|<![^>]*+>",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(rf"({_NAME})(?:\s*+=\s*+({_VALUE})?+)?+")
_RAW_TEXT: Final = ("script", "style")
_WITH_END: Final = ("noscript", "template", "title")  # other elements of a head, which are kept whole
_WITHOUT_END: Final = ("base", "br", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
_KNOWN: Final = frozenset((*_RAW_TEXT, *_WITH_END, *_WITHOUT_END))


@frozen
class Element:
    """`markup` is all of it as it was written; `text` the inside of a script or sheet, None for others.

    Names of elements and attributes are in lower case; a bare attribute has the value None. Of attributes with one name
    the first counts (HTML, section 13.2.5.33). `start` is where `markup` begins in the block, `text_start` where the
    text does.
    """

    name: str
    attributes: Attributes
    text: str | None
    markup: str
    start: int = 0
    text_start: int = 0

    def get(self, name: str) -> str | None:
        """The value of an attribute: empty if it is bare, None if it is absent."""
        for known, value in self.attributes:
            if known == name:
                return value or ""
        return None


def elements_of(block: str) -> tuple[Element, ...]:
    """The elements of `block`, in order."""
    return _kept_elements(block) if len(block) <= LONGEST_KEPT else tuple(_elements(block))


@lru_cache(maxsize=1024)  # of blocks that are rendered again and again
def _kept_elements(block: str) -> tuple[Element, ...]:
    return tuple(_elements(block))


def _elements(block: str) -> Iterator[Element]:
    position = 0
    while match := _TAG.search(block, position):
        position = match.end()
        name = (match[1] or "").lower()
        if not name:
            continue
        if name not in _KNOWN:  # its tags go, and what is in it counts: without its end it would hold the page's rest
            continue
        text, end = None, position
        if name in (*_RAW_TEXT, *_WITH_END):
            text_end, end = _end_of(name, block, position)
            text = block[position:text_end] if name in _RAW_TEXT else None
        attributes = _attributes(match[2])
        if name != "link" or any(known == "rel" for known, _ in attributes):
            yield Element(
                name, attributes, text=text, markup=block[match.start() : end], start=match.start(), text_start=position
            )
        position = end


def _end_of(name: str, block: str, position: int) -> tuple[int, int]:
    """The ends of an element's content and of the element."""
    tag = re.compile(rf"</{name}(?=[\s/>])[^>]*+(?:>|\Z)", re.IGNORECASE).search(block, position)
    return tag.span() if tag else (len(block), len(block))


def _attributes(text: str) -> Attributes:
    found: dict[str, str | None] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = match[2]
        if value is not None and value[:1] in "\"'":
            value = value[1:-1]
        found.setdefault(match[1].lower(), _unescaped(value))
    return tuple(found.items())


def _unescaped(value: str | None) -> str | None:
    if value is None or "&" not in value:
        return value
    from html import unescape  # 2 ms, and few attributes have references

    return unescape(value)
