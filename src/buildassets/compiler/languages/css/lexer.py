"""A lexer for CSS Syntax 3: text to tokens with positions, and what their escapes mean.

One compiled pattern whose alternatives are the tokens of section 4. Its repetitions are possessive and each token is
tried at most twice, so that every text takes linear time. Pure; imports no other stage.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from buildassets.foundation.lazy_pattern import lazy_pattern


class Kind(IntEnum):
    """The kind of a token (CSS Syntax 3, section 4).

    A comment, a string or a `url(` that the end of the text cuts short is still a token of its kind (section 4.3).
    BAD is what a browser gives up on: a string that a line end cuts, a `url(` with a quote or a gap in it.
    """

    BYTE_ORDER_MARK = 1  # U+FEFF as the first character, which decoding takes away
    SPACE = 2
    COMMENT = 3
    NAME = 4  # an ident-token
    FUNCTION = 5  # a name and its parenthesis; also url( where a quoted string follows
    URL = 6  # an unquoted url(…), whole
    BAD = 7  # bad-string, without the line end; bad-url, whole
    NUMBER = 8  # number, percentage, dimension
    STRING = 9
    HASH = 10
    AT_KEYWORD = 11
    HTML_COMMENT = 12  # <!-- and -->
    DELIMITER = 13  # any other character: punctuation, brackets, a lone backslash


class Token(NamedTuple):
    """`text[start:end]` is a token of that kind; the tokens of a text lie end to end and cover it."""

    kind: Kind
    start: int
    end: int


SPACE: Final = r"[ \t\n\r\f]"
_HEX_ESCAPE: Final = r"[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\n\r\f])?+"
ESCAPE: Final = rf"\\(?:{_HEX_ESCAPE}|[^0-9a-fA-F\n\r\f]|\Z)"
# Letters, digits, `_`, `-`, all beyond ASCII, and NUL, of which preprocessing makes U+FFFD. Said by what they are not:
# Python takes ten times as long to compile a set that reaches beyond Latin-1.
NAME_CHARACTERS: Final = r"[^\x01-,./:-@\[-\^`{-\x7f]"
_NAME_START: Final = r"[^\x01-@\[-\^`{-\x7f]"
_NAME_REST: Final = rf"(?:{NAME_CHARACTERS}++|{ESCAPE})*+"
_NAME: Final = rf"(?:--|-?(?:{_NAME_START}|{ESCAPE})){_NAME_REST}"
_NUMBER: Final = r"[+\-]?(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][+\-]?[0-9]++)?+"
_URL_NAME: Final = (
    rf"(?:[uU]|\\(?:[uU]|0{{0,4}}[57]5(?:\r\n|{SPACE})?+))"
    rf"(?:[rR]|\\(?:[rR]|0{{0,4}}[57]2(?:\r\n|{SPACE})?+))"
    rf"(?:[lL]|\\(?:[lL]|0{{0,4}}[46][cC](?:\r\n|{SPACE})?+))"
)
URL_BODY: Final = rf"(?:[^\"'()\\ \t\n\r\f\x01-\x08\x0b\x0e-\x1f\x7f]++|{ESCAPE})*+"
_STRING_ESCAPE: Final = rf"\\(?:{_HEX_ESCAPE}|\r\n|[^0-9a-fA-F]|\Z)"
_DOUBLE_QUOTED: Final = rf'"(?:[^"\\\n\r\f]++|{_STRING_ESCAPE})*+'
_SINGLE_QUOTED: Final = rf"'(?:[^'\\\n\r\f]++|{_STRING_ESCAPE})*+"
OPEN_STRING: Final = rf"(?:{_DOUBLE_QUOTED}|{_SINGLE_QUOTED})"  # up to its closing quote, or what stands in its place
COMMENT: Final = r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
STRING: Final = rf'(?:{_DOUBLE_QUOTED}(?:"|\Z)|{_SINGLE_QUOTED}(?:\'|\Z))'
URL: Final = rf"{_URL_NAME}\({SPACE}*+(?![\"']){URL_BODY}{SPACE}*+(?:\)|\Z)"
_BAD_URL: Final = rf"{_URL_NAME}\((?!{SPACE}*+[\"'])(?:[^)\\]++|\\(?:[\s\S]|\Z))*+\)?"  # tried after URL

# One alternative a kind, which the number of the group that matched last identifies. A name is read once, whether a
# parenthesis follows or not.
_TOKEN: Final = lazy_pattern(
    rf"({SPACE}++)|([{{}}:;,()\[\]])|({URL})|({_BAD_URL})|(<!--|-->)|(\A\ufeff)|{_NAME}(?:(\()|())"
    rf"|({_NUMBER}(?:%|{_NAME})?+)|({STRING})|({OPEN_STRING})|({COMMENT})"
    rf"|(\#(?:{NAME_CHARACTERS}++|{ESCAPE})++)|(@{_NAME})|([\s\S])"
)
_KINDS: Final = (
    Kind.DELIMITER,  # there is not a group 0
    *(Kind.SPACE, Kind.DELIMITER, Kind.URL, Kind.BAD, Kind.HTML_COMMENT, Kind.BYTE_ORDER_MARK),
    *(Kind.FUNCTION, Kind.NAME, Kind.NUMBER, Kind.STRING, Kind.BAD, Kind.COMMENT),
    *(Kind.HASH, Kind.AT_KEYWORD, Kind.DELIMITER),
)


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The tokens of `text` from `start` on, end to end; `start` must be where a token begins."""
    kinds = _KINDS
    for match in _TOKEN.finditer(text, start):
        yield Token(kinds[match.lastindex or 0], match.start(), match.end())


def pieces(text: str, start: int = 0) -> Iterator[tuple[Kind, str, int]]:
    """The kinds, texts and ends of the tokens from `start` on: for whoever looks at the texts, in half the time."""
    kinds = _KINDS
    return ((kinds[match.lastindex or 0], match.group(), match.end()) for match in _TOKEN.finditer(text, start))


_GIVEN_UP: Final = tuple(group for group, kind in enumerate(_KINDS) if kind is Kind.BAD)
_CUT_BY_END: Final = lazy_pattern(
    rf"(?:{OPEN_STRING}|{_URL_NAME}\({SPACE}*+{URL_BODY}{SPACE}*+|/\*(?:[^*]++|\*(?!/))*+)\Z"
)


def faults(text: str) -> list[Token]:
    """The BAD tokens, and the last one where the end of the text cuts it short."""
    found: list[Token] = []
    match = None
    for match in _TOKEN.finditer(text):
        if match.lastindex in _GIVEN_UP:
            found.append(Token(Kind.BAD, match.start(), match.end()))
    if match and match.lastindex not in _GIVEN_UP and _CUT_BY_END.match(text, match.start()):
        found.append(Token(_KINDS[match.lastindex or 0], match.start(), match.end()))
    return found


_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}


def follow(brackets: list[str], delimiter: str) -> None:
    """Keep `brackets`, those open, up to date: a function's is there by any other name, such as `url(`.

    A closer that does not fit the last one open is a character like any other (section 5.4.8).
    """
    if delimiter in _CLOSERS:
        brackets.append(delimiter)
    elif brackets and delimiter == _CLOSERS.get(brackets[-1], ")"):
        brackets.pop()


_ESCAPED: Final = lazy_pattern(r"\\(?:([0-9a-fA-F]{1,6}+)(?:\r\n|[ \t\n\r\f])?+|(\r\n|[\n\r\f])|([\s\S])|\Z)|\x00")
_REPLACEMENT: Final = "\ufffd"


def unescaped(raw: str) -> str:
    """What the raw text of a name, a URL or the inside of a string means (CSS Syntax 3, section 4.3.7)."""
    if "\\" not in raw and "\x00" not in raw:
        return raw
    return _ESCAPED.sub(_meaning, raw)


def _meaning(match: re.Match[str]) -> str:
    digits, line_end, character = match.groups()
    if digits:
        code = int(digits, 16)
        return _REPLACEMENT if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)
    if line_end:
        return ""
    return _REPLACEMENT if character in (None, "\x00") else str(character)
