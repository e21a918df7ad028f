"""Why a text is no JSON (RFC 8259), and where. Pure."""

import json
from typing import Final

from buildassets.compiler.languages.json.lexer import refused
from buildassets.compiler.languages.open_ended import OpenEnd

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


def json_fault(text: str) -> OpenEnd | None:
    """What is wrong with `text`; None where it is JSON, perhaps with a byte order mark.

    The message goes on from the name of the file.
    """
    begins = text.startswith("\ufeff")
    try:
        json.loads(text[begins:], parse_int=str, parse_float=str, parse_constant=refused)
    except json.JSONDecodeError as fault:
        start = fault.pos + begins
        reason = _WORDS.get(fault.msg, "a comma too many" if "comma" in fault.msg else "no such escape")
        return OpenEnd(
            start,
            start + 1,
            f"is not JSON: {reason}",
            "remove comments and trailing commas, and write texts in double quotes",
        )
    except RecursionError:
        return None  # nobody knows
    except ValueError as constant:
        start = text.find(str(constant))
        return OpenEnd(start, start + len(str(constant)), f"is not JSON: it has no `{constant}`")
    return None
