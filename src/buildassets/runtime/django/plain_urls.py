"""Switches the storage to URLs without fingerprints while the text of a template becomes a key.

Imports the standard library only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["are_plain", "plain_urls"]

_PLAIN: Final[ContextVar[bool]] = ContextVar("buildassets_plain_urls", default=False)


def are_plain() -> bool:
    """Whether the storage must give plain URLs now."""
    return _PLAIN.get()


@contextmanager
def plain_urls() -> Iterator[None]:
    """Within the block the release's storage gives plain URLs, for any name; in this thread or task only."""
    token = _PLAIN.set(True)
    try:
        yield
    finally:
        _PLAIN.reset(token)
