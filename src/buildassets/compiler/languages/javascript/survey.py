"""What a build asks of each script that is released as it is, found out in one reading by the library of lexers. Pure.

The modules that ask have their own ways where there is no library. The survey of the last text is kept, as they ask of
the same text one after the other.
"""

from collections.abc import Sequence
from typing import Final

from buildassets.compiler.languages.native.library import Question, asked, is_native, numbers_of
from buildassets.frozen import frozen

_WHOLE, _WORKERS, _ASSET_URL, _META_ENV = 1, 2, 4, 8


@frozen
class Survey:
    """What holds of a script.

    - `is_whole`: nothing in it is left open, and nothing closed that is not open
    - `may_name_workers`, `may_have_asset_urls`, `may_have_meta_env`: the words that these begin with are in it
    - `places`: three numbers for each place at which a reference may stand, comments that name source maps among them
    """

    is_whole: bool
    may_name_workers: bool
    may_have_asset_urls: bool
    may_have_meta_env: bool
    places: Sequence[int]


class _Last:
    """The last text and its survey, in one attribute, as threads make drafts side by side."""

    __slots__ = ("kept",)

    def __init__(self) -> None:
        self.kept: tuple[str, Survey | None] = ("", None)


_LAST: Final = _Last()


def surveyed(text: str) -> Survey | None:
    """The survey of `text`; None where there is no library."""
    survey = kept_survey(text)
    if survey is None:
        answer = asked(Question.SCRIPT_SURVEY, text)
        survey = None if answer is None else read_survey(answer)
        _LAST.kept = (text, survey)
    return survey


def keep_survey(text: str, answer: bytes) -> None:
    """Keep what the library has answered about `text`."""
    _LAST.kept = (text, read_survey(answer))


def kept_survey(text: str) -> Survey | None:
    """The survey of `text` if it was the last that was surveyed; so nothing is read for one question alone."""
    last, survey = _LAST.kept
    return survey if last is text and is_native() else None


def read_survey(answer: bytes) -> Survey:
    """What the library has answered."""
    holds, *places = numbers_of(answer)
    return Survey(
        bool(holds & _WHOLE), bool(holds & _WORKERS), bool(holds & _ASSET_URL), bool(holds & _META_ENV), places
    )
