"""Decides what a word or a `/` is by the code just before it, without reading the text from its start.

An answer is certain; else Doubt is raised, and only the lexer can decide. Each function takes a text and a place in its
code. Pure; imports the lexer only.
"""

import re
from typing import Final

from buildassets.compiler.languages.javascript.lexer import LINE_TERMINATORS, NAME_PART, SPACES
from buildassets.lazy_pattern import lazy_pattern

_SPACE: Final = rf"[{SPACES}{LINE_TERMINATORS}]"
_LINE_TERMINATOR: Final = lazy_pattern(rf"[{LINE_TERMINATORS}]")
_NO_SPACE: Final = lazy_pattern(rf"[^{SPACES}{LINE_TERMINATORS}]")
_NAME_BEFORE: Final = lazy_pattern(rf"{NAME_PART}|[\\#]")
_ESCAPE_BEFORE: Final = lazy_pattern(r"\\u\{[\da-fA-F]++\}\Z")
_DOT_BEFORE_COMMENT: Final = lazy_pattern(rf"\.{_SPACE}*+(?://|/\*)")
# A line in which no other comment and no template ends, and no hole of a template begins.
_COMMENT_LINE: Final = lazy_pattern(rf"[ \t]*+//[^`$*{LINE_TERMINATORS}]*+")
_LABEL_BEFORE: Final = lazy_pattern(r"(?:break|continue)[\s]++\Z")
_LAST_WORD: Final = lazy_pattern(rf"{NAME_PART}++\Z")
# Divisions stand after names, numbers and closed brackets. What ends like a keyword counts as one.
_NO_DIVISION: Final = lazy_pattern(
    r"(?<![\w$)\]\s])\s*+/|(?:await|case|delete|in|instanceof|new|of|return|typeof|void|yield)\s*+/|/[/*]"
)
_OPERATOR_WORDS: Final = frozenset(
    ("case", "delete", "do", "else", "extends", "in", "instanceof", "new", "return", "throw", "typeof", "void")
)
_KEYWORDS: Final = _OPERATOR_WORDS | frozenset(
    (
        *(
            "await",
            "break",
            "catch",
            "continue",
            "debugger",
            "default",
            "export",
            "finally",
            "for",
            "if",
            "of",
            "switch",
        ),
        *("try", "while", "with", "yield"),
    )
)
_HEADS: Final = frozenset(("if", "while", "for", "with"))


def _round_backwards(depth: int) -> str:
    """A pattern for `(…)` read from its end, with up to `depth` of the same inside, and nothing that hides one."""
    other = r"[^()\"'`{}]++"
    inner = rf"{other}|{_round_backwards(depth - 1)}" if depth else other
    return rf"\)(?:{inner})*+\("


_ROUND_BACKWARDS: Final = lazy_pattern(_round_backwards(4))
_NEARBY: Final = 500  # characters that are looked at before a place


class Doubt(Exception):  # noqa: N818  # no error: it asks for the other way
    """What stands just before a place does not decide what it is."""


def begins_word(text: str, start: int) -> bool:
    """Whether a word begins at `start`, and not the middle of one or a private name."""
    if _NAME_BEFORE.match(text, start - 1, start):
        return False
    return not (text[start - 1 : start] == "}" and _ESCAPE_BEFORE.search(text, max(0, start - 12), start))


def is_property(text: str, start: int) -> bool:
    """Whether the word at `start` stands after a dot, as in `a.import("x")`."""
    end = before_space(text, start)
    last = text[end - 1 : end]
    if last == ".":
        if text[end - 2 : end - 1].isdigit():
            raise Doubt  # `2.` may be a number
        return text[end - 3 : end] != "..."
    after_comment = last == "/" or (_LINE_TERMINATOR.search(text, end, start) and may_hold_comment(text, end))
    if after_comment and _DOT_BEFORE_COMMENT.search(text, max(0, start - _NEARBY), start):
        raise Doubt
    return False


def before_space(text: str, end: int) -> int:
    while end and not _NO_SPACE.match(text, end - 1):
        end -= 1
    return end


def divides(text: str, place: int) -> bool:
    """Whether the `/` at `place` divides, by the code just before it. Raises Doubt."""
    end = before_space(text, place)
    last = text[end - 1 : end]
    if _LINE_TERMINATOR.search(text, end, place) and may_hold_comment(text, end):
        raise Doubt
    if not last or (last in "=(,:[!&|?{;%~^<>+-*" and text[end - 2 : end] not in ("++", "--")):
        return False
    if last == ")":
        return not _ends_head(text, end)
    if last == "]" or (last == "." and text[end - 2 : end] != ".."):
        return True
    word = _LAST_WORD.search(text, max(0, end - 64), end)
    if not word or (_LINE_TERMINATOR.search(text, end, place) and _may_be_declared(text, word.start())):
        raise Doubt
    return not _wants_operand(text, word.start(), word[0])


def _may_be_declared(text: str, start: int) -> bool:
    """Whether the name at `start` may end a declaration by `var` or `let` without a value.

    An escape before it belongs to the name.
    """
    end = before_space(text, start)
    if _LINE_TERMINATOR.search(text, end, start):
        return True
    return text[end - 1 : end] in tuple(",/\\}") or text[max(0, end - 3) : end] in ("var", "let")


def may_hold_comment(text: str, end: int) -> bool:
    """Whether a `//` comment may stand in the line that ends at `end`."""
    nearby = text[max(0, end - _NEARBY) : end]
    line_start = nearby.rfind("\n") + 1
    return "//" in nearby[line_start:] or (line_start == 0 and end > _NEARBY)


def _wants_operand(text: str, start: int, word: str) -> bool:
    """Whether the `word` at `start` is a keyword after which a `/` begins a regular expression."""
    if word not in _KEYWORDS:
        if _LABEL_BEFORE.search(text, max(0, start - 12), start):
            raise Doubt
        return False
    if not begins_word(text, start) or is_property(text, start):
        return False
    if word not in _OPERATOR_WORDS:
        raise Doubt
    return True


def _ends_head(text: str, end: int) -> bool:
    """Whether the parenthesis that closes before `end` is the head of an `if`, `while`, `for` or `with`."""
    match = _ROUND_BACKWARDS.match(text[max(0, end - _NEARBY) : end][::-1])
    if not match:
        raise Doubt
    start = end - match.end()
    word_end = before_space(text, start)
    before = text[word_end - 1 : word_end]
    if before in tuple("\\/[^") or not _is_plain_code(text[start:end]):
        raise Doubt  # the parenthesis that seems to open it may be one of a regular expression or a comment
    if _LINE_TERMINATOR.search(text, word_end, end) and may_hold_comment(text, start):
        raise Doubt
    return is_head(text, start)


def is_head(text: str, start: int) -> bool:
    """Whether the parenthesis at `start`, which is in code, opens the head of an `if`, `while`, `for` or `with`."""
    word = _word_before(text, start)
    if word and word[0] == "await":  # of `for await (…)`, or of an expression
        word = _word_before(text, word.start())
    if not word or word[0] not in _HEADS:
        return False
    return begins_word(text, word.start()) and not is_property(text, word.start())


def _word_before(text: str, place: int) -> re.Match[str] | None:
    """The word that ends before `place`, which is in code, as far as it is short."""
    end = _before_comment_lines(text, place)
    if text[end - 2 : end] == "*/" or (_LINE_TERMINATOR.search(text, end, place) and may_hold_comment(text, end)):
        raise Doubt
    return _LAST_WORD.search(text, max(0, end - 12), end)


def _before_comment_lines(text: str, end: int) -> int:
    """As before_space, but also before lines that are comments."""
    while True:
        end = before_space(text, end)
        line_start = text.rfind("\n", max(0, end - _NEARBY), end) + 1
        before = text[max(0, line_start - 3) : line_start].rstrip("\r\n")
        if not line_start or before.endswith("\\") or not _COMMENT_LINE.fullmatch(text, line_start, end):
            return end
        end = line_start


def _is_plain_code(text: str) -> bool:
    """Whether `text`, which has no quotes and no braces, has neither part of a regular expression nor of a comment."""
    if text.count("[") != text.count("]") or text.find("]") < text.find("["):
        return False
    return "/" not in text or not _NO_DIVISION.search(text)
