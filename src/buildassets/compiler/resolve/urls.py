"""Resolves URLs: finds the logical path that a reference names, if it names one. Pure.

After the URL Standard (relative references, percent-encoding) and HTML's module specifiers.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from posixpath import normpath
from typing import Final

from buildassets.compiler.languages.reference import SPECIFIERS, Reference
from buildassets.compiler.model import ImportMap
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import LogicalPath, from_url, split_url, to_url

USUAL_PREFIXES: Final = ("/static/", "/assets/", "/")  # of the URLs of assets in other systems, the longest first
_HAS_SCHEME: Final = lazy_pattern(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
# What the URL Standard drops, reads as another character, or has encoded in different ways over time.
_UNSURE: Final = lazy_pattern(r"[\x00-\x20\x7f\"#<>?\\^`{|}\ud800-\udfff]|//|%2e", re.IGNORECASE)
_SPACE_AROUND_URLS: Final = "".join(map(chr, range(33)))  # C0 controls and space


def target_of(
    reference: Reference, base: LogicalPath, url_prefix: str, is_external: Callable[[str], object]
) -> LogicalPath | None:
    """The logical path that `reference`, written in the asset `base`, names; None if it is to be left alone.

    Left alone are other hosts and schemes, root-relative paths outside of `url_prefix`, fragments, bare module names,
    folders, and what the configuration declares external. A path out of the asset tree keeps its leading `..`, so it
    is not an asset's name.
    """
    url = reference.url.strip(_SPACE_AROUND_URLS)
    if url.startswith(url_prefix):
        below_prefix = split_url(url[len(url_prefix) :])[0]
        return None if _names_no_file(below_prefix) or is_external(url) else _logical(from_url(below_prefix))
    if _HAS_SCHEME.match(url) or url.startswith(("/", "\\", "#", "?")) or is_external(url):
        return None
    if reference.kind in SPECIFIERS and not url.startswith(("./", "../")):
        return None
    path = split_url(url)[0].replace("\\", "/")  # the URL Standard reads a backslash as a slash
    if _names_no_file(path):
        return None
    return _logical(base[: base.rfind("/") + 1] + from_url(path))


def relative_path(reference: Reference, base: LogicalPath) -> LogicalPath | None:
    """The path that a relative `reference` in the asset `base` means, whether or not it is to be left alone."""
    url = reference.url.strip(_SPACE_AROUND_URLS)
    path = split_url(url)[0].replace("\\", "/")
    if not path or _HAS_SCHEME.match(url) or path.startswith("/") or _names_no_file(path):
        return None
    return _logical(base[: base.rfind("/") + 1] + from_url(path))


def is_root_relative(reference: Reference, besides: str | None = None) -> bool:
    """Whether `reference` begins with a slash, and not with the prefix `besides`."""
    url = reference.url.strip(_SPACE_AROUND_URLS)
    return url.startswith(("/", "\\")) and not (besides and url.startswith(besides))


def below_prefixes(
    reference: Reference, prefixes: Iterable[str], is_external: Callable[[str], object]
) -> Iterator[LogicalPath]:
    """The logical paths that a root-relative `reference` would name below each of the URL `prefixes`, in order."""
    url = reference.url.strip(_SPACE_AROUND_URLS)
    path = split_url(url)[0].replace("\\", "/")
    if not path.startswith("/") or path.startswith("//") or _names_no_file(path) or is_external(url):
        return
    for prefix in prefixes:
        if path.startswith(prefix):
            yield _logical(from_url(path[len(prefix) :]))


def bare_name(reference: Reference, url_prefix: str, is_external: Callable[[str], object]) -> str | None:
    """The bare name that a browser looks up in its import map for `reference`; None if it does not."""
    name = reference.url
    return None if not is_bare(reference) or name.startswith(url_prefix) or is_external(name) else name


def is_bare(reference: Reference) -> bool:
    """Whether `reference` is a module specifier that is neither a URL nor relative to one."""
    name = reference.url
    if reference.kind not in SPECIFIERS or not name or name.startswith(("/", "./", "../")):
        return False
    return not _HAS_SCHEME.match(name)


def module_url(specifier: str, base: LogicalPath) -> str | None:
    """The URL path below the prefix to which a browser resolves a relative `specifier` in the module `base`.

    None if it is not relative, has a query or a fragment, leaves the asset tree, or if browsers might not agree.
    Two spellings of one path, such as `./a%2Cb.js` and `./a,b.js`, are two URLs.
    """
    if not specifier.startswith(("./", "../")) or _UNSURE.search(specifier):
        return None
    path = normpath(to_url(base[: base.rfind("/") + 1]) + specifier)
    if path.startswith("../"):
        return None
    return path if path.isascii() else "".join(char if char.isascii() else to_url(char) for char in path)


def mapped(importmap: ImportMap, specifier: str, base: str) -> str | None:
    """The logical path or URL to which `importmap` maps a bare `specifier` in the module `base`; None if to none.

    The longest scope that contains `base` goes first (HTML Standard, "resolve a module specifier"). A key that ends in
    a slash maps names that begin with it to URLs only: for folders of assets, each file has an entry of its own.
    """
    scopes = [scope for scope in importmap.scopes if scope == base or (scope[-1:] == "/" and base.startswith(scope))]
    for names in (*(importmap.scopes[scope] for scope in sorted(scopes, reverse=True)), importmap.imports):
        if specifier in names:
            return names[specifier]
        if folders := [name for name in names if name.endswith("/") and specifier.startswith(name)]:
            folder = max(folders)
            return names[folder] + specifier.removeprefix(folder)
    return None


def has_host(url: str) -> bool:
    """Whether `url` has a host or scheme of its own: `https://…`, `//…`, `data:…`."""
    return url.startswith("//") or _HAS_SCHEME.match(url) is not None


def _names_no_file(path: str) -> bool:
    return path[path.rfind("/") + 1 :] in ("", ".", "..")


def _logical(path: str) -> LogicalPath:
    return LogicalPath(normpath(path))
