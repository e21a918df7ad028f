"""Checks the types of values read from JSON: anybody may have written what lies in a cache.

Each function takes a value of `json.loads` and returns it with its type, or raises ValueError. Pure.
"""

import json
from itertools import accumulate
from typing import Any, Final, NoReturn

from buildassets.foundation.diagnostics import Diagnostic, Location, Severity
from buildassets.foundation.lazy_pattern import lazy_pattern

_LIMIT: Final = 1 << 63
_DIGEST: Final = lazy_pattern("[0-9a-f]{64}")


def read(text: str | bytes) -> Any:
    """The value of the JSON `text`. Raises ValueError if it is not JSON, or nested too deeply."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def text(value: object) -> str:
    """`value`, if it is a text."""
    return value if isinstance(value, str) else _refuse("text", value)


def text_or_none(value: object) -> str | None:
    """`value`, if it is a text or null."""
    return None if value is None else text(value)


def number(value: object) -> int:
    """`value`, if it is an integer of 64 bits at most."""
    return value if type(value) is int and -_LIMIT <= value < _LIMIT else _refuse("number", value)


def size(value: object) -> int:
    """`value`, if it is a number of bytes: an integer from 0."""
    return count if (count := number(value)) >= 0 else _refuse("size", value)


def truth(value: object) -> bool:
    """`value`, if it is a boolean."""
    return value if isinstance(value, bool) else _refuse("truth value", value)


def array(value: object, length: int | None = None) -> list[Any]:
    """`value`, if it is an array, of that length if one is given."""
    if not isinstance(value, list) or (length is not None and len(value) != length):
        _refuse("array" if length is None else f"array of {length}", value)
    return value


def table(value: object) -> dict[str, Any]:
    """`value`, if it is an object."""
    return value if isinstance(value, dict) else _refuse("object", value)


def texts(value: object) -> tuple[str, ...]:
    """`value`, if it is an array of texts."""
    members = array(value)
    return tuple(members) if all(isinstance(member, str) for member in members) else _refuse("array of texts", value)


def texts_by_name(value: object) -> dict[str, str]:
    """`value`, if it is an object whose members are texts."""
    members = table(value)
    texts([*members.values()])
    return members


def digest(value: object) -> str:
    """`value`, if it is a SHA-256 as `digest` gives it. It names files of a cache, so nothing else may pass."""
    return value if isinstance(value, str) and _DIGEST.fullmatch(value) else _refuse("digest", value)


def diagnostic(value: object) -> Diagnostic:
    """`value` as a diagnostic, if it has the form that `to_json` gives."""
    known = table(value)
    place = known.get("location")
    return Diagnostic(
        Severity(known.get("severity")),
        text(known.get("code")),
        message=text(known.get("message")),
        location=None if place is None else location(place),
        notes=texts(known.get("notes")),
        hint=text_or_none(known.get("hint")),
        others=tuple(map(location, array(known.get("others", [])))),
    )


def location(value: object) -> Location:
    """`value` as a location, if it has the form that `to_json` gives."""
    known = table(value)
    line, column, length, excerpt_column = (
        number(known.get(name)) for name in ("line", "column", "length", "excerpt_column")
    )
    return Location(
        text(known.get("file")),
        line,
        column=column,
        length=length,
        excerpt=text(known.get("excerpt")),
        excerpt_column=excerpt_column,
    )


def cut(content: bytes, sizes: object, count: int) -> list[bytes]:
    """`content` cut into `count` pieces of `sizes`, if these add up to its length."""
    numbers = [size(length) for length in array(sizes, count)]
    if sum(numbers) != len(content):
        raise ValueError("other sizes")
    ends = list(accumulate(numbers))
    return [content[end - length : end] for length, end in zip(numbers, ends, strict=True)]


def _refuse(kind: str, value: object) -> NoReturn:
    raise ValueError(f"no {kind}: {str(value)[:40]}")
