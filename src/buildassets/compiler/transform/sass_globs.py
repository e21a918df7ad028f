"""Expands `@import "mixins/*"` as sass-rails does: one import for each sheet that the glob matches, by name.

Takes the text of a sheet and its path, gives the text with the imports written out. Lists folders.
"""

import os
import re
from collections.abc import Iterator
from typing import Final

from buildassets.compiler.sources.globs import compile_globs
from buildassets.disk.folders import walk
from buildassets.foundation.lazy_pattern import lazy_pattern

# Comments and strings are skipped, since they may contain text that looks like an import.
_IMPORT: Final = lazy_pattern(
    r"//[^\n]*|/\*(?s:.*?)\*/"
    r"""|@import\s+((?:"[^"\n]*"|'[^'\n]*')(?:\s*,\s*(?:"[^"\n]*"|'[^'\n]*'))*)\s*(?:;|(?=\n|\}|\Z))"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'"""
)
_NAME: Final = re.compile(r"""(["'])(.*?)\1""")
_SHEETS: Final = (".scss", ".sass", ".css")


def with_globs_written_out(text: str, path: str) -> tuple[str, tuple[str, ...]]:
    """`text`, the sheet at `path`, with the globs in its imports expanded, and the folders that were listed."""
    folders: dict[str, None] = {}

    def written(rule: re.Match[str]) -> str:
        if rule[1] is None or "*" not in rule[1]:
            return rule[0]
        names = [name for _, given in _NAME.findall(rule[1]) for name in _names(given, path, folders)]
        return f"@import {', '.join(names)};" if names else ""

    return _IMPORT.sub(written, text), tuple(folders)


def _names(given: str, path: str, folders: dict[str, None]) -> Iterator[str]:
    """The imports, in quotes, that `given` stands for."""
    if "*" not in given or "://" in given:
        yield f'"{given}"'
        return
    plain = given[: given.index("*")].rpartition("/")[0]
    top = os.path.normpath(os.path.join(os.path.dirname(path), plain))
    matches = compile_globs([f"./{given[len(plain) :].lstrip('/')}"])
    is_deep = "/" in given[len(plain) :].lstrip("/")
    for name in sorted(_sheets(top, folders, is_deep=is_deep)):
        if (matches(name) or matches(os.path.splitext(name)[0])) and os.path.join(top, name) != path:
            yield f'"{os.path.splitext(f"{plain}/{name}" if plain else name)[0]}"'


def _sheets(top: str, folders: dict[str, None], *, is_deep: bool) -> Iterator[str]:
    """The paths of the sheets in `top`, relative to it; those in its folders, too, if `is_deep`."""
    folders[top] = None
    for folder, _, files in walk(top):
        if folder != top and not is_deep:
            continue
        folders[folder] = None
        below = os.path.relpath(folder, top).replace(os.sep, "/")
        for name in files:
            if name.endswith(_SHEETS) and not name.startswith("."):
                yield name if below == "." else f"{below}/{name}"
