"""Lets the selectors of a scoped style match the root of its component, too. Pure.

In `@scope` a selector is about what is below the root, unless it has `:scope` in it (CSS Cascading and Inheritance 6,
"Scoped Style Rules"). So each gets a pseudo-class that has it, matches everything and weighs nothing.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from buildassets.compiler.languages.css.lexer import Kind, pieces

MARK: Final = ":where(:scope,*)"
_HOLD_RULES: Final = frozenset(
    (
        *("@media", "@supports", "@container", "@layer", "@starting-style", "@scope"),
        *("@if", "@else", "@each", "@for", "@while", "@include", "@mixin", "@at-root"),  # of Sass
    )
)
_COMBINATORS: Final = (">", "+", "~")
_OLD_PSEUDO_ELEMENTS: Final = ("before", "after", "first-line", "first-letter")  # may have one colon


class _Piece(NamedTuple):
    kind: Kind
    text: str
    start: int
    end: int
    depth: int  # of the brackets around it


def rooted(style: str, without_comments: str) -> str:
    """`style`, CSS or SCSS, with a MARK in each selector of its outermost rules.

    `without_comments` is the same with blanks in the place of comments that only Sass knows.
    """
    result, done = [], 0
    for place in _places(without_comments):
        result += [style[done:place], MARK]
        done = place
    return "".join((*result, style[done:]))


def _places(text: str) -> Iterator[int]:
    """Where the marks go."""
    blocks: list[bool] = []  # those that are open; whether each holds outermost rules
    prelude: list[_Piece] = []
    depth = interpolated = 0
    for kind, word, end in pieces(text):
        piece = _Piece(kind, word, end - len(word), end, depth - (word in (")", "]")))
        if interpolated or (word == "{" and prelude and prelude[-1].text == "#" and prelude[-1].end == piece.start):
            interpolated += {"{": 1, "}": -1}.get(word, 0)
            if not interpolated:
                prelude.append(piece._replace(kind=Kind.NAME))
        elif word == "{":
            is_outermost = all(blocks[-1:])
            keyword = next((one.text.lower() for one in prelude if one.kind is Kind.AT_KEYWORD), "")
            if is_outermost and not keyword:
                yield from _places_in(prelude)
            blocks.append(is_outermost and keyword in _HOLD_RULES)
            prelude, depth = [], 0
        elif word == "}" or (word == ";" and not depth):
            if word == "}" and blocks:
                blocks.pop()
            prelude, depth = [], 0
        else:
            depth = max(0, depth + (word in ("(", "[") or kind is Kind.FUNCTION) - (word in (")", "]")))
            prelude.append(piece)


def _places_in(prelude: list[_Piece]) -> Iterator[int]:
    """The places in the selectors of a rule: in their last parts, before pseudo-elements."""
    selectors: list[list[_Piece]] = [[]]
    for piece in prelude:
        if piece.text == "," and not piece.depth:
            selectors.append([])
        elif piece.kind is not Kind.COMMENT and (selectors[-1] or piece.kind is not Kind.SPACE):
            selectors[-1].append(piece)
    for selector in selectors:
        while selector and selector[-1].kind is Kind.SPACE:
            selector.pop()
        words = [piece.text.lower() for piece in selector]
        if not words or words[0] in _COMBINATORS or "&" in words or (":", "scope") in pairwise(words):
            continue  # it names the root itself
        begins = [number for number, piece in enumerate(selector) if not piece.depth and _is_between(piece)]
        last = range(begins[-1] + 1 if begins else 0, len(selector) - 1)
        pseudo = (
            selector[number].start for number in last if _is_pseudo_element(words, number, selector[number].depth)
        )
        yield next(pseudo, selector[-1].end)


def _is_between(piece: _Piece) -> bool:
    return piece.kind is Kind.SPACE or piece.text in _COMBINATORS


def _is_pseudo_element(words: list[str], number: int, depth: int) -> bool:
    return not depth and words[number] == ":" and words[number + 1] in (":", *_OLD_PSEUDO_ELEMENTS)
