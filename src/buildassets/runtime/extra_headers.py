"""Checks the headers that an application adds to the files of its release.

Takes the application's function, gives headers or ValueError. Standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

ExtraHeaders = Callable[[str, Mapping[str, Any]], Mapping[str, str] | None]

__all__ = ["extra_headers"]

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token (RFC 9110, section 5.6.2)
# A field value (section 5.5) in bytes that servers accept: no end of a line in it, no blank at its ends.
_VALUE: Final = re.compile(r"(?:[!-~\x80-\xff](?:[ \t!-~\x80-\xff]*[!-~\x80-\xff])?)?")
# The headers that the server sets: those of content and location, and the hop-by-hop ones, as `wsgiref` lists them.
_OURS: Final = frozenset(
    (
        *("accept-ranges", "allow", "content-encoding", "content-length", "content-range", "content-type", "date"),
        *("etag", "last-modified", "location", "status", "use-as-dictionary", "vary"),
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"),
        *("trailers", "transfer-encoding", "upgrade"),
    )
)
_SHARING: Final = "access-control-"  # all of these control who may read the file
_MENDS: Final = {
    "access-control-allow-origin": "; name origins in `origins`",
    "content-type": "; name the type in `types` of the configuration",
    "set-cookie": ": caches that visitors share would give it to all of them",
}


def extra_headers(give: ExtraHeaders | None, path: str, entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers that `give` adds for the asset `path`; it is called with a copy of the manifest's `entry`.

    Raises ValueError for an invalid header, for one that the server sets itself, and where `give` raises anything.
    """
    if give is None:
        return ()
    try:
        given = give(path, {**entry})
    except Exception as fault:
        raise ValueError(f"`headers` raises {type(fault).__name__} for `{path}`: {fault}") from fault
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise ValueError(f"`headers` gives {given!r} for `{path}`; let it give a mapping of names to values, or None")
    _refuse_repeated([*given], path)
    return tuple((name, _checked(name, value, path)) for name, value in given.items())


def _refuse_repeated(names: list[object], path: str) -> None:
    """Raise ValueError for names that differ only in case, which are one header (RFC 9110, section 5.1)."""
    first: dict[str, str] = {}
    for name in names:
        if isinstance(name, str) and (other := first.setdefault(name.lower(), name)) != name:
            where = f"`headers` gives {other!r} and {name!r} for `{path}`"
            raise ValueError(f"{where}, which are one header; give one of them")


def _checked(name: object, value: object, path: str) -> str:
    where = f"`headers` gives {name!r} for `{path}`"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{where}, which is not the name of a header")
    if name.lower() in _OURS or name.lower() == "set-cookie" or name.lower().startswith(_SHARING):
        raise ValueError(f"{where}, which it may not{_MENDS.get(name.lower(), ': the server decides that itself')}")
    if value == "":
        raise ValueError(f"{where} an empty value; leave the header out")
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise ValueError(f"{where} the value {value!r}, which no header can have")
    return value
