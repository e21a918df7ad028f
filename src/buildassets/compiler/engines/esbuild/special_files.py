"""Finds inputs of a bundle that are not files: esbuild reads by itself, and waits for a named pipe forever.

Takes the paths of entries, gives diagnostics. Follows relative paths in the texts of scripts and sheets, and reads the
disk. It is asked only about a bundle that takes long, so it need not know what is a comment.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from buildassets.compiler.engines.esbuild.settings_files import settings_of
from buildassets.disk.files import content_of
from buildassets.disk.plain_files import fault_of_special
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, reason_text
from buildassets.foundation.media import suffix

_RELATIVE: Final = re.compile(r"[\"'`](\.{1,2}/[^\"'`\n]+)[\"'`]")
_IN_SHEETS: Final = re.compile(r"(?:@import\s+|url\(\s*)[\"']?([^\"'()\s]+)", re.IGNORECASE)
_ENDS: Final = (".tsx", ".ts", ".jsx", ".js", ".css", ".json")  # esbuild's `resolveExtensions`
_SCRIPTS: Final = (*_ENDS[:4], ".mts", ".cts", ".mjs", ".cjs")
_SHEET: Final = ".css"


def special_files(entries: Sequence[str], shown: Callable[[str], str]) -> Iterator[Diagnostic]:
    """An error for each thing that is not a file, from the absolute `entries` on."""
    waiting, seen = list(entries), set(entries)
    while waiting:
        importer = waiting.pop()
        text = _text_of(importer)
        for found in _named(text, importer):
            for path in candidates(os.path.normpath(os.path.join(os.path.dirname(importer), found[1]))):
                if path in seen:
                    continue
                seen.add(path)
                if fault := fault_of_special(path):
                    yield _unreadable(shown(path), fault, locate(shown(importer), text, *found.span(1)))
                elif os.path.isfile(path):
                    waiting.append(path)
    for path in sorted(settings_of(seen) - seen):
        if fault := fault_of_special(path):
            yield _unreadable(shown(path), fault, Location(shown(path)))


def _unreadable(name: str, fault: OSError, location: Location) -> Diagnostic:
    return error("source/unreadable", f"cannot read `{name}`: {reason_text(fault)}", location)


def _text_of(path: str) -> str:
    """The text of a script or a sheet; empty for any other file, and for one that cannot be read."""
    if suffix(path) not in (*_SCRIPTS, _SHEET):
        return ""
    try:
        return content_of(path).decode("utf-8", "replace")
    except OSError:
        return ""


def _named(text: str, path: str) -> Iterator[re.Match[str]]:
    return (_IN_SHEETS if suffix(path) == _SHEET else _RELATIVE).finditer(text)


def candidates(path: str) -> Iterator[str]:
    """The paths at which esbuild looks for the file that an import names by the absolute `path`."""
    yield path
    for start in (path, os.path.join(path, "index")):
        yield from (start + end for end in _ENDS)
    stem, end = os.path.splitext(path)
    if end in (".js", ".jsx", ".mjs", ".cjs"):  # TypeScript names what is compiled
        yield from (stem + other for other in _SCRIPTS)
