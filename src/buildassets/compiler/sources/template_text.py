"""Collects the characters that pages show, by the texts of the templates.

Takes the configuration, gives characters and what was read. The tags of template languages are taken out, and of the
markup the names; strings in tags stay, as they may be shown: `{% trans "Welcome" %}`.
"""

import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from buildassets.compiler.config.values import Config
from buildassets.compiler.sources.template_files import is_template, template_globs
from buildassets.disk.file_sets import file_set
from buildassets.disk.files import content_of
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.template_helpers import TEMPLATE_HELPERS

_COMMENT: Final = lazy_pattern(r"\{#.*?#\}|\{%-?\s*comment\b.*?%\}.*?\{%-?\s*endcomment\b.*?%\}", re.DOTALL)
_TAG: Final = lazy_pattern(r"\{\{(.*?)\}\}|\{%(.*?)%\}|<%(.*?)%>|\$\{(.*?)\}", re.DOTALL)
_STRING: Final = lazy_pattern(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_FIRST_WORD: Final = lazy_pattern(r"[\s-]*(\w*)")
# Tags and functions whose strings are the names of something.
_NAMING: Final = frozenset(
    (
        *(helper.name for helper in TEMPLATE_HELPERS if not helper.shows_text),
        *("asset_url", "block", "component", "csrf_token", "cycle", "early_hints", "endblock", "extends", "from"),
        *("get_static_prefix", "import", "include", "load", "path_for", "static", "static_url"),
        *("url", "url_for", "with"),
    )
)
_SHOWN: Final = frozenset(("alt", "label", "placeholder", "value"))
_UNSEEN: Final = ("script", "style", "title")
# What changes the case of letters, in sheets, and by the names of utility classes in templates.
_CHANGES_CASE: Final = lazy_pattern(r"text-transform|small-caps|\b(?:upper|lower)case\b|\bcapitalize\b")


@frozen
class TemplateText:
    """The `characters` that templates show, sorted; `looked_at` are the templates and their folders."""

    characters: str
    looked_at: tuple[str, ...]


def template_text(config: Config) -> TemplateText:
    """The text of all templates of `config`; what cannot be read has none.

    Where a sheet or a template changes the case of letters, both cases of each are in it.
    """
    judge, characters, looked_at, changes = is_template(config), {" "}, set[str](), False
    for glob in template_globs(config):
        found, files = file_set(config.folder, glob)
        looked_at.update(found.folders)
        for path in filter(judge, files):
            looked_at.add(path)
            text = _read(path)
            changes = changes or _CHANGES_CASE.search(text) is not None
            characters.update(shown_text(text))
    if changes or any(_CHANGES_CASE.search(_read(path)) for path in _sheets(config)):
        characters = {*characters, *"".join(characters).upper(), *"".join(characters).lower()}
    return TemplateText("".join(sorted(one for one in characters if one.isprintable())), tuple(sorted(looked_at)))


def shown_text(template: str) -> str:
    """The text of a template that pages may show."""
    template = _COMMENT.sub("", template)
    strings = [text for tag in _TAG.finditer(template) for text in _strings("".join(filter(None, tag.groups())))]
    parser = _Shown()
    parser.feed(_TAG.sub(" ", template))
    parser.close()
    return "".join((*parser.found, *strings))


def _strings(tag: str) -> Iterator[str]:
    """The texts in a tag, if they may be shown."""
    word = _FIRST_WORD.match(tag)
    if word and word[1] in _NAMING:
        return
    for match in _STRING.finditer(tag):
        yield match[1] or match[2] or ""


class _Shown(HTMLParser):
    """Collects the texts of a page, and those of attributes that are shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._is_unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_unseen = tag in _UNSEEN
        self.found += [value for name, value in attrs if value and name in _SHOWN]

    def handle_endtag(self, tag: str) -> None:
        self._is_unseen = False

    def handle_data(self, data: str) -> None:
        if not self._is_unseen:
            self.found.append(data)


def _sheets(config: Config) -> Iterator[str]:
    for root in config.sources:
        for kind in ("css", "scss", "sass", "less"):
            yield from file_set(root.path, f"**/*.{kind}")[1]


def _read(path: str) -> str:
    try:
        return content_of(os.path.normpath(path)).decode("utf-8", "replace")
    except OSError:
        return ""
