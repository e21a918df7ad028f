"""The references of a style sheet: text to places. Pure.

References are `url()` and `src()`, the first string or `url()` of an `@import`, the strings of `image-set()`, and the
source map that a last comment names. No reference is what a browser does not fetch: the conditions of `@supports`,
`@document` and `supports()`, the names that `@namespace` gives, strings elsewhere, and comments. Where the library of
lexers is there, it finds their places.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.css.lexer import (
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
from buildassets.compiler.languages.css.survey import surveyed
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.foundation.lazy_pattern import lazy_pattern

_URLS: Final = frozenset(("url(", "src("))
REFERRING: Final = _URLS | {"image-set(", "-webkit-image-set("}
"""The functions whose strings refer."""

# Where a reference may stand, judged by a few characters: nothing is read beyond the last such place.
_RUN: Final = rf"(?:{NAME_CHARACTERS}++|{ESCAPE})"
_URL_CALL, _SRC_CALL, _SET_CALL = r"(?<=[uU][rR][lL]\()", r"(?<=[sS][rR][cC]\()", r"(?<=-[sS][eE][tT]\()"
_CALL: Final = lazy_pattern(rf"\((?:{_URL_CALL}(?!{SPACE}*+[\"']?+(?i:data:))|{_SRC_CALL}|{_SET_CALL})")
_AT_KEYWORD: Final = lazy_pattern(rf"@(?=(?i:import)|{NAME_CHARACTERS}*+\\)")
_ESCAPED_NAME: Final = lazy_pattern(rf"{ESCAPE}{_RUN}*+(\()?+")
# The prelude of an at-rule that imports nothing refers to nothing. Here it holds neither quotes nor comments nor nested
# brackets, as most do.
_PLAIN: Final = r"[^{};\"'\\/()\[\]]++|/(?!\*)"
_PRELUDE: Final = rf"@(?!(?i:import))-?[a-zA-Z](?:{_PLAIN}|\((?:{_PLAIN})*+\))*+(?=[{{}};])"
# What holds no reference is swallowed in C. It ends before the parenthesis of a function that may refer by the end of
# its name, the first escape in a function's name, another at-keyword, or a comment that may name the source map.
_DULL: Final = lazy_pattern(
    rf"(?:[^\"'/\\@(]++|\((?!{_URL_CALL}|{_SRC_CALL}|{_SET_CALL})"
    rf"|{_PRELUDE}|{OPEN_STRING}[\"']?+|(?!/\*[\#@]){COMMENT}|/(?!\*)"
    rf"|{ESCAPE}{_RUN}*+(?!\()|\\(?=[\n\r\f]))*+"
)
_ENDS_TOKEN: Final = frozenset(" \t\n\r\f:,;{}()")
_SHORT_NAME: Final = 3  # the length of `url` and `src`
_OPEN_STRING: Final = lazy_pattern(OPEN_STRING)
_URL_PARTS: Final = lazy_pattern(rf"[^(]++\({SPACE}*+({URL_BODY})")
_SOURCE_MAP: Final = lazy_pattern(r"/\*[\#@]\s*+sourceMappingURL=([^\s*]*+(?:\*(?!/)[^\s*]*+)*+)\s*+\*/")
_SOURCE_MAP_MARKS: Final = ("#", "@")
_GAPS: Final = lazy_pattern(rf"(?:{SPACE}++|{COMMENT})*+")
_COMMENT_AT_END: Final = 1  # the sort of places in the library that are comments; all others are URLs
_NEARBY: Final = 200  # characters that are looked at beside a place


def scan(text: str) -> list[Reference]:
    """The references in `text`, in the order in which they stand; empty ones and those to `data:` are left out."""
    survey = surveyed(text)
    return _Scan(text).references() if survey is None else [*_at_places(text, survey.places)]


def _at_places(text: str, places: Sequence[int]) -> Iterator[Reference]:
    """The references at the places that the library found."""
    each = iter(places)
    source_map = None
    for sort, start, end in zip(each, each, each, strict=True):
        if sort == _COMMENT_AT_END:
            source_map = _SOURCE_MAP.fullmatch(text, start, end) or source_map
        else:
            yield from _reference(text, start, end)
    if source_map:
        yield from _reference(text, *source_map.span(1), ReferenceKind.SOURCE_MAP)


def _reference(text: str, start: int, end: int, kind: ReferenceKind = ReferenceKind.URL) -> Iterator[Reference]:
    """The reference whose URL is written between `start` and `end`, unless that is empty or of `data:`."""
    if start < end and text[start : start + 5].lower() != "data:":
        raw = text[start:end]
        # An escape in a comment is none.
        yield Reference(start, end, raw if kind is ReferenceKind.SOURCE_MAP else unescaped(raw), kind)


class _Scan:
    """One walk over a text. The methods that begin with `_after` give where it goes on."""

    __slots__ = ("found", "source_map", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Reference] = []
        self.source_map: re.Match[str] | None = None

    def references(self) -> list[Reference]:
        """All references of the sheet, in text order; what cannot contain one is not read."""
        end = _end_of_candidates(self.text)
        last_comment = _last_source_map(self.text)
        if last_comment and not _is_surely_read(self.text, last_comment.start()):
            end = max(end, last_comment.end())
            last_comment = None
        self._walk(1 if self.text.startswith("\ufeff") else 0, end)
        source_map = last_comment or self.source_map
        if source_map and _end(_GAPS, self.text, source_map.end()) == len(self.text):
            self._refer(*source_map.span(1), ReferenceKind.SOURCE_MAP)
        return self.found

    def _walk(self, position: int, end: int) -> None:
        """Read from `position`, where a token begins, to `end` or beyond it."""
        while position < end:
            start = position
            # The pattern sees nothing from `end` on: what it swallows before holds nothing, whatever follows.
            dull = _DULL.match(self.text, start, end)
            assert dull
            position = dull.end()
            if position < end:
                position = self._after_stop(start, position)

    def _after_stop(self, start: int, place: int) -> int:
        """Read the token with the character at `place`; `start` is where some token before it begins."""
        name = place - _SHORT_NAME
        if self.text[place] in "@/":
            start = place
        elif name > start and self.text[place] == "(" and self.text[place - 1] not in "tT":
            if self.text[name - 1] in _ENDS_TOKEN:
                start = name
            elif self.text[name - 1].isalnum():
                return place + 1  # the name is longer
        return self._after_token(next(token for token in tokens(self.text, start) if token.end > place))

    def _after_token(self, token: Token) -> int:
        """Read one token and what belongs to it."""
        if token.kind is Kind.AT_KEYWORD:
            return self._after_prelude(token)
        if token.kind is Kind.FUNCTION and self._name(token) in REFERRING:
            return self._after_call(token)
        self._note(token)
        return token.end

    def _after_call(self, function: Token) -> int:
        """Read the arguments; strings that stand directly in a referring function refer, not those of a `type()`."""
        brackets = [self._name(function)]
        for token in tokens(self.text, function.end):
            if token.kind is Kind.FUNCTION:
                brackets.append(self._name(token))
            elif token.kind is Kind.STRING and brackets[-1] in REFERRING:
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
        self.found += _reference(self.text, start, end, kind)


def _end_of_candidates(text: str) -> int:
    """Where the last place ends at which a reference other than the source map may begin; 0 where there is none."""
    end = 0
    for pattern in (_CALL, _AT_KEYWORD):
        for match in pattern.finditer(text):
            end = max(end, match.end())
    if "\\" in text:
        for match in _ESCAPED_NAME.finditer(text):
            if match.lastindex:
                end = max(end, match.end())
    return end


def _last_source_map(text: str) -> re.Match[str] | None:
    """The match that names the source map, if it is a comment: nothing follows it but space and comments."""
    tail = text[-_NEARBY:].rstrip()
    if tail and not tail.endswith("*/") and text.rfind("*/") >= text.rfind("/*"):
        return None  # the text ends in something else
    place = text.rfind("sourceMappingURL=")
    while place >= 0:
        head = text[max(0, place - _NEARBY) : place].rstrip()
        if head.endswith(("/*#", "/*@")):
            match = _SOURCE_MAP.match(text, max(0, place - _NEARBY) + len(head) - len("/*#"))
            if match:
                return match if _end(_GAPS, text, match.end()) == len(text) else None
        place = text.rfind("sourceMappingURL=", 0, place)
    return None


def _is_surely_read(text: str, start: int) -> bool:
    """Whether what begins at `start` is in no comment, string or `url()`, as far as what is before it proves."""
    opened = text.rfind("/*", 0, start)
    if opened >= 0 and text.rfind("*/", opened + 2, start) < 0:
        return False
    opened = text.rfind("(", 0, start)
    closed = text.rfind(")", opened + 1, start)
    if opened >= 0 and (closed < 0 or text[closed - 1] == "\\"):
        return False
    before = text[max(0, start - _NEARBY) : start]
    return before.endswith("\n") and before.rstrip("\r\n")[-1:] not in ("", "\\")


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where `pattern`, which matches anywhere, stops matching."""
    match = pattern.match(text, start)
    assert match
    return match.end()
