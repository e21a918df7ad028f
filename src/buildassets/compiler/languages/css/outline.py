"""The rules of a sheet, found with patterns: many times as fast as token by token.

Takes a text, gives its rules as far as they bear on other sheets, and what is open at its end. Where patterns do not
suffice, it gives nothing, and tokens have to be read. Pure; imports the lexer only.
"""

from enum import IntEnum
from typing import Final, NamedTuple

from buildassets.compiler.languages.css.lexer import NAME_CHARACTERS, SPACE, URL_BODY, Kind, tokens, unescaped
from buildassets.foundation.lazy_pattern import lazy_pattern


class Head(IntEnum):
    """How far the head of a sheet has come (CSS Cascade 5, section 2)."""

    LAYERS = 0  # nothing yet but `@layer` statements
    IMPORTS = 1
    NAMESPACES = 2
    CLOSED = 3


class Rule(NamedTuple):
    """`text[start:end]` is its first token; of an at-rule `keyword` is that in lower case, of others it is empty."""

    keyword: str
    start: int
    end: int
    has_block: bool = False

    def head_after(self, head: Head) -> Head:
        """How far the head has come with this rule; one that is invalid does not count."""
        if self.has_block and self.keyword in ("@import", "@namespace"):
            return head
        if self.keyword == "@layer" and not self.has_block:
            return head if head in (Head.LAYERS, Head.CLOSED) else Head.NAMESPACES
        if self.keyword == "@import":
            return max(head, Head.IMPORTS)
        return max(head, Head.NAMESPACES if self.keyword == "@namespace" else Head.CLOSED)


class Outline(NamedTuple):
    """The rules up to the first one that closes the head, the rule that is not at its end, and its open brackets."""

    rules: tuple[Rule, ...]
    last: Rule | None
    brackets: tuple[str, ...]


# Whole tokens, or parts of them, that open and close nothing. An escape may be part of a name that means `url`.
_URL: Final = "[uU][rR][lL]"
_ESCAPE: Final = (
    r"\\(?:(?!0{0,4}(?:[57][25]|[46][cC]))[0-9a-fA-F]{1,6}+(?:\r\n|[ \t\n\r\f])?+|[^0-9a-fA-F\n\r\fuUrRlL])"
    rf"(?!{_URL}\()"
)
_STRING: Final = r"\"(?:[^\"\\\n\r\f]++|\\(?:\r\n|[\s\S]))*+\"|'(?:[^'\\\n\r\f]++|\\(?:\r\n|[\s\S]))*+'"
_COMMENT: Final = r"/\*(?:[^*]++|\*(?!/))*+\*/"
_OTHER: Final = rf"{_STRING}|{_COMMENT}|/(?!\*)|{_ESCAPE}"
_PLAIN: Final = rf"[^{{}}()\[\]\"'\\/]++|{_OTHER}"
_PLAIN_BUT_SEMICOLON: Final = rf"[^;{{}}()\[\]\"'\\/]++|{_OTHER}"
# A parenthesis, or that of a function, but not the one of an unquoted `url(…)`; and the rest of such a one.
_ROUND: Final = rf"\((?:(?<!{_URL}\()|(?<={NAME_CHARACTERS}{_URL}\()|(?<={_URL}\()(?={SPACE}*+[\"']))"
_REST_OF_URL: Final = rf"\((?<=[^\x00@#]{_URL}\()(?<!{NAME_CHARACTERS}{_URL}\(){SPACE}*+(?![\"']){URL_BODY}{SPACE}*+\)"
_FLAT: Final = rf"{_REST_OF_URL}|{_ROUND}(?:{_PLAIN}|{_REST_OF_URL})*+\)|\[(?:{_PLAIN})*+\]"
_BLOCK: Final = rf"\{{(?:{_PLAIN}|{_FLAT})*+\}}"
_GAP: Final = rf"(?:{SPACE}++|{_COMMENT})*+"

_INSIDE: Final = lazy_pattern(rf"(?:{_PLAIN}|{_FLAT}|{_BLOCK})*+")
_HEAD_OF_RULE: Final = lazy_pattern(rf"(?:{_PLAIN}|{_FLAT})*+")
_HEAD_OF_AT_RULE: Final = lazy_pattern(rf"(?:{_PLAIN_BUT_SEMICOLON}|{_FLAT})*+")
_RULES: Final = lazy_pattern(rf"(?:{_GAP}(?!@)(?:{_PLAIN}|{_FLAT})*+{_BLOCK})*+{_GAP}")
_GAP_PATTERN: Final = lazy_pattern(_GAP)
_OPENER: Final = lazy_pattern(rf"[{{\[]|{_ROUND}")
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}


def outline(text: str, start: int, end: int) -> Outline | None:
    """The outline of `text[start:end]`, where tokens begin at `start` and at `end`; None if tokens have to be read."""
    if "<!--" in text or "-->" in text or text[start : start + 4].lower() == "url(":
        return None  # a byte order mark before it would look like part of its name
    rules: list[Rule] = []
    head = Head.LAYERS
    place = start
    while True:
        gap = _RULES if head is Head.CLOSED else _GAP_PATTERN
        place = gap.match(text, place, end).end()  # type: ignore[union-attr]  # matches anywhere
        if place == end:
            return Outline(tuple(rules), None, ())
        kind, first, first_end = next(tokens(text, place))
        rule = Rule(unescaped(text[first:first_end]).lower() if kind is Kind.AT_KEYWORD else "", first, first_end)
        walk = _SheetWalk(text, end)
        if not walk.ends_rule(place, rule):
            return Outline(tuple(rules), rule, tuple(walk.brackets)) if walk.place == end else None
        place = walk.place
        if head is not Head.CLOSED:
            rules.append(rule._replace(has_block=text[place - 1] == "}"))
            head = rules[-1].head_after(head)


class _SheetWalk:
    """Goes through a rule from bracket to bracket."""

    __slots__ = ("_end", "_text", "brackets", "place")

    def __init__(self, text: str, end: int) -> None:
        self._text = text
        self._end = end
        self.place = 0
        self.brackets: list[str] = []

    def ends_rule(self, start: int, rule: Rule) -> bool:
        """Whether the rule at `start` comes to its end; `place` is then behind it, and else where it is lost."""
        self.place = start
        head = _HEAD_OF_AT_RULE if rule.keyword else _HEAD_OF_RULE
        while True:
            pattern = _INSIDE if self.brackets else head
            self.place = pattern.match(self._text, self.place, self._end).end()  # type: ignore[union-attr]  # anywhere
            character = self._text[self.place : self.place + 1]
            if self.place == self._end or not self._takes(character):
                return False
            self.place += 1
            if not self.brackets and character in ";}":
                return True

    def _takes(self, character: str) -> bool:
        """Whether `character` may stand here: an opening bracket, the one that closes the last, or a `;` outside."""
        if _OPENER.match(self._text, self.place):
            self.brackets.append(character)
            return True
        if self.brackets and character == _CLOSERS[self.brackets[-1]]:
            self.brackets.pop()
            return True
        return character == ";" and not self.brackets
