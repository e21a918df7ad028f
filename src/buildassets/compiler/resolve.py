"""What a reference means: which logical path it names, if it names one at all. Pure.

After the URL Standard (relative references, percent-encoding) and HTML's module specifiers.
"""

import re
from collections.abc import Callable
from posixpath import normpath
from typing import Final

from buildassets.compiler.model import Reference, ReferenceKind
from buildassets.paths import LogicalPath, from_url, split_url

_HAS_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_SPACE_AROUND_URLS: Final = "".join(map(chr, range(33)))  # C0 controls and space


def target_of(
    reference: Reference, base: LogicalPath, url_prefix: str, is_external: Callable[[str], object]
) -> LogicalPath | None:
    """The logical path that `reference`, written in the asset `base`, names; None where it is to be left alone.

    Left alone are other hosts and schemes, root-relative paths outside of `url_prefix`, fragments, bare module names,
    folders, and what the configuration calls external. A path that climbs out of the asset tree comes back with its
    leading `..`: it is no asset's name.
    """
    url = reference.url.strip(_SPACE_AROUND_URLS)
    if url.startswith(url_prefix):
        below_prefix = split_url(url[len(url_prefix) :])[0]
        return None if _names_no_file(below_prefix) or is_external(url) else _logical(from_url(below_prefix))
    if _HAS_SCHEME.match(url) or url.startswith(("/", "\\", "#", "?")) or is_external(url):
        return None
    if reference.kind is ReferenceKind.MODULE and not url.startswith(("./", "../")):
        return None
    path = split_url(url)[0].replace("\\", "/")  # the URL Standard reads a backslash as a slash
    if _names_no_file(path):
        return None
    return _logical(base[: base.rfind("/") + 1] + from_url(path))


def has_host(url: str) -> bool:
    """Whether `url` names its host or scheme itself: `https://…`, `//…`, `data:…`."""
    return url.startswith("//") or _HAS_SCHEME.match(url) is not None


def _names_no_file(path: str) -> bool:
    return path[path.rfind("/") + 1 :] in ("", ".", "..")


def _logical(path: str) -> LogicalPath:
    return LogicalPath(normpath(path))
