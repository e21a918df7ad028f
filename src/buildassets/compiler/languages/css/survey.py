"""Facts about a sheet that is released unchanged, from one reading by the library of lexers. Pure.

The modules that ask have their own ways where there is no library.
"""

from collections.abc import Sequence
from typing import Final

from buildassets.compiler.languages.native.library import LastSurvey, Question, numbers_of
from buildassets.foundation.frozen import frozen


@frozen
class SheetSurvey:
    """Facts about a sheet.

    - `is_whole`: nothing in it is left open, and nothing closed that is not open
    - `places`: three numbers for each place at which a reference stands, comments that may name source maps among them
    """

    is_whole: bool
    places: Sequence[int]


def _read(answer: bytes) -> SheetSurvey:
    is_whole, *places = numbers_of(answer)
    return SheetSurvey(bool(is_whole), places)


_LAST: Final = LastSurvey(Question.SHEET_SURVEY, _read)
surveyed: Final = _LAST.surveyed
keep_survey: Final = _LAST.keep
