"""Hints for patterns that match no file because they use the syntax of shells or of other tools. Pure."""

from collections.abc import Mapping
from itertools import product
from typing import Final

from buildassets.lazy_pattern import lazy_pattern
from buildassets.media import suffix

_ALTERNATIVES: Final = lazy_pattern(r"\{([^{}/]*,[^{}/]*)\}")
_MOST_WRITTEN: Final = 4  # patterns in the place of one


def pattern_advice(pattern: str, kind: str, compiled: Mapping[str, str]) -> str | None:
    """The hint for `pattern`, which should match files whose assets have the suffix `kind`; None if there is none.

    `compiled` are logical paths by the names of all files.
    """
    if pattern.startswith("!"):
        return "name the files that are wanted: no pattern takes away what others match"
    written = _without_braces(pattern)
    if len(written) > 1:
        shown = ", ".join(f"`{each}`" for each in written[:_MOST_WRITTEN])
        more = ", …" if len(written) > _MOST_WRITTEN else ""
        return f"write a pattern for each: {shown}{more}; braces stand for themselves"
    folder = pattern.removeprefix("./").rstrip("/") + "/"
    inside = [file for file, logical in compiled.items() if file.startswith(folder) and suffix(logical) == kind]
    if not inside:
        return None
    is_flat = any("/" not in file[len(folder) :] for file in inside)
    ending = min(suffix(file) for file in inside)
    return f"it is a folder: write `{folder}{'' if is_flat else '**/'}*{ending}`"


def _without_braces(pattern: str) -> list[str]:
    """The patterns to which a shell expands one: `{a,b}.js` → `a.js`, `b.js`."""
    parts = _ALTERNATIVES.split(pattern)  # at odd indices the texts in braces
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ["".join(chosen) for chosen in product(*choices)] if len(parts) < 2 * _MOST_WRITTEN else [pattern]
