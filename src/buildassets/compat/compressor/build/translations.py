"""Translations while a block is rendered at build time: each is marked, as a visitor's language decides it.

Imports Django.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from buildassets.compat.compressor.build.marks import mark

__all__ = ["marked_translations"]


class _Marking:
    """What Django asks for translations, in place of a catalogue."""

    def __init__(self, language: str) -> None:
        self._language = language

    def gettext(self, message: str) -> str:
        return mark(message.rpartition("\x04")[2])

    def ngettext(self, singular: str, plural: str, number: Any) -> str:
        return mark((singular if number == 1 else plural).rpartition("\x04")[2])

    def language(self) -> str:
        return self._language

    to_language = language


@contextmanager
def marked_translations() -> Iterator[None]:
    """Mark what is translated meanwhile, in this thread; nothing where there is one language only."""
    if not settings.USE_I18N or len(settings.LANGUAGES) < 2:
        yield
        return
    from django.utils.translation import get_language, trans_real

    active: Any = trans_real._active  # type: ignore[attr-defined]  # no function sets what is no language
    before = getattr(active, "value", None)
    active.value = _Marking(get_language() or settings.LANGUAGE_CODE)
    try:
        yield
    finally:
        if before is None:
            del active.value
        else:
            active.value = before
