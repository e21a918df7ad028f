"""The references of an SVG image: what a browser loads to show it. Pure.

Entities that the document type declares are never expanded: what they are in is left alone.
"""

import re
from typing import Final

from buildassets.compiler.languages.markup import references as markup
from buildassets.compiler.languages.markup.lexer import xml_tokens
from buildassets.compiler.languages.reference import Reference
from buildassets.foundation.lazy_pattern import lazy_pattern

_CHARACTER_REFERENCE: Final = lazy_pattern(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,8})|(lt|gt|amp|quot|apos));")
_ENTITY: Final = r"&[\w.:\-]++;"
_PREDEFINED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def unescaped(text: str) -> str:
    """The `text` of an attribute with what its character references mean; other references stay."""
    return _CHARACTER_REFERENCE.sub(lambda match: _meaning(match) or match[0], text) if "&" in text else text


def _meaning(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _PREDEFINED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if code <= 0x10FFFF else None


_DIALECT: Final = markup.Dialect(
    xml_tokens, _CHARACTER_REFERENCE, _meaning, lazy_pattern(rf"{markup.TEMPLATE_MARK}|{_ENTITY}")
)


def scan(text: str) -> list[Reference]:
    """The references in `text`, in the order in which they stand; fragments and `data:` URLs are left out."""
    return markup.scan(text, _DIALECT)
