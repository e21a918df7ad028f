"""Finds what is open in a sheet: comments, strings, URLs and brackets that never end, and brackets that close nothing.

Pure. Browsers end them with the sheet, or drop what is around them (CSS Syntax 3, section 5.4), so one bracket may cost
the rest of the sheet.
"""

from typing import Final

from buildassets.compiler.languages.css.lexer import Kind, Token, tokens
from buildassets.compiler.languages.css.outline import outline
from buildassets.compiler.languages.css.proof import faults
from buildassets.compiler.languages.css.survey import surveyed
from buildassets.compiler.languages.reference import OpenEnd

MOST_OPEN_ENDS: Final = 10  # that are reported of one sheet: an unclosed quote can spoil all that follows
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
_OPENERS: Final = {")": "(", "]": "[", "}": "{"}


def open_ends(text: str) -> list[OpenEnd]:
    """The faults in `text`, in text order."""
    survey = surveyed(text)
    if survey and survey.is_whole:
        return []

    found = outline(text, 1 if text.startswith("\ufeff") else 0, len(text))
    if found and not found.last:
        return []
    bad = [_open_token(text, token) for token in faults(text)]
    # A string that does not end may contain the bracket that seems to be missing.
    return bad or _brackets(text)


def _open_token(text: str, token: Token) -> OpenEnd:
    """The fault of a token that does not end as it should: a comment, a string or a URL."""
    start, end = token.start, token.end
    if token.kind is Kind.COMMENT:
        return OpenEnd(start, end, "unclosed comment", "close it with `*/`")
    quote = text[start]
    if quote in "\"'":
        return OpenEnd(start, end, "unclosed string", f"close it with `{quote}` on the same line")
    if token.kind is Kind.URL:
        return OpenEnd(start, end, "unclosed `url(`", "close it with `)`")
    hint = "put the URL in quotes, or write `%20` for a space"
    return OpenEnd(start, end, "a URL with a space, a quote or a parenthesis in it is ignored", hint)


def _brackets(text: str) -> list[OpenEnd]:
    """The brackets that close nothing, and of those that are never closed the one opened last."""
    found: list[OpenEnd] = []
    opened: list[tuple[str, int]] = []
    count = dict.fromkeys(_CLOSERS, 0)  # of those open
    for kind, start, end in tokens(text):
        word = "(" if kind is Kind.FUNCTION else text[start] if kind is Kind.DELIMITER else ""
        if word in _CLOSERS:
            opened.append((word, end - 1))
            count[word] += 1
        elif word in _OPENERS and opened and opened[-1][0] == _OPENERS[word]:
            opened.pop()
            count[_OPENERS[word]] -= 1
        elif word in _OPENERS and not count[_OPENERS[word]]:
            found.append(OpenEnd(start, end, f"`{word}` closes nothing", "remove it, or open it before"))
    if opened:
        last, start = opened[-1]
        found.append(OpenEnd(start, start + 1, f"`{last}` is never closed", f"close it with `{_CLOSERS[last]}`"))
    return found
