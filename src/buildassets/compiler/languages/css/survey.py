"""What a build asks of each sheet that is released as it is, found out in one reading by the library of lexers. Pure.

The modules that ask have their own ways where there is no library. The survey of the last text is kept, as they ask of
the same text one after the other.
"""

from collections.abc import Sequence
from typing import Final

from buildassets.compiler.languages.native.library import Question, asked, is_native, numbers_of
from buildassets.frozen import frozen


@frozen
class Survey:
    """What holds of a sheet.

    - `is_whole`: nothing in it is left open, and nothing closed that is not open
    - `places`: three numbers for each place at which a reference stands, comments that may name source maps among them
    """

    is_whole: bool
    places: Sequence[int]


class _Last:
    """The last text and its survey, in one attribute, as threads make drafts side by side."""

    __slots__ = ("kept",)

    def __init__(self) -> None:
        self.kept: tuple[str, Survey | None] = ("", None)


_LAST: Final = _Last()


def surveyed(text: str) -> Survey | None:
    """The survey of `text`; None where there is no library."""
    last, survey = _LAST.kept
    if last is text and survey and is_native():
        return survey
    answer = asked(Question.SHEET_SURVEY, text)
    survey = None if answer is None else _read(answer)
    _LAST.kept = (text, survey)
    return survey


def keep_survey(text: str, answer: bytes) -> None:
    """Keep what the library has answered about `text` when it was read."""
    _LAST.kept = (text, _read(answer))


def _read(answer: bytes) -> Survey:
    is_whole, *places = numbers_of(answer)
    return Survey(bool(is_whole), places)
