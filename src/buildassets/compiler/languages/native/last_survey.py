"""Keeps the survey of the last text, as several modules ask of the same text one after the other. Pure."""

from collections.abc import Callable
from typing import Generic, TypeVar

from buildassets.compiler.languages.native.library import Question, asked, is_native

_Survey = TypeVar("_Survey")


class LastSurvey(Generic[_Survey]):
    """The surveys of texts, of which the last is kept; `read` makes one of what the library answers to `question`."""

    def __init__(self, question: Question, read: Callable[[bytes], _Survey]) -> None:
        self._question = question
        self._read = read
        self._last: tuple[str, _Survey | None] = ("", None)  # one attribute, as threads make drafts side by side

    def surveyed(self, text: str) -> _Survey | None:
        """The survey of `text`; None where there is no library."""
        survey = self.kept(text)
        if survey is None:
            answer = asked(self._question, text)
            survey = None if answer is None else self._read(answer)
            self._last = (text, survey)
        return survey

    def keep(self, text: str, answer: bytes) -> None:
        """Keep what the library has answered about `text` when it was read."""
        self._last = (text, self._read(answer))

    def kept(self, text: str) -> _Survey | None:
        """The survey of `text` if it was the last that was surveyed; so nothing is read for one question alone."""
        last, survey = self._last
        return survey if last is text and is_native() else None
