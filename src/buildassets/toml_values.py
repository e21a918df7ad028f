"""Reads TOML that somebody else may have written. Pure."""

import re
import tomllib
from typing import Any, Final

# `tomllib` takes a minute for a dotted key of 40,000 parts.
_ENDLESS_KEY: Final = re.compile(r"""(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){1000}""")


def toml_values(text: str) -> dict[str, Any]:
    """The values of the TOML `text`. Raises ValueError, also for nesting and for numbers that are too large to read."""
    if _ENDLESS_KEY.search(text):
        raise ValueError("values are nested too deeply")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("values are nested too deeply") from None
