"""Writes a JSON document without the white space between its tokens (RFC 8259, section 2). Pure.

Numbers, texts and the order of keys stay as written, so that every reader gets the same values.
"""

import json
from typing import Final

from buildassets.compiler.languages.json.lexer import refused
from buildassets.foundation.lazy_pattern import lazy_pattern

_TOKEN: Final = lazy_pattern(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^ \t\n\r"{}\[\],:]++')


def minified(text: str) -> str | None:
    """`text` without white space between its tokens; None if it is no JSON. The result has the same tokens."""
    try:
        json.loads(text.removeprefix("\ufeff"), parse_int=str, parse_float=str, parse_constant=refused)
    except (ValueError, RecursionError):
        return None
    tokens = _TOKEN.findall(text)
    result = "".join(tokens)
    return result if _TOKEN.findall(result) == tokens else None
