"""The markup of a template: its tags for browsers, with blanks in place of what the template language reads. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from buildassets.compiler.languages.markup.lexer import MarkupKind, MarkupToken, Tag, html_tokens, name_of, read_tag
from buildassets.project.blanks import Blanks

_HIDDEN: Final = (
    (r"\{#", r"#\}"),
    *(
        (rf"\{{%[-+]?\s*{name}\b", rf"\{{%[-+]?\s*end{name}\b[^%]*+%\}}")
        for name in ("comment", "raw", "verbatim", "trans", "blocktrans", "blocktranslate")
    ),
    *((f"<%{name}>", f"</%{name}>") for name in ("doc", "text")),
    (r"(?m:^)[ \t]*+##", r"(?m:$)"),
)
HIDDEN: Final = Blanks(*_HIDDEN)
"""The parts of a template that are not run: comments, and text that is shown unchanged."""
_OPAQUE: Final = Blanks(
    *_HIDDEN,
    (r"\{%", r"%\}"),
    (r"\{\{", r"\}\}"),
    (r"\$\{", r"\}"),
    (r"<%[!\s]", "%>"),
    (r"(?m:^)[ \t]*+%(?=\s*\w)", r"(?m:$)"),  # a line of Mako
)
_MACRO: Final = re.compile(r"\{%[-+]?\s*(end)?macro\b|</?%def\b")
_APART: Final = ("template", "noscript", "svg", "math")  # what is in these is not of the page itself


def expressions(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the tags of the template language, those that are hidden as one each."""
    return _OPAQUE.spans(text)


def start_tags(text: str) -> Iterator[Tag]:
    """The start tags of the template, with the spans of their attributes."""
    markup = _OPAQUE.in_place(text)
    kinds = (MarkupKind.TAG, MarkupKind.EMPTY_TAG)
    return (read_tag(markup, token) for token in html_tokens(markup) if token.kind in kinds)


def place_in_head(text: str) -> tuple[int, bool] | None:
    """Where the head of a page takes one more tag: above its end, which is True, or else behind its title.

    None where the template has no head of its own, or one in a macro, which may not see the variables of the page.
    """
    lowered = text.lower()
    if "</head" not in lowered and "</title" not in lowered:
        return None
    behind_title = None
    for name, token in _end_tags(_OPAQUE.in_place(text)):
        if name == "head":
            return None if _is_in_macro(text, token.start) else (token.start, True)
        if name == "title" and behind_title is None:
            behind_title = token.end
    return None if behind_title is None or _is_in_macro(text, behind_title) else (behind_title, False)


def _end_tags(markup: str) -> Iterator[tuple[str, MarkupToken]]:
    """The end tags of the page above its body, with their names."""
    depth = 0  # of what is apart
    for token in html_tokens(markup):
        is_tag = token.kind is MarkupKind.TAG
        name = name_of(markup, token.start) if is_tag or token.kind is MarkupKind.END_TAG else ""
        if name in _APART:
            depth = max(0, depth + (1 if is_tag else -1))
        elif is_tag and name == "body" and not depth:
            return
        elif name and not is_tag and not depth:
            yield name, token


def _is_in_macro(text: str, place: int) -> bool:
    last = [*_MACRO.finditer(text, 0, place)][-1:]
    return any(not (match[1] or match[0].startswith("</")) for match in last)
