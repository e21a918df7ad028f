"""The references of a source map: the texts that it maps to, where it does not hold these itself. Pure.

Such a map names them by URLs relative to its own (ECMA-426, section 9.1, `sources`). With a `sourceRoot`, and in the
sections of an index map, they are left alone.
"""

from collections.abc import Iterable
from typing import Final

from buildassets.compiler.languages.json.lexer import is_json, strings, text_of
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.foundation.lazy_pattern import lazy_pattern

_TEXT: Final = r'"((?:[^"\\]++|\\.)*+)"'
_PLAIN_TEXT: Final = _TEXT.replace("((?:", "(?:(?:")
_VALUE: Final = rf"(?:\[(?:[^\"\[\]{{}}]++|{_PLAIN_TEXT})*+\]|{_PLAIN_TEXT}|[^\"\[\]{{}},\s]++)"
_STRING: Final = lazy_pattern(_TEXT)
_MEMBER: Final = lazy_pattern(rf"{_TEXT}\s*+:\s*+({_VALUE})")
_FLAT: Final = lazy_pattern(rf"\ufeff?\s*+\{{(?:\s*+{_PLAIN_TEXT}\s*+:\s*+{_VALUE}\s*+,?+)*+\s*+\}}\s*+")
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
    if _FLAT.fullmatch(text):
        return _scan_flat(text) if is_json(text) else []
    found = list(strings(text))
    if any(string.path == ("sourceRoot",) and string.value for string in found):
        return []
    return [
        Reference(string.start, string.end, string.value, ReferenceKind.ORIGINAL)
        for string in found
        if string.path[:1] == ("sources",) and len(string.path) == 2 and string.value
    ]


def _scan_flat(text: str) -> list[Reference]:
    """The same for an object of which no member holds an object or lists of lists, as most maps are.

    Of such a map only the sources are read string by string; its names are thousands.
    """
    members = [(text_of(match[1]), match[2], match.start(2)) for match in _MEMBER.finditer(text)]
    if any(key == "sourceRoot" and value[0] == '"' and value != '""' for key, value, _ in members):
        return []
    return [
        Reference(start + match.start(1), start + match.end(1), text_of(match[1]), ReferenceKind.ORIGINAL)
        for key, value, start in members
        if key == "sources" and value[0] == "["
        for match in _STRING.finditer(value)
        if match[1]
    ]
