"""The references of a style sheet: text to places. Pure.

References are `url()` and `src()`, the first string or `url()` of an `@import`, the strings of `image-set()`, and the
source map that a last comment names. No reference is what a browser does not fetch: the conditions of `@supports`,
`@document` and `supports()`, the names that `@namespace` gives, strings elsewhere, and comments.
"""

import re
from typing import Final

from buildassets.compiler.lexers.css import (
    COMMENT,
    ESCAPE,
    NAME_CHARACTERS,
    OPEN_STRING,
    SPACE,
    URL_BODY,
    Kind,
    Token,
    follow,
    tokens,
    unescaped,
)
from buildassets.compiler.model import Reference, ReferenceKind

_URLS: Final = frozenset(("url(", "src("))
_REFERRING: Final = _URLS | {"image-set(", "-webkit-image-set("}
_HINTS: Final = ("url(", "src(", "image-set(", "@import", "sourcemappingurl=", "\\")

# What holds no reference is swallowed in C. It ends before a function of interest, one whose name has escapes, an
# at-keyword, or a comment that may name the source map. A run of name characters need not be a token: whether a
# parenthesis follows is what counts, and what stands before a name in its token makes it another name.
_RUN: Final = rf"(?:{NAME_CHARACTERS}++|{ESCAPE})"
_DULL: Final = re.compile(
    rf"(?:[\x01-!$-&(-,.:-;=-?\[\]\^`{{-\x7f]++"
    rf"|{NAME_CHARACTERS}++(?![\\(])"
    rf"|(?!(?i:url|src|(?:-webkit-)?image-set)\(){NAME_CHARACTERS}++\("
    rf"|{_RUN}++(?!\()"
    rf"|{OPEN_STRING}[\"']?+"
    rf"|(?!/\*[\#@]){COMMENT}"
    rf"|\#{_RUN}*+|<!--|<|/(?!\*)|\\(?=[\n\r\f]))*+"
)
_OPEN_STRING: Final = re.compile(OPEN_STRING)
_URL_PARTS: Final = re.compile(rf"[^(]++\({SPACE}*+({URL_BODY})")
_SOURCE_MAP: Final = re.compile(r"/\*[\#@]\s*+sourceMappingURL=([^\s*]*+(?:\*(?!/)[^\s*]*+)*+)\s*+\*/")
_SOURCE_MAP_MARKS: Final = ("#", "@")
_GAPS: Final = re.compile(rf"(?:{SPACE}++|{COMMENT})*+")


def scan(text: str) -> list[Reference]:
    """The references in `text`, in the order in which they stand; empty ones and those to `data:` are left out."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return []
    return _Scan(text).references()


class _Scan:
    """One walk over a text. The methods that begin with `_after` give where it goes on."""

    __slots__ = ("found", "source_map", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Reference] = []
        self.source_map: re.Match[str] | None = None

    def references(self) -> list[Reference]:
        position = 1 if self.text.startswith("\ufeff") else 0
        while (position := _end(_DULL, self.text, position)) < len(self.text):
            position = self._after_token(next(tokens(self.text, position)))
        if self.source_map and _end(_GAPS, self.text, self.source_map.end()) == len(self.text):
            self._refer(*self.source_map.span(1), ReferenceKind.SOURCE_MAP)
        return self.found

    def _after_token(self, token: Token) -> int:
        """Read one token and what belongs to it."""
        if token.kind is Kind.AT_KEYWORD:
            return self._after_prelude(token)
        if token.kind is Kind.FUNCTION and self._name(token) in _REFERRING:
            return self._after_call(token)
        self._note(token)
        return token.end

    def _after_call(self, function: Token) -> int:
        """Read the arguments; strings that stand directly in a referring function refer, not those of a `type()`."""
        brackets = [self._name(function)]
        for token in tokens(self.text, function.end):
            if token.kind is Kind.FUNCTION:
                brackets.append(self._name(token))
            elif token.kind is Kind.STRING and brackets[-1] in _REFERRING:
                self._refer_to_string(token)
            elif token.kind is Kind.DELIMITER:
                follow(brackets, self.text[token.start])
                if not brackets:
                    return token.end
            else:
                self._note(token)
        return len(self.text)

    def _after_prelude(self, keyword: Token) -> int:
        """Read an at-rule up to its block or end: nothing in it refers but what an `@import` begins with."""
        brackets: list[str] = []
        may_refer = self._name(keyword) == "@import"
        for token in tokens(self.text, keyword.end):
            kind = token.kind
            if kind is Kind.SPACE:
                continue
            if kind is Kind.DELIMITER:
                delimiter = self.text[token.start]
                if not brackets and delimiter in "{;}":
                    return token.end
                follow(brackets, delimiter)
            elif kind is Kind.FUNCTION:
                brackets.append(self._name(token))
            elif kind is Kind.STRING and may_refer:
                self._refer_to_string(token)
            elif kind is Kind.COMMENT or may_refer:
                self._note(token)
            may_refer = may_refer and (kind is Kind.COMMENT or (kind is Kind.FUNCTION and brackets[-1] in _URLS))
        return len(self.text)

    def _name(self, token: Token) -> str:
        return unescaped(self.text[token.start : token.end]).lower()

    def _note(self, token: Token) -> None:
        """Take a token that may refer by itself."""
        if token.kind is Kind.URL:
            parts = _URL_PARTS.match(self.text, token.start)
            assert parts
            self._refer(*parts.span(1))
        elif token.kind is Kind.COMMENT and self.text[token.start + 2 : token.start + 3] in _SOURCE_MAP_MARKS:
            self.source_map = _SOURCE_MAP.fullmatch(self.text, token.start, token.end) or self.source_map

    def _refer_to_string(self, token: Token) -> None:
        self._refer(token.start + 1, _end(_OPEN_STRING, self.text, token.start))

    def _refer(self, start: int, end: int, kind: ReferenceKind = ReferenceKind.URL) -> None:
        if start < end and self.text[start : start + 5].lower() != "data:":
            raw = self.text[start:end]
            # An escape in a comment is none.
            url = raw if kind is ReferenceKind.SOURCE_MAP else unescaped(raw)
            self.found.append(Reference(start, end, url, kind))


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where `pattern`, which matches anywhere, stops matching."""
    match = pattern.match(text, start)
    assert match
    return match.end()
