"""JSON with comments and trailing commas, as TypeScript reads its settings: rewritten as plain JSON. Pure."""

import re
from typing import Final

from buildassets.lazy_pattern import lazy_pattern

_STRING: Final = r'"(?:[^"\\\n]|\\.)*+"'
_COMMENT: Final = lazy_pattern(rf"{_STRING}|(//[^\n\r]*+|/\*.*?(?:\*/|\Z))", re.DOTALL)
_COMMA: Final = lazy_pattern(rf"{_STRING}|(,)(?=\s*[}}\]])", re.DOTALL)
_NO_LINE_END: Final = lazy_pattern(r"[^\n\r]")


def without_comments(text: str) -> str:
    """`text` with spaces in the place of comments and trailing commas, so that all places stay."""
    return _COMMA.sub(_blank, _COMMENT.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else _NO_LINE_END.sub(" ", match[0])
