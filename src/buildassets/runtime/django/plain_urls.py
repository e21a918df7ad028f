"""Switches the storage to URLs without fingerprints, or records both URLs, while the text of a template becomes a key.

Imports the standard library only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["are_plain", "plain_urls", "recorded_urls", "url_record"]

_PLAIN: Final[ContextVar[bool]] = ContextVar("buildassets_plain_urls", default=False)
_RECORD: Final[ContextVar[dict[str, str] | None]] = ContextVar("buildassets_recorded_urls", default=None)


def are_plain() -> bool:
    """Whether the storage must give plain URLs now."""
    return _PLAIN.get()


def url_record() -> dict[str, str] | None:
    """The plain URLs by the ones of the release, for the storage to add to; None if nobody asks for it."""
    return _RECORD.get()


@contextmanager
def plain_urls() -> Iterator[None]:
    """Within the block the release's storage gives plain URLs, for any name; in this thread or task only."""
    token = _PLAIN.set(True)
    try:
        yield
    finally:
        _PLAIN.reset(token)


@contextmanager
def recorded_urls() -> Iterator[dict[str, str]]:
    """Within the block the release's storage records its URLs, and gives plain ones for what has no release.

    Gives the plain URLs by the ones of the release, without queries and fragments; in this thread or task only.
    """
    outer = _RECORD.get()
    found: dict[str, str] = {} if outer is None else outer
    token = _RECORD.set(found)
    try:
        yield found
    finally:
        _RECORD.reset(token)
