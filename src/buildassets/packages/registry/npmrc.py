"""Reads the settings of a `.npmrc`: `key = value` lines, with `${NAME}` for variables of the environment. Pure.

After npm's documentation of the file; arrays (`ca[] = …`) are joined by line breaks.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = re.compile(r"(?<!\\)(\\\\)*\$\{([^${}?]+)(\?)?\}")
_LINE_END: Final = re.compile(r"[\r\n]+")
_SECTION: Final = re.compile(r"\[[^\]]*\]")
# The text before a comment in a value without quotes; a backslash escapes the marks of a comment.
_PLAIN: Final = re.compile(r"(?:[^\\;#]|\\.|\\$)*")
_ESCAPED: Final = re.compile(r"\\([\\;#])")
_COMMENTS: Final = (";", "#")


def settings_in(text: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The settings in `text`; of one name the last counts.

    Ends at a section, since npm uses none, and ignores lines of another form.
    """
    settings: dict[str, str] = {}
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
            given = "\n".join(filter(None, (settings.get(name), given)))
        settings[_expanded(name, environment)] = given
    return settings


def _bare(text: str) -> str:
    """`text` without surrounding blanks, quotes, and the comment at its end."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return _unquoted(text)
    plain = _PLAIN.match(text)
    assert plain is not None
    return _ESCAPED.sub(r"\1", plain[0]).strip()


def _unquoted(text: str) -> str:
    """The content of a text in quotes: double ones are read as JSON, or, if that fails, only removed."""
    if text[0] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            pass
    return text[1:-1]


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    """`text` with the values of variables; an unset one stays unchanged, or is empty if a `?` follows its name."""

    def value(variable: re.Match[str]) -> str:
        return environment.get(variable[2], "" if variable[3] else variable[0])

    return _VARIABLE.sub(value, text)
