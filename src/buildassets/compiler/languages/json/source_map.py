"""The references of a source map: the texts that it maps to, where it does not hold these itself. Pure.

Such a map names them by URLs relative to its own (ECMA-426, section 9.1, `sources`). With a `sourceRoot`, and in the
sections of an index map, they are left alone.
"""

from collections.abc import Iterable
from typing import Final

from buildassets.compiler.languages.json.lexer import strings
from buildassets.compiler.languages.reference import Reference, ReferenceKind

_SOURCES: Final = b'"sources"'
_CONTENT: Final = b'"sourcesContent"'


def may_refer(chunks: Iterable[bytes]) -> bool:
    """Whether a map can have references, found out in no time: most maps hold their sources, and are megabytes long."""
    names_sources, before = False, b""
    for chunk in chunks:
        joint = before + chunk[: len(_CONTENT)]
        if _CONTENT in joint or _CONTENT in chunk:
            return False
        names_sources = names_sources or _SOURCES in joint or _SOURCES in chunk
        before = (before + chunk[-len(_CONTENT) :])[-len(_CONTENT) :]
    return names_sources


def scan(text: str) -> list[Reference]:
    """The references in `text`, in the order in which they stand."""
    found = list(strings(text))
    if any(string.path == ("sourceRoot",) and string.value for string in found):
        return []
    return [
        Reference(string.start, string.end, string.value, ReferenceKind.ORIGINAL)
        for string in found
        if string.path[:1] == ("sources",) and len(string.path) == 2 and string.value
    ]
