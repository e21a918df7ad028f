"""Finds names in `{% static %}` of which only the release has a file, for a site whose storage does not know it.

Takes the names of assets, gives places in templates. Opens the site's own templates. Imports Django.
"""

import os
import re
from collections.abc import Collection, Iterator
from typing import Final

from django.contrib.staticfiles.finders import find

from buildassets.frozen import frozen
from buildassets.plain_files import plain
from buildassets.runtime.django.compiler import is_installed
from buildassets.runtime.django.template_folders import template_folders

__all__ = ["PlainTag", "plain_tags"]

_STATIC: Final = re.compile(rb"\{%-?\s*static\s+([\"'])([^\"'{}%]+)\1")
_COMMENT: Final = re.compile(
    rb"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|\{%\s*verbatim\b.*?endverbatim\s*%\}", re.DOTALL
)


@frozen
class PlainTag:
    """The `line`, from 1, of the template at `path` that has `name`."""

    path: str
    line: int
    name: str


def plain_tags(assets: Collection[str]) -> Iterator[PlainTag]:
    """The tags that name one of `assets` which no finder finds; those of installed packages are not looked at."""
    for path in dict.fromkeys(_templates()):
        try:
            with open(plain(path), "rb") as file:
                text = _COMMENT.sub(lambda match: re.sub(rb"[^\n]", b" ", match[0]), file.read())
        except OSError:
            continue  # whoever renders it reports that
        for match in _STATIC.finditer(text):
            name = match[2].decode("utf-8", "replace")
            if name in assets and find(name) is None:
                yield PlainTag(path, text.count(b"\n", 0, match.start()) + 1, name)


def _templates() -> Iterator[str]:
    for folder, language in template_folders():
        if language == "django" and not is_installed(folder):
            for top, names, files in os.walk(folder):
                names.sort()
                yield from (os.path.join(top, name) for name in sorted(files))
