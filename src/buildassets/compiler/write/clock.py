"""The time of a build, for the times that stand in a release."""

import os
import time
from collections.abc import Callable
from typing import Final, TypeAlias

from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import error

Clock: TypeAlias = Callable[[], float]  # seconds since 1970

_VARIABLE: Final = "SOURCE_DATE_EPOCH"  # https://reproducible-builds.org/specs/source-date-epoch/
_END: Final = 253402300800  # the year 10000: RFC 3339 has four digits for the year


def build_time() -> float:
    """The time that `SOURCE_DATE_EPOCH` names, or else now. Raises BuildError if the variable is not a time."""
    given = given_time()
    return time.time() if given is None else given


def given_time() -> float | None:
    """The time that `SOURCE_DATE_EPOCH` names, None if it is not set. Raises BuildError if it is not a time."""
    given = os.environ.get(_VARIABLE)
    if not given:
        return None
    if given.isascii() and given.isdecimal() and len(given) <= len(str(_END)) and int(given) < _END:
        return float(given)
    hint = "set it to whole seconds since 1970, or unset it"
    raise BuildError([error("environment/date", f"`{_VARIABLE}` cannot be `{given}`", hint=hint)])


def timestamp(seconds: float) -> str:
    """The time as text in the form of RFC 3339, in UTC and whole seconds. A time before 1970 gives 1970."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(0, seconds)))
