"""References that need care: those of inline blocks relative to their page, those to files that only COMPRESS_ROOT has.

Takes texts, gives URLs and logical paths. Imports the compiler's languages; reads collected sheets.
"""

from collections.abc import Callable, Iterator, Sequence
from posixpath import dirname, normpath
from posixpath import join as joined_path
from typing import Final
from urllib.parse import unquote

from buildassets.compat.compressor.compile.static_files import StaticFiles
from buildassets.compat.compressor.run.key import static_path
from buildassets.compiler.languages.reference import OF_DEBUGGERS
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.resolve.urls import has_host, target_of
from buildassets.disk.plain_files import plain
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath

__all__ = ["collected_references", "page_urls"]

_SYNTAX: Final = {"css": Syntax.CSS, "js": Syntax.JAVASCRIPT}
_NO_PREFIX: Final = "\0"


def page_urls(
    kind: str, text: str, prefixes: Sequence[str], base: str, *, find: Callable[[str], object]
) -> Iterator[str]:
    """The URLs of `text` that would name another file from a file of its own.

    They are below none of the URL prefixes, and name no file from the logical path `base`.
    """
    for reference in scan(_SYNTAX[kind], text):
        if reference.kind in OF_DEBUGGERS or static_path(reference.url, prefixes) is not None:
            continue
        target = target_of(reference, LogicalPath(base), _NO_PREFIX, lambda _: False)
        if target is not None and not find(target):
            yield reference.url


def collected_references(text: str, path: str, prefixes: Sequence[str], files: StaticFiles) -> set[str]:
    """The logical paths of the files that the sheet `text` at `path` reaches and that no finder has.

    They are in the root of collected files, COMPRESS_ROOT or STATIC_ROOT.
    """
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
    for reference in scan(Syntax.CSS, text):
        url = reference.url.strip()
        target = static_path(url, prefixes)
        if target is None and url and not has_host(url) and not url.startswith(("/", "#", "?", "data:")):
            below = unquote(url.partition("#")[0].partition("?")[0])
            target = normpath(joined_path(dirname(path), below))
        if target and not target.startswith("../"):
            yield target
