"""`@import` and `@charset` where browsers ignore them: behind the rules that have to follow them. Pure.

An `@import` counts only before all rules but `@charset` and `@layer` statements (CSS Cascade 5, section 2), an
`@charset` only as the first characters of the sheet (CSS Syntax 3, section 3.2). What browsers do not know closes no
head: they drop it, and read on as if it was not there.
"""

from collections.abc import Iterator
from typing import Final

from buildassets.compiler.languages.css.lexer import Kind, Token, tokens, unescaped
from buildassets.compiler.languages.css.outline import Head, Rule
from buildassets.compiler.languages.reference import OpenEnd
from buildassets.foundation.lazy_pattern import lazy_pattern

_HEAD_RULE: Final = lazy_pattern(r"@(?:[iI][mM][pP][oO][rR][tT]|[cC][hH][aA][rR][sS][eE][tT])")
_NO_CODE: Final = (Kind.BYTE_ORDER_MARK, Kind.SPACE, Kind.COMMENT)
_OPENERS: Final = ("(", "[", "{")
_CLOSERS: Final = (")", "]", "}")
_LATE_IMPORT: Final = "browsers ignore an `@import` behind other rules"
_IN_BLOCK: Final = "browsers ignore an `@import` in a block"
_LATE_CHARSET: Final = "browsers ignore an `@charset` that is not the beginning of the sheet"
# At-rules that close the head; others are no rules to some browsers, or to all.
_KNOWN: Final = frozenset(
    f"@{name}"
    for name in (
        *("media", "supports", "font-face", "keyframes", "-webkit-keyframes", "page", "layer", "namespace"),
        *("container", "property", "counter-style", "font-feature-values", "scope", "starting-style"),
    )
)
CLOSING: Final = _KNOWN | {"", "@import"}
"""The keywords of rules that count for the head of a sheet; rules that are not at-rules have an empty one."""


def late_imports(text: str) -> Iterator[OpenEnd]:
    """Each `@import` in `text` behind rules, outside of all blocks, in text order."""
    return (one for one in late_rules(text) if one.message == _LATE_IMPORT)


def late_rules(text: str) -> Iterator[OpenEnd]:
    """Each at-rule in `text` that browsers ignore for its place, in text order; the span is that of its keyword."""
    beginning = 1 if text.startswith("\ufeff") else 0
    if not any(match.start() > beginning for match in _HEAD_RULE.finditer(text)):
        return

    head = Head.LAYERS
    for token, depth, rule in _at_keywords_and_rules(text):
        keyword = _keyword(text, token) if token else ""
        if token and keyword == "@charset" and token.start > beginning:
            yield OpenEnd(token.start, token.end, _LATE_CHARSET, "remove it: sheets are released as UTF-8")
        elif token and keyword == "@import" and (depth or head > Head.IMPORTS):
            hint = "move it to the beginning of the sheet"
            yield OpenEnd(token.start, token.end, _IN_BLOCK if depth else _LATE_IMPORT, hint)
        if rule and rule.keyword in CLOSING:
            head = rule.head_after(head)


def _at_keywords_and_rules(text: str) -> Iterator[tuple[Token | None, int, Rule | None]]:
    """Each at-keyword with the number of brackets around it, and each rule of the sheet once it ends."""
    depth = 0
    first: Token | None = None
    for token in tokens(text):
        kind, start, end = token
        if kind in _NO_CODE or (kind is Kind.HTML_COMMENT and not depth):
            continue
        first = first or token
        if kind is Kind.AT_KEYWORD:
            yield token, depth, None
        word = "(" if kind is Kind.FUNCTION else text[start:end] if kind is Kind.DELIMITER else ""
        depth = max(0, depth + (word in _OPENERS) - (word in _CLOSERS))
        if not depth and (word == "}" or (word == ";" and first.kind is Kind.AT_KEYWORD)):
            keyword = _keyword(text, first) if first.kind is Kind.AT_KEYWORD else ""
            yield None, 0, Rule(keyword, first.start, first.end, has_block=word == "}")
            first = None


def _keyword(text: str, token: Token) -> str:
    return unescaped(text[token.start : token.end]).lower()
