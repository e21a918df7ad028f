"""Names of other files that the output of a bundler has as text, or builds when it runs. Pure.

Vite lists what a chunk needs next to its `import()`, relative to the script: these are references. The others (maps of
webpack, lists of Parcel, modules of SystemJS) are names whose URL nobody knows before a page runs the script.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.references import scan, unescaped
from buildassets.foundation.lazy_pattern import lazy_pattern

# By a text that the outputs of each have, whatever minifies them.
_MARKS: Final = {
    "__vite__mapDeps": "Vite",
    "vite:preloadError": "Vite",
    "webpackChunk": "webpack",
    "webpackJsonp": "webpack",
    "parcelRequire": "Parcel",
    "System.register(": "SystemJS",
}
_MARKS_IN_BYTES: Final = {mark.encode(): tool for mark, tool in _MARKS.items()}
_SUFFIX: Final = r"\.(?:js|mjs|cjs|css)"
_PATH: Final = re.compile(r"/[^/\"'`\s]+\.\w{2,12}[\"'`?#]")
_PATH_IN_BYTES: Final = re.compile(_PATH.pattern.encode())
# The lists of Vite before 5.1, in chunks that import what loads them: `load(() => import("./a.js"), ["a/b.css"])`.
_BESIDE_IMPORT: Final = re.compile(r"import\([\"'`][^\"'`\n]+[\"'`]\),\s?\[[\"'`]")
_BESIDE_IMPORT_IN_BYTES: Final = re.compile(_BESIDE_IMPORT.pattern.encode())
_CALL_WINDOW: Final = 32
_IN_JSON: Final = lazy_pattern(r'"([^"\\]+)"')
_ENTRY: Final = lazy_pattern(r'(?:"([^"\\]*)"|([\w$]+)):"([^"\\]*)"')
_MAP: Final = r'\{(?:(?:"[^"\\]*"|[\w$]+):"[^"\\]*",?)++\}'
# `"chunk." + id + "." + {12: "ab12"}[id] + ".js"`, also with names of chunks: `({12: "menu"}[id] || id)`.
_MAPPED: Final = lazy_pattern(
    rf'(?:"(?P<lead>[^"\\]*)"\+)?(?:(?:\((?P<names>{_MAP})\[\w+\]\|\|\w+\)|(?<!\w)(?P<id>\w++))\+"(?P<between>[^"\\]*)"\+)?'
    rf'(?P<hashes>{_MAP})\[\w+\]\+"(?P<tail>[^"\\]*{_SUFFIX})"'
)


class ChunkName(NamedTuple):
    """`text[start:end]` names, or is an expression that can name, the file `name`; `glob` matches all of its names."""

    start: int
    end: int
    name: str
    glob: str = ""


def bundler_of(body: bytes | str) -> str:
    """The tool that wrote the script `body`, if it is one whose outputs name other files; else empty."""
    if isinstance(body, str):
        tool = next((tool for mark, tool in _MARKS.items() if mark in body), "")
        return tool or ("Vite" if _BESIDE_IMPORT.search(body) else "")
    tool = next((tool for mark, tool in _MARKS_IN_BYTES.items() if mark in body), "")
    return tool or ("Vite" if _BESIDE_IMPORT_IN_BYTES.search(body) else "")


def may_name_files(body: bytes | str) -> bool:
    """Whether a string of the script `body` may be the path of a file."""
    return _PATH.search(body) is not None if isinstance(body, str) else _PATH_IN_BYTES.search(body) is not None


def plain_names(text: str, *, built: bool = False) -> Iterator[ChunkName]:
    """The strings in the script `text` that are not references; if `built`, also names that maps of chunks give."""
    written = {reference.start for reference in scan(text)}
    for kind, start, end in tokens(text):
        is_whole = kind is Kind.STRING or (kind is Kind.TEMPLATE and text[start] == text[end - 1] == "`")
        if not is_whole or start + 1 in written or _is_asset_url(text, start):
            continue
        value = unescaped(text[start + 1 : end - 1]) or ""
        if built and value.startswith("./") and _is_key(text, start, end):
            continue  # a module of webpack, by the name that a `require()` of a whole folder gives it
        yield ChunkName(start + 1, end - 1, value)
        if built and value[:1] in ("[", "{"):  # what Parcel hands to `JSON.parse`
            yield from (ChunkName(start + 1, end - 1, inner[1]) for inner in _IN_JSON.finditer(value))
    if built:
        yield from _mapped_names(text)


def _is_key(text: str, start: int, end: int) -> bool:
    """Whether the string `text[start:end]` is a key of an object."""
    return text[end : end + 1] == ":" and text[max(0, start - _CALL_WINDOW) : start].rstrip()[-1:] in ("{", ",")


def _is_asset_url(text: str, start: int) -> bool:
    """Whether the string at `start` is the argument of `ASSET_URL()`, which gives the URL of an asset."""
    return text[max(0, start - _CALL_WINDOW) : start].rstrip().endswith("ASSET_URL(")


def _mapped_names(text: str) -> Iterator[ChunkName]:
    for match in _MAPPED.finditer(text):
        names = _entries(match["names"] or "")
        lead, between, tail = match["lead"] or "", match["between"], match["tail"]
        for key, digest in _entries(match["hashes"]).items():
            chunk, any_chunk = ("", "") if between is None else (names.get(key, key) + between, f"*{between}")
            yield ChunkName(*match.span(), f"{lead}{chunk}{digest}{tail}", f"{lead}{any_chunk}*{tail}")


def _entries(text: str) -> dict[str, str]:
    return {quoted or plain: value for quoted, plain, value in _ENTRY.findall(text)}
