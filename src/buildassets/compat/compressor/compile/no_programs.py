"""Detects scripts that browsers refuse as a whole, by what only tokens outside of functions show.

Takes texts, gives a boolean. Joined with others, such a script would take these with it, or take them in. No
parser: what it does not detect is joined.
"""

from collections.abc import Iterator
from typing import Final

from buildassets.compiler.languages.javascript.lexer import Kind, LeapingTokens
from buildassets.compiler.languages.native.library import Question, asked, numbers_of

__all__ = ["is_no_program"]

_BEFORE_BLOCKS: Final = ("", ";", "{", "}", "else", "do", "try", "catch", "finally")
_HEADS: Final = ("if", "for", "while", "with", "switch", "catch")
_CLOSERS: Final = {")": "(", "]": "[", "}": "{"}
_SKIPPED: Final = (Kind.SPACE, Kind.LINE_END, Kind.COMMENT, Kind.HASHBANG)
_Word = tuple[Kind | None, str]
_END: Final[_Word] = (None, "")


def is_no_program(text: str) -> bool:
    """Whether `return` is outside of functions there, or a declaration lacks its name or the value of a constant.

    By ECMA-262, sections 14.3 and 14.10: both are early errors.
    """
    if not any(word in text for word in ("return", "var", "const")):
        return False
    first, second, third = _END, _END, _END
    for word in (*_outer_words(text), _END, _END):
        first, second, third = second, third, word
        if first[0] is Kind.NAME and _is_refused(first[1], second, third):
            return True
    return False


def _is_refused(word: str, following: _Word, second: _Word) -> bool:
    if word == "return":
        return True
    if word not in ("var", "const"):
        return False
    if following[1] in ("[", "{"):
        return False
    if following[0] is not Kind.NAME:
        return True
    return word == "const" and following[1] != "enum" and second[1] != "="


def _outer_words(text: str) -> Iterator[_Word]:
    """The words outside of functions, classes, objects and groups; of these only where they begin.

    A name behind a dot is none: it is that of a property.
    """
    opened: list[tuple[str, bool, str]] = []  # the bracket, whether all stands outside in it, and the word before it
    before, head = "", ""  # the last word, and what stands before the group that ended last
    found, closers = LeapingTokens(text), _closers(text)
    for kind, start, end in found:
        if kind in _SKIPPED:
            continue
        word = text[start:end]
        is_outside = not opened or opened[-1][1]
        if is_outside:
            yield (Kind.PUNCTUATOR if kind is Kind.NAME and before in (".", "?.") else kind), word
        if kind is Kind.PUNCTUATOR and word in ("(", "[", "{"):
            is_block = word == "{" and (before in _BEFORE_BLOCKS or (before == ")" and head in _HEADS))
            opened.append((word, is_outside and is_block, before))
            if word == "{" and not opened[-1][1] and start in closers:
                found.leap(closers[start])
        elif kind is Kind.PUNCTUATOR and word in _CLOSERS:
            if not opened or opened[-1][0] != _CLOSERS[word]:
                return
            head = opened.pop()[2]
        before = word


def _closers(text: str) -> dict[int, int]:
    """Where braces are closed, by where they open, as far as the library of lexers finds it; other braces are read."""
    numbers = numbers_of(asked(Question.CLOSED_BRACES, text) or b"")
    return dict(zip(numbers[::2], numbers[1::2], strict=True))
