"""Checks URL prefixes, and writes URLs for import maps and `Link` headers.

Pure; imports the standard library and light modules of the vocabulary only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from buildassets.foundation.paths import quoted

_NOT_IN_A_PREFIX: Final = frozenset(' "<>\\^`{|}#')  # not in URLs (RFC 3986, appendix A), and `#`: the rest is not sent
_SCHEMES: Final = ("http", "https")


def url_prefix(url: str) -> str:
    """`url` with exactly one slash at its end, percent-encoded where it is not ASCII.

    Raises ValueError for what is no URL; for any scheme but `http` and `https`, since `javascript:` would run; and for
    user and password, which every visitor could read and no browser would use (Fetch, section 4.4).
    """
    if "@" in url and _names_user(url):
        raise ValueError("a URL prefix has no user or password in it: browsers load nothing of a page from such a URL")
    if not url.isprintable() or not _NOT_IN_A_PREFIX.isdisjoint(url):
        raise ValueError(f"{url!r} is not a URL")
    scheme, colon, _ = url.partition("/")[0].partition(":")
    if colon and not (scheme.lower() in _SCHEMES and _has_host(url[len(scheme) + 1 :])):
        raise ValueError(f"{url!r} is not a URL prefix: begin it with `/`, `//`, `http://` or `https://`")
    ascii_url = url if url.isascii() else quoted(url)
    return ascii_url.rstrip("/") + "/"


def _names_user(url: str) -> bool:
    from buildassets.foundation.credentials import (  # not loaded unless there may be some
        begins_with_password,
        names_user,
    )

    return names_user(url) or begins_with_password(url)


def _has_host(after_scheme: str) -> bool:
    return after_scheme.startswith("//") and after_scheme[2:3] not in ("", "/")


def address(url: str) -> str:
    """`url` in the form of an import map (HTML, section 8.1.6): a relative one begins with `./`, `../` or `/`."""
    has_lead = url.startswith(("/", "./", "../")) or "://" in url
    return url if has_lead else f"./{url}"


def link_value(link: Mapping[str, object]) -> str:
    """The attributes of a `<link>`, which must hold no quotes, as one value of a `Link` header (RFC 8288)."""
    parameters = [f"{name}={_token_or_quoted(str(value))}" for name, value in link.items() if name != "href" and value]
    return "; ".join([f"<{link['href']}>", *parameters])


def _token_or_quoted(value: str) -> str:
    return value if value.isalnum() else f'"{value}"'
