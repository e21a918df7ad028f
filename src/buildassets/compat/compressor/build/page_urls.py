"""URLs of inline sheets and scripts that are relative to the page: in a file of their own they would name another file.

Takes texts, gives URLs. Imports the compiler's languages.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from buildassets.compat.compressor.run.key import static_path
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.resolve.urls import target_of
from buildassets.media import Syntax
from buildassets.paths import LogicalPath

__all__ = ["page_urls"]

_SYNTAX: Final = {"css": Syntax.CSS, "js": Syntax.JAVASCRIPT}
_DEBUGGING: Final = (ReferenceKind.SOURCE_MAP, ReferenceKind.ORIGINAL)
_NO_PREFIX: Final = "\0"


def page_urls(kind: str, text: str, prefixes: Sequence[str], base: str, find: Callable[[str], object]) -> Iterator[str]:
    """Those of `text` that are below none of the URL prefixes, and that name no file from the logical path `base`."""
    for reference in scan(_SYNTAX[kind], text):
        if reference.kind in _DEBUGGING or static_path(reference.url, prefixes) is not None:
            continue
        target = target_of(reference, LogicalPath(base), _NO_PREFIX, lambda _: False)
        if target is not None and not find(target):
            yield reference.url
