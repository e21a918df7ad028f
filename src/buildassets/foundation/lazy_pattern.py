"""Regular expressions that are compiled at their first use.

A command uses few of them, and compiling them all would take as long as importing everything else. Pure; imports
nothing of the package.
"""

import re
from typing import Any, AnyStr, Final, cast

_METHODS: Final = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "subn")


class _Lazy:
    """Stands in for a compiled pattern: compiles it, and copies its methods, when the first method is used."""

    __slots__ = ("_flags", "_pattern", *_METHODS)

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags

    @property
    def pattern(self) -> str | bytes:
        """The text of the pattern."""
        return self._pattern

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:  # the methods are slots, for which Python calls this only while they are empty
            raise AttributeError(name)
        compiled = re.compile(self._pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy_pattern(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile(pattern, flags)`, delayed until the first use; errors of `pattern` are raised then."""
    return cast(re.Pattern[AnyStr], _Lazy(pattern, flags))
