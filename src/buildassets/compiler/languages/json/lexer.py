"""Reads JSON: its strings, with their places and the way to them; and its tokens without white space between them.

Numbers, texts and the order of keys stay as written (RFC 8259, section 2). Pure; imports no other stage.
"""

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from buildassets.foundation.lazy_pattern import lazy_pattern

DEEPEST: Final = 16  # levels of nesting below which strings are not looked for: no format of ours goes half as deep
_MINIFIED_TOKEN: Final = lazy_pattern(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^ \t\n\r"{}\[\],:]++')


class String(NamedTuple):
    """A string that is a value: `text[start:end]` is between the quotes, `value` is what it means.

    `path` holds the keys and indices that lead to it.
    """

    path: tuple[str | int, ...]
    start: int
    end: int
    value: str


_TOKEN: Final = lazy_pattern(r'"((?:[^"\\]++|\\.)*+)"|[{}\[\],]')


def strings(text: str) -> Iterator[String]:
    """The strings of `text` that are values, in text order; none where `text` is no JSON. A leading BOM is allowed."""
    if not is_json(text):
        return
    # Of what is open: the key in an object, empty before there is one; the index in an array.
    path: list[str | int] = []
    keys_wanted: list[bool] = []  # of the same: whether the next string is a key
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "{[":
            path.append("" if mark == "{" else 0)
            keys_wanted.append(mark == "{")
        elif mark in "}]":
            path.pop()
            keys_wanted.pop()
        elif mark == ",":
            index = path[-1]
            keys_wanted[-1] = isinstance(index, str)
            path[-1] = index if isinstance(index, str) else index + 1
        elif path and keys_wanted[-1]:
            path[-1] = text_of(match[1])
            keys_wanted[-1] = False
        elif len(path) <= DEEPEST:
            yield String(tuple(path), *match.span(1), text_of(match[1]))


def is_json(text: str) -> bool:
    """Whether `text` is JSON. A leading BOM is allowed."""
    try:
        json.loads(text.removeprefix("\ufeff"), parse_int=str, parse_float=str, parse_constant=refused)
    except (ValueError, RecursionError):
        return False
    return True


def refused(constant: str) -> None:
    """Raise ValueError: Python reads NaN and Infinity, which are no JSON."""
    raise ValueError(constant)


def text_of(raw: str) -> str:
    """The value of the inside of a string."""
    return str(json.loads(f'"{raw}"')) if "\\" in raw else raw


def minified(text: str) -> str | None:
    """`text` without white space between its tokens; None if it is no JSON. The result has the same tokens."""
    if not is_json(text):
        return None
    tokens = _MINIFIED_TOKEN.findall(text)
    result = "".join(tokens)
    return result if _MINIFIED_TOKEN.findall(result) == tokens else None
