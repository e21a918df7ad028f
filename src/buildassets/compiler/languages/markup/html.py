"""The references of an HTML document: what a browser loads to show it. Pure.

A document whose `<base>` moves its relative URLs elsewhere has none: what they name is not known.
"""

import re
from html import unescape
from html.entities import html5
from typing import Final

from buildassets.compiler.languages.markup import references as markup
from buildassets.compiler.languages.markup.lexer import html_tokens
from buildassets.compiler.languages.reference import Reference
from buildassets.foundation.lazy_pattern import lazy_pattern

_CHARACTER_REFERENCE: Final = lazy_pattern(r"&(?:#(?:[xX][0-9a-fA-F]++|[0-9]++)|([a-zA-Z][a-zA-Z0-9]*+));?+")
_LONGEST_NUMBER: Final = 20


def _meaning(match: re.Match[str]) -> str | None:
    """The text for a character reference in an attribute (section 13.2.5.73); None for `&copy=` and `&copyright`."""
    written = match[0]
    if match[1] is None:
        return unescape(written) if len(written) <= _LONGEST_NUMBER else "\ufffd"
    is_followed_by_value = match.string.startswith("=", match.end())
    if written[1:] not in html5 or (is_followed_by_value and not written.endswith(";")):
        return None
    return html5[written[1:]]


_DIALECT: Final = markup.Dialect(html_tokens, _CHARACTER_REFERENCE, _meaning, lazy_pattern(markup.TEMPLATE_MARK))


def scan(text: str) -> list[Reference]:
    """The references in `text`, in the order in which they stand; fragments and `data:` URLs are left out."""
    return markup.scan(text, _DIALECT)
