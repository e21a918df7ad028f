"""Data that may not leave the machine: absolute paths of the project, and values of the environment.

A result that shows any of these is kept here only.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.foundation.frozen import frozen

_LEAST_LETTERS: Final = 4  # of a value that is searched for: a shorter one may be part of any word
_NAME: Final = rb"[\w~%@+$\x80-\xff-]"  # a character of a path between its slashes; a dot may also end a sentence
# What a name before a slash means that the path is a part of another one. Escapes end in letters and digits, too.
_INSIDE_PATH: Final = rb"(?<!" + _NAME + rb")(?<![.])(?<!:/)"
_ESCAPE: Final = (
    rb"(?<=\\[bfnrtv])|(?<=\\[0-9A-Fa-f]{2})|(?<=%[0-9A-Fa-f]{2})|(?<=\\x[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4})"
)
_LEAST_SECRET: Final = 8  # letters of a secret; `password` and `postgres` are none, and stand in many scripts
_SECRET: Final = re.compile(
    r"TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|BUILDASSETS_CACHE_(?:KEY|LOGIN)"
)


@frozen
class Private:
    """Texts that may not be shown to others, and absolute paths of folders, which count as whole paths only.

    So `/app` is in `"/app/x.js"` and not in `js/app/x.js`, `/app.css` and `https://example.com/app`.
    """

    texts: tuple[bytes, ...]
    folders: tuple[bytes, ...] = ()

    def is_in(self, content: bytes) -> bool:
        """Whether `content` shows any of them."""
        return any(text in content for text in self.texts) or any(
            folder in content and re.search(_whole(folder), content) for folder in self.folders
        )

    def is_among(self, chunks: Iterable[bytes]) -> bool:
        """The same for a content in chunks."""
        longest, begin = max(map(len, (*self.texts, *self.folders)), default=0), b""
        for chunk in chunks:
            if self.is_in(begin + chunk):
                return True
            begin = (begin + chunk)[-longest:]
        return False

    def shows(self, name: str) -> bool:
        """Whether the name of a file shows any of them."""
        return self.is_in(name.encode("utf-8", "surrogatepass"))


def private_texts(config: Config, environment: Mapping[str, str]) -> Private:
    """The folders of this machine, and the values of variables that builds read or whose names are those of secrets."""
    folders = {config.folder, os.path.realpath(config.folder), os.path.expanduser("~")}
    return Private(_coded(_values(config, environment)), _coded(folders))


def _coded(texts: Iterable[str]) -> tuple[bytes, ...]:
    """The forms in which `texts` may be shown, but for those that are too short."""
    forms = {form for text in texts if len(text) >= _LEAST_LETTERS for form in _forms(text)}
    return tuple(sorted(form.encode("utf-8", "surrogatepass") for form in forms))


def _whole(folder: bytes) -> bytes:
    """A pattern for `folder` where it is neither a part of a longer path nor of a longer name."""
    return rb"(?:" + _INSIDE_PATH + rb"|" + _ESCAPE + rb")" + re.escape(folder) + rb"(?!\.*" + _NAME + rb")"


def _values(config: Config, environment: Mapping[str, str]) -> Iterator[str]:
    read = {*config.env, *(name for command in config.commands.values() for name in command.env)}
    for name, value in environment.items():
        if name in read:
            yield value
        elif _SECRET.search(name.upper()):
            parts = (value, *value.split())
            yield from (part for part in parts if len(part) >= _LEAST_SECRET and not part.isalpha())


def _forms(text: str) -> tuple[str, str]:
    """The text, and as it is in JSON."""
    return text, json.dumps(text)[1:-1]
