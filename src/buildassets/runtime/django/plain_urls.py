"""Whether URLs of static files are wanted as they would be without a release: when a template's text becomes a key.

Imports the standard library only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["are_plain", "plain_urls"]

_PLAIN: Final[ContextVar[bool]] = ContextVar("buildassets_plain_urls", default=False)


def are_plain() -> bool:
    """Whether the storage is asked for plain URLs now."""
    return _PLAIN.get()


@contextmanager
def plain_urls() -> Iterator[None]:
    """Let the release's storage give plain URLs meanwhile, in this thread or task, also for what is no asset."""
    token = _PLAIN.set(True)
    try:
        yield
    finally:
        _PLAIN.reset(token)
