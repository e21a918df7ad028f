"""What a `.npmrc` sets: `key = value` lines, with `${NAME}` for what the environment has. Pure.

After npm's documentation of the file; arrays (`ca[] = …`) are joined by line breaks.
"""

import re
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = re.compile(r"(?<!\\)(\\\\)*\$\{([^${}?]+)(\?)?\}")
_COMMENTS: Final = (";", "#")


def settings_in(text: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The settings in `text`, the last of one name; sections and lines of another form are passed over."""
    found: dict[str, str] = {}
    for line in text.removeprefix("\ufeff").splitlines():
        bare = line.strip()
        key, equals, value = bare.partition("=")
        if not equals or bare.startswith((*_COMMENTS, "[")):
            continue
        name, given = _bare(key), _expanded(_bare(value), environment)
        if name.endswith("[]"):
            name = name[:-2]
            given = "\n".join(filter(None, (found.get(name), given)))
        found[_expanded(name, environment)] = given
    return found


def _bare(text: str) -> str:
    """Without blanks around it, and without the quotes that it may stand in."""
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    """With the values of variables; one that is not set stays as it is, and is nothing where a `?` stands behind it."""

    def value(found: re.Match[str]) -> str:
        return environment.get(found[2], "" if found[3] else found[0])

    return _VARIABLE.sub(value, text)
