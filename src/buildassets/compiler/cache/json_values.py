"""Plain values as JSON gives them, each shown to be what it should be: what lies in a cache may be anybody's.

Takes what `json.loads` gave, gives it back with its type, or ValueError. Pure.
"""

import json
from itertools import accumulate
from typing import Any, Final, NoReturn

from buildassets.diagnostics import Diagnostic, Location, Severity
from buildassets.lazy_pattern import lazy_pattern

_LIMIT: Final = 1 << 63
_DIGEST: Final = lazy_pattern("[0-9a-f]{64}")


def read(text: str | bytes) -> Any:
    """What stands in `text` as JSON. Raises ValueError for all that is none, however deeply it is nested."""
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
    """`value`, if it is a number without a fraction, of 64 bits at most."""
    return value if type(value) is int and -_LIMIT <= value < _LIMIT else _refuse("number", value)


def size(value: object) -> int:
    """`value`, if it is a number that something can have of bytes."""
    return found if (found := number(value)) >= 0 else _refuse("size", value)


def truth(value: object) -> bool:
    """`value`, if it is true or false."""
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
    found = array(value)
    return tuple(found) if all(isinstance(one, str) for one in found) else _refuse("array of texts", value)


def digest(value: object) -> str:
    """`value`, if it is a SHA-256 as `digest` gives it: it names files in a cache, and must not name any other."""
    return value if isinstance(value, str) and _DIGEST.fullmatch(value) else _refuse("digest", value)


def diagnostic(value: object) -> Diagnostic:
    """`value` as a diagnostic, if it is one as `to_json` gives it."""
    known = table(value)
    place = known.get("location")
    return Diagnostic(
        Severity(known.get("severity")),
        text(known.get("code")),
        text(known.get("message")),
        None if place is None else location(place),
        texts(known.get("notes")),
        text_or_none(known.get("hint")),
    )


def location(value: object) -> Location:
    """`value` as a place, if it is one as JSON has it."""
    known = table(value)
    line, column, length, excerpt_column = (
        number(known.get(name)) for name in ("line", "column", "length", "excerpt_column")
    )
    return Location(text(known.get("file")), line, column, length, text(known.get("excerpt")), excerpt_column)


def cut(content: bytes, sizes: object, count: int) -> list[bytes]:
    """`content` in `count` pieces, if `sizes` are those of its pieces."""
    numbers = [size(one) for one in array(sizes, count)]
    if sum(numbers) != len(content):
        raise ValueError("other sizes")
    ends = list(accumulate(numbers))
    return [content[end - length : end] for length, end in zip(numbers, ends, strict=True)]


def _refuse(kind: str, value: object) -> NoReturn:
    raise ValueError(f"no {kind}: {str(value)[:40]}")
