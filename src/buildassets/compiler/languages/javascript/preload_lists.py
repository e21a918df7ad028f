"""The lists of files that Vite writes into a chunk, which it loads ahead with the modules that `import()` names. Pure.

They are relative to the chunk where Vite's `base` is: then each is a reference. With another base they are names below
it, which a script joins with it when it runs.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.lazy_pattern import lazy_pattern

_MARK: Final = "__vite__mapDeps"
_ITEM: Final = r"(?:\"[^\"\\\n\r]*\"|'[^'\\\n\r]*'|`[^`\\$]*`)"
_LIST: Final = rf"\[\s*({_ITEM}(?:\s*,\s*{_ITEM})*)\s*\]"
_ITEMS: Final = lazy_pattern(_ITEM)
_NAME: Final = r"[\w$]+"
# Since Vite 5.1 it begins the chunk; what begins a text is code.
_AT_START: Final = lazy_pattern(
    rf"\ufeff?(?:#![^\n\r]*)?\s*(?:const|let|var)\s+{_MARK}\s*=\s*\(({_NAME}),\s*({_NAME})\s*=\s*{_MARK},\s*{_NAME}\s*=\s*"
    rf"\(?\s*\2\.f\s*\|\|\s*\(\s*\2\.f\s*=\s*{_LIST}\s*\)"
)
# Before that it follows the import: `load(() => import("./a.js"), ["./a.js", "./a.css"], import.meta.url)`.
_BESIDE_IMPORT: Final = lazy_pattern(rf"[\"'`]\s*\)\s*,\s*{_LIST}\s*,\s*import\.meta\.url\s*\)")


def with_preload_lists(text: str, references: Sequence[Reference]) -> Sequence[Reference]:
    """`references`, which are those of `text`, with the elements of Vite's lists, in text order."""
    found = [*_at_start(text), *_beside_imports(text, references)]
    return sorted((*references, *found), key=lambda one: one.start) if found else references


def _at_start(text: str) -> Iterator[Reference]:
    match = _AT_START.match(text) if _MARK in text else None
    if match:
        yield from _elements(text, *match.span(3))


def _beside_imports(text: str, references: Sequence[Reference]) -> Iterator[Reference]:
    for reference in references:
        if reference.kind is ReferenceKind.LATER and (match := _BESIDE_IMPORT.match(text, reference.end)):
            yield from _elements(text, *match.span(1))


def _elements(text: str, start: int, end: int) -> Iterator[Reference]:
    for item in _ITEMS.finditer(text, start, end):
        url = item[0][1:-1]
        if url.startswith(("./", "../")):
            yield Reference(item.start() + 1, item.end() - 1, url, ReferenceKind.URL)
