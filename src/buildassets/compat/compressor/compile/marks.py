"""Marks in rendered texts for values that a build cannot know; each contains the name of its value.

Takes names and texts, gives texts and names. Pure.
"""

import re
from typing import Final
from urllib.parse import quote

__all__ = ["TEMPLATE", "has_mark", "mark", "marked_names", "root_name", "without_queries"]

_OPEN: Final = "\ue000"  # private use: no template writes them
_CLOSE: Final = "\ue001"
TEMPLATE: Final = f"{_OPEN}%s{_CLOSE}"  # as Django's `string_if_invalid` takes it
_PLAIN: Final = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_QUOTED: Final = re.compile(f"{quote(_OPEN)}(.*?){quote(_CLOSE)}")
_QUERY: Final = re.compile(
    rf"((?:src|href)\s*=\s*[\"']?[^\"'<>\s{_OPEN}]*\.\w+){_OPEN}([^{_CLOSE}]*){_CLOSE}", re.IGNORECASE
)


def mark(name: str) -> str:
    """The mark for the value `name`."""
    return f"{_OPEN}{name}{_CLOSE}"


def has_mark(text: str) -> bool:
    """Whether there is a mark in `text`, perhaps percent-encoded."""
    return _OPEN in text or quote(_OPEN) in text


def marked_names(text: str) -> list[str]:
    """The names in the marks of `text`, each once, in order."""
    return list(dict.fromkeys([*_PLAIN.findall(text), *_QUOTED.findall(text)]))


def without_queries(text: str) -> tuple[str, set[str]]:
    """`text` without the marks that are behind the file in a URL, as in `app.js{{ version }}`, and their names.

    What a page has there is a query, which is cut off before a key is made of the URL.
    """
    if _OPEN not in text:
        return text, set()
    names = {match[2] for match in _QUERY.finditer(text)}
    return (_QUERY.sub(r"\1", text), names) if names else (text, names)


def root_name(name: str) -> str:
    """The variable that a name begins with: `user` of `user.name|upper`."""
    return re.split(r"[.|(\[ ]", name.strip(), maxsplit=1)[0]
