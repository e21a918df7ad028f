"""Reads TOML that somebody else may have written, and writes texts as TOML. Pure."""

import json
import re
import tomllib
from typing import Any, Final

# `tomllib` takes a minute for a dotted key of 40,000 parts, and four seconds for 600 headers of up to 600 parts. Keys
# are looked for only where one can begin, so that none is read again from each of its parts.
_ENDLESS_KEY: Final = re.compile(
    r"""(?:^|[\[{,])[ \t]*+(?:(?:[\w-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}""", re.MULTILINE
)


def toml_values(text: str) -> dict[str, Any]:
    """The values of the TOML `text`. Raises ValueError, also for nesting and for numbers that are too large to read."""
    if _ENDLESS_KEY.search(text):
        raise ValueError("values are nested too deeply")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("values are nested too deeply") from None


def basic_string(text: str) -> str:
    """`text` as a basic string (TOML 1.0): as in JSON, with DEL escaped, too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
