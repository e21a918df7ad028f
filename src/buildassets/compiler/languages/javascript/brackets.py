"""Finds where a bracket of a script is closed, with one pattern: twenty times as fast as token by token.

Takes a text and a place in its code. What it finds is certain; else it raises Doubt, and only the lexer can find it.
Pure; imports the lexer and `slash`.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from buildassets.compiler.languages.javascript.lexer import (
    FRACTION,
    IN_DOUBLE,
    IN_SINGLE,
    IN_TEMPLATE,
    LINE_TERMINATORS,
    NAME_PART,
    NAME_START,
    NUMBER,
    REGEXP,
    SPACES,
    WHOLE_COMMENT,
)
from buildassets.compiler.languages.javascript.slash import Doubt, before_space, divides, is_head
from buildassets.compiler.languages.native.library import Question, asked, numbers_of
from buildassets.lazy_pattern import lazy_pattern

# Whole tokens that open and close nothing. Not in it is what may be something else (`<!--`, a `/`) and what the lexer
# calls bad (a stray character, a number run into a word).
_STRING: Final = rf"\"{IN_DOUBLE}\"|'{IN_SINGLE}'"
_PLAIN: Final = lazy_pattern(
    rf"(?:{NAME_START}{NAME_PART}*+|[{SPACES}{LINE_TERMINATORS},;:=+*%&|^!?~>]++|\.(?![0-9])|{_STRING}"
    # A line comment only with its line end: without, it may go on beyond what is looked at.
    rf"|(?!//[^{LINE_TERMINATORS}]*+\Z){WHOLE_COMMENT}"
    rf"|{NUMBER}|-(?!->)|<(?!!--)|`{IN_TEMPLATE}`|{FRACTION}|\#{NAME_START}{NAME_PART}*+)*+"
)
_UNINTERRUPTED: Final = lazy_pattern(rf"{_STRING}|{WHOLE_COMMENT}")
_TEMPLATE_PIECE: Final = lazy_pattern(rf"[`}}]{IN_TEMPLATE}(?:`|\$\{{)")
_REGEXP: Final = lazy_pattern(REGEXP)
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
_HOLE: Final = "`"  # stands for the closer of a template's hole


class DoubtAt(Doubt):
    """The code just before `place` does not decide what stands there."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def closing_place(text: str, start: int, stops: Sequence[int]) -> int:
    """Where the bracket is closed that opens at `start`.

    Raises DoubtAt where only the lexer knows it; where the text is bad or not in balance; and where one of `stops` is
    in code or begins a comment. `stops` are sorted and end with the end of the text.
    """
    return _Walk(text, stops).closing_place(start)


class Closers:
    """Where the braces of a text are closed: those that the library finds in one go, or each when it is asked for."""

    __slots__ = ("_closers", "_stops", "_text")

    def __init__(self, text: str, stops: Sequence[int]) -> None:
        """`stops` are as for `closing_place`."""
        self._text = text
        self._stops = stops
        answer = asked(Question.CLOSED_BRACES, text)
        self._closers = None if answer is None else _pairs(numbers_of(answer))

    def closing_place(self, start: int) -> int:
        """As the function `closing_place`; if the library answers, stops in strings count as in code, too."""
        if self._closers is None:
            return closing_place(self._text, start, self._stops)
        end = self._closers.get(start)
        if end is None or self._stops[bisect_left(self._stops, start)] < end:
            raise DoubtAt(start)
        return end


def _pairs(numbers: Sequence[int]) -> dict[int, int]:
    return dict(zip(numbers[::2], numbers[1::2], strict=True))


class _Walk:
    """Goes from bracket to bracket."""

    __slots__ = ("_awaited", "_head", "_limit", "_opened", "_stops", "_text")

    def __init__(self, text: str, stops: Sequence[int]) -> None:
        self._text = text
        self._stops = stops
        self._limit = 0
        self._awaited: list[str] = []  # the closers, the next one last
        self._opened: list[int] = []  # where the brackets are that they close
        self._head = 0, 0  # what was last in brackets

    def closing_place(self, place: int) -> int:
        text, awaited, opened, swallow = self._text, self._awaited, self._opened, _PLAIN.match
        while True:
            character = text[place : place + 1]
            if character in _CLOSERS:
                awaited.append(_CLOSERS[character])
                opened.append(place)
                place += 1
            elif character == awaited[-1] != _HOLE:
                awaited.pop()
                self._head = opened.pop(), place + 1
                if not awaited:
                    return place
                place += 1
            else:
                place = self._end_of_other(place, character)
            if place > self._limit:
                self._limit = self._stops[bisect_left(self._stops, place)]
            # The pattern sees nothing from the next stop on: a token that reaches beyond it does not match.
            place = swallow(text, place, self._limit).end()  # type: ignore[union-attr]  # matches anywhere
            if place == self._limit:
                raise DoubtAt(place)

    def _end_of_other(self, place: int, character: str) -> int:
        if token := _UNINTERRUPTED.match(self._text, place):
            return token.end()
        if character == "/" and not self._text.startswith("/*", place):
            return self._end_of_slash(place)
        if character == "`" or (character == "}" and self._awaited[-1] == _HOLE):
            return self._end_of_template_piece(place)
        raise DoubtAt(place)

    def _end_of_slash(self, place: int) -> int:
        start, end = self._head
        try:
            is_behind_brackets = before_space(self._text, place) == end and self._text[end - 1] == ")"
            if not is_head(self._text, start) if is_behind_brackets else divides(self._text, place):
                return place + 1
        except Doubt:
            raise DoubtAt(place) from None
        regexp = _REGEXP.match(self._text, place)
        if not regexp:
            raise DoubtAt(place)
        return regexp.end()

    def _end_of_template_piece(self, place: int) -> int:
        """The end of the piece at `place`, which begins a template or goes on with one behind a hole."""
        piece = _TEMPLATE_PIECE.match(self._text, place)
        if not piece:
            raise DoubtAt(place)
        if self._text[place] == "}":
            self._awaited.pop()
            self._opened.pop()
        if self._text[piece.end() - 1] == "{":
            self._awaited.append(_HOLE)
            self._opened.append(place)
        return piece.end()
