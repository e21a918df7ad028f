"""Facts about a script that is released unchanged, from one reading by the library of lexers. Pure.

The modules that ask have their own ways where there is no library.
"""

from collections.abc import Sequence
from typing import Final

from buildassets.compiler.languages.native.library import LastSurvey, Question, numbers_of
from buildassets.foundation.frozen import frozen

_WHOLE, _WORKERS, _ASSET_URL, _META_ENV, _BUNDLED, _JSX = 1, 2, 4, 8, 16, 32


@frozen
class ScriptSurvey:
    """Facts about a script.

    - `is_whole`: nothing in it is left open, and nothing closed that is not open
    - `may_name_workers`, `may_have_asset_urls`, `may_have_meta_env`: the words that these begin with are in it
    - `may_be_bundled`: a mark of a bundler is in it; see `chunk_names`
    - `may_have_jsx`: a tag may begin in it; `jsx` looks whether one does
    - `places`: three numbers for each place at which a reference may stand, comments that name source maps among them
    """

    is_whole: bool
    may_name_workers: bool
    may_have_asset_urls: bool
    may_have_meta_env: bool
    may_be_bundled: bool
    may_have_jsx: bool
    places: Sequence[int]


def read_survey(answer: bytes) -> ScriptSurvey:
    """The answer of the library as a survey."""
    holds, *places = numbers_of(answer)
    return ScriptSurvey(
        bool(holds & _WHOLE),
        bool(holds & _WORKERS),
        may_have_asset_urls=bool(holds & _ASSET_URL),
        may_have_meta_env=bool(holds & _META_ENV),
        may_be_bundled=bool(holds & _BUNDLED),
        may_have_jsx=bool(holds & _JSX),
        places=places,
    )


_LAST: Final = LastSurvey(Question.SCRIPT_SURVEY, read_survey)
surveyed: Final = _LAST.surveyed
keep_survey: Final = _LAST.keep
kept_survey: Final = _LAST.kept
