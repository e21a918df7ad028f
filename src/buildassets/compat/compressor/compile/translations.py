"""Languages at build time: what is translated is marked, as a visitor's language decides it; what only asks for the
language is done in each of them.

Imports Django.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import get_language, trans_real

from buildassets.compat.compressor.compile.marks import mark

__all__ = ["asks_language", "in_each_language", "note_language"]

_Found = TypeVar("_Found")


def in_each_language(run: Callable[[], list[_Found]]) -> list[_Found]:
    """The results of `run`; if it asks for the language, those in each of LANGUAGES."""
    if not settings.USE_I18N or len(settings.LANGUAGES) < 2:
        return run()
    first = get_language() or settings.LANGUAGE_CODE
    with _marked(first) as marking:
        found = run()
    if not marking.is_asked:
        return found
    for language, _ in settings.LANGUAGES:
        if language != first:
            with _marked(language):
                found += run()
    return found


def asks_language(run: Callable[[], object]) -> bool:
    """Whether `run` asks for the language, which does not count by itself: only what depends on its result does."""
    marking = _marking()
    if marking is None:
        run()
        return False
    before, marking.is_asked = marking.is_asked, False
    try:
        run()
        return marking.is_asked
    finally:
        marking.is_asked = before


def note_language() -> None:
    """Note that a block depends on the language."""
    if (marking := _marking()) is not None:
        marking.is_asked = True


class _Marking:
    """Stands for a catalogue of translations, and gives marks. `is_asked` is set when its language is asked for."""

    def __init__(self, language: str) -> None:
        self.name = language
        self.is_asked = False

    def gettext(self, message: str) -> str:
        return mark(message.rpartition("\x04")[2])

    def ngettext(self, singular: str, plural: str, number: Any) -> str:
        return mark((singular if number == 1 else plural).rpartition("\x04")[2])

    def language(self) -> str:
        self.is_asked = True
        return self.name

    to_language = language


def _marking() -> _Marking | None:
    """The catalogue of marks; None in a `{% language %}`, and where there is one language."""
    active = getattr(trans_real._active, "value", None)  # type: ignore[attr-defined]  # stubs leave it out
    return active if isinstance(active, _Marking) else None


class _Active:
    """Django's active translation: `{% language %}` sets another, and goes back to the marks behind its end."""

    def __init__(self, marking: _Marking) -> None:
        self._marking = marking
        self._value: Any = marking

    @property
    def value(self) -> Any:
        return self._value

    @value.setter
    def value(self, given: Any) -> None:
        self._value = self._marking if given.to_language() == self._marking.name else given

    @value.deleter
    def value(self) -> None:
        self._value = self._marking


@contextmanager
def _marked(language: str) -> Iterator[_Marking]:
    """Mark translated texts meanwhile, with `language` as the active one."""
    django: Any = trans_real
    before, marking = django._active, _Marking(language)
    django._active = _Active(marking)  # no function of Django's sets what is no language
    try:
        yield marking
    finally:
        django._active = before
