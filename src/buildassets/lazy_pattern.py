"""Regular expressions that cost nothing before they are used.

A command uses few of those that there are, and compiling them all takes as long as importing everything else. Pure;
imports nothing of the package.
"""

import re
from typing import Any, Final, cast

_METHODS: Final = ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "subn")


class _Lazy:
    """Stands for a compiled pattern: takes its methods over when the first of them is asked for."""

    __slots__ = ("_flags", "_pattern", *_METHODS)

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:  # only of a slot that is still empty is it asked
            raise AttributeError(name)
        compiled = re.compile(self._pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile(pattern, flags)` put off until the first search; what is wrong with `pattern` is raised then."""
    return cast(re.Pattern[str], _Lazy(pattern, flags))
