"""`import.meta.env` in modules, which no browser has: replaced by the values that a build gives. Pure.

`import.meta` is syntax that no declaration can hide (ECMA-262, section 13.3.12), so tokens suffice to find it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from buildassets.compiler.languages.edits import Edit
from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.survey import kept_survey
from buildassets.foundation.lazy_pattern import lazy_pattern

_MAY_HAVE: Final = lazy_pattern(r"meta\s*\??\.\s*env\b")  # begins with letters, which is twenty times as fast
_DOTS: Final = (".", "?.")
_ASSIGNS: Final = lazy_pattern(r"(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=|\+\+|--")
_CHANGES: Final = ("++", "--", "delete")


class _Word(NamedTuple):
    kind: Kind
    text: str
    start: int
    end: int


def meta_env_edits(text: str, values: Mapping[str, str | bool]) -> tuple[Edit, ...]:
    """The edits that put `values` in the place of `import.meta.env.NAME` in the module `text`, in text order.

    Another name becomes `undefined`. `import.meta.env` without a name becomes an object with all values.
    """
    survey = kept_survey(text)
    if (survey and not survey.may_have_meta_env) or not _MAY_HAVE.search(text):
        return ()
    words = [
        _Word(kind, text[start:end], start, end) for kind, start, end in tokens(text, module=True) if kind >= Kind.NAME
    ]
    return tuple(_edits(words, values))


def _edits(words: list[_Word], values: Mapping[str, str | bool]) -> Iterator[Edit]:
    for place, word in enumerate(words):
        if word.text != "env" or not _is_of_meta(words, place):
            continue
        start = words[place - 4].start
        name = _name_after(words, place)
        if name is None or _is_changed(words, place - 4, place + 2):
            yield Edit(start, word.end, f"Object({json.dumps(values, sort_keys=True)})")
        else:
            value = values.get(name.text)
            yield Edit(start, name.end, "undefined" if value is None else json.dumps(value))


def _is_of_meta(words: list[_Word], place: int) -> bool:
    """Whether `import.meta.` is before the word at `place`, and nothing that makes `import` a property."""
    before = [word.text for word in words[max(0, place - 5) : place]]
    if before[-4:-1] != ["import", ".", "meta"] or before[-1] not in _DOTS:
        return False
    return len(before) < 5 or before[0] not in _DOTS


def _name_after(words: list[_Word], place: int) -> _Word | None:
    """The name behind a dot that follows the word at `place`."""
    following = words[place + 1 : place + 3]
    if len(following) < 2 or following[0].text not in _DOTS or following[1].kind is not Kind.NAME:
        return None
    return following[1]


def _is_changed(words: list[_Word], start: int, end: int) -> bool:
    """Whether the property from the word at `start` to that at `end` is assigned to."""
    after = words[end + 1].text if end + 1 < len(words) else ""
    before = words[start - 1].text if start else ""
    return _ASSIGNS.fullmatch(after) is not None or before in _CHANGES
