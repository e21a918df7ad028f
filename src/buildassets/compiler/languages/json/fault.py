"""Why a text is no JSON (RFC 8259), and where. Pure."""

import json
import re
from typing import Final

from buildassets.compiler.languages.json.lexer import refused
from buildassets.compiler.languages.reference import OpenEnd
from buildassets.foundation.lazy_pattern import lazy_pattern

# What Python's reader complains of, as far as versions of it agree.
_WORDS: Final = {
    "Expecting ',' delimiter": "expected `,`",
    "Expecting ':' delimiter": "expected `:`",
    "Expecting property name enclosed in double quotes": "expected a key in double quotes",
    "Expecting value": "expected a value",
    "Extra data": "expected the end",
    "Unterminated string starting at": "unclosed string",
    "Invalid control character at": "a control character in a string",
}
_CLOSING: Final = {"{": "}", "[": "]"}
_STRING_OR_BRACKET: Final = lazy_pattern(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_HINT: Final = "remove comments and trailing commas, and write texts in double quotes"


def json_fault(text: str) -> OpenEnd | None:
    """The fault of `text`; None if it is JSON, with or without a byte order mark.

    The message goes on from the name of the file.
    """
    begins = text.startswith("\ufeff")
    try:
        json.loads(text[begins:], parse_int=str, parse_float=str, parse_constant=refused)
    except json.JSONDecodeError as fault:
        start, reason = _trailing_comma(text, fault.pos + begins) or (
            fault.pos + begins,
            _WORDS.get(fault.msg, "no such escape"),
        )
        opened = -1 if text[start:].strip() else _open_bracket(text)
        if opened >= 0:
            mark = text[opened]
            return OpenEnd(opened, opened + 1, f"is not JSON: unclosed `{mark}`", f"close it with `{_CLOSING[mark]}`")
        return OpenEnd(start, start + 1, f"is not JSON: {reason}", _HINT)
    except RecursionError:
        return None  # nobody knows
    except ValueError as constant:
        start = text.find(str(constant))
        return OpenEnd(start, start + len(str(constant)), f"is not JSON: it has no `{constant}`")
    return None


def _open_bracket(text: str) -> int:
    """Where the last bracket stands that nothing closes; -1 where there is none."""
    opened: list[int] = []
    for match in _STRING_OR_BRACKET.finditer(text):
        if match[0] in _CLOSING:
            opened.append(match.start())
        elif opened and match[0] in "]}":
            opened.pop()
    return opened[-1] if opened else -1


def _trailing_comma(text: str, place: int) -> tuple[int, str] | None:
    """The place of a comma behind the last element, if that is the fault at `place`.

    Python reports the comma since 3.13, and before that what follows it.
    """
    comma = place if text[place : place + 1] == "," else len(text[:place].rstrip()) - 1
    closing = text[comma + 1 :].lstrip()[:1]
    if text[comma : comma + 1] == "," and closing and closing in "]}":
        return comma, f"there is a comma before `{closing}`"
    return None
