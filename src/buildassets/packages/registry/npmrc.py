"""What a `.npmrc` sets: `key = value` lines, with `${NAME}` for what the environment has. Pure.

After npm's documentation of the file; arrays (`ca[] = …`) are joined by line breaks.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = re.compile(r"(?<!\\)(\\\\)*\$\{([^${}?]+)(\?)?\}")
_LINE_END: Final = re.compile(r"[\r\n]+")
_SECTION: Final = re.compile(r"\[[^\]]*\]")
# What stands before a comment in a value without quotes; a backslash keeps its marks from beginning one.
_PLAIN: Final = re.compile(r"(?:[^\\;#]|\\.|\\$)*")
_ESCAPED: Final = re.compile(r"\\([\\;#])")
_COMMENTS: Final = (";", "#")


def settings_in(text: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The settings in `text`, the last of one name; sections, which npm has no use for, and lines of another form are
    passed over."""
    found: dict[str, str] = {}
    for line in _LINE_END.split(text.removeprefix("\ufeff")):
        bare = line.strip()
        if _SECTION.fullmatch(bare):
            break
        key, equals, value = bare.partition("=")
        name, given = _bare(key), _expanded(_bare(value), environment)
        if not equals or not name or bare.startswith(_COMMENTS):
            continue
        if name.endswith("[]"):
            name = name[:-2]
            given = "\n".join(filter(None, (found.get(name), given)))
        found[_expanded(name, environment)] = given
    return found


def _bare(text: str) -> str:
    """Without blanks around it, and without the quotes that it may stand in, or the comment behind it."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return _unquoted(text)
    plain = _PLAIN.match(text)
    assert plain is not None
    return _ESCAPED.sub(r"\1", plain[0]).strip()


def _unquoted(text: str) -> str:
    """A text in quotes, which between double ones is as in JSON; what is none of that loses them only."""
    if text[0] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            pass
    return text[1:-1]


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    """With the values of variables; one that is not set stays as it is, and is nothing where a `?` stands behind it."""

    def value(found: re.Match[str]) -> str:
        return environment.get(found[2], "" if found[3] else found[0])

    return _VARIABLE.sub(value, text)
