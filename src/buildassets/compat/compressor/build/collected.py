"""Finds references of sheets to files that exist only in the root of collected files: COMPRESS_ROOT or STATIC_ROOT.

Takes a sheet that lies there, gives logical paths. Reads the sheets that it imports.
"""

from collections.abc import Iterator, Sequence
from posixpath import dirname, normpath
from posixpath import join as joined_path
from urllib.parse import unquote

from buildassets.compat.compressor.build.static_files import StaticFiles
from buildassets.compat.compressor.run.key import static_path
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.resolve.urls import has_host
from buildassets.plain_files import plain

__all__ = ["collected_references"]


def collected_references(text: str, path: str, prefixes: Sequence[str], files: StaticFiles) -> set[str]:
    """The logical paths of the files that the sheet `text` at `path` reaches and that no finder has."""
    found: set[str] = set()
    waiting = [(text, path)]
    while waiting:
        for target in _targets(*waiting.pop(), prefixes):
            file = None if target in found or files.find(target) else files.collected(target)
            if file is None:
                continue
            found.add(target)
            if target.endswith(".css"):
                with open(plain(file), encoding="utf-8-sig", errors="replace", newline="") as opened:
                    waiting.append((opened.read(), target))
    return found


def _targets(text: str, path: str, prefixes: Sequence[str]) -> Iterator[str]:
    for reference in scan(text):
        url = reference.url.strip()
        target = static_path(url, prefixes)
        if target is None and url and not has_host(url) and not url.startswith(("/", "#", "?", "data:")):
            below = unquote(url.partition("#")[0].partition("?")[0])
            target = normpath(joined_path(dirname(path), below))
        if target and not target.startswith("../"):
            yield target
