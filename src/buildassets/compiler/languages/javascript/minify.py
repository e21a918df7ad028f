"""The meaningful parts of a JavaScript text: to prove a minifier's result, and to minify without one.

The library of lexers answers where it is there, else the tokens do: the answers are the same.

Takes texts, gives pieces (the tokens that must stay, and the line ends that can matter between them) and texts. Pure;
imports the lexer and the library only.

A line end matters where it can stand for a semicolon (ECMA-262, section 12.10) or where the grammar forbids one, as
between `return` and its value. Neither is so after a token with which no statement, class field or such keyword ends,
nor before one with which nothing begins; every other line end is taken to matter.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import zip_longest
from typing import Final, NamedTuple

from buildassets.compiler.languages.javascript.lexer import LINE_TERMINATORS, Kind, tokens
from buildassets.compiler.languages.native.library import Question, asked_of_script, text_of
from buildassets.foundation.lazy_pattern import lazy_pattern

_SAME, _OTHER, _BAD = range(3)


class KeptToken(NamedTuple):
    """A token that a minifier has to leave as it is.

    `on_new_line` is whether a line end is between it and the code before it, and can matter. It is false for
    comments and the hashbang, which are not code. `gap` is what stood before it, which carries no meaning: nothing,
    something, or something with a line end.
    """

    kind: Kind
    text: str
    on_new_line: bool
    gap: int = 0


_NOTHING, _SOMETHING, _LINE = range(3)


# A statement or class field may end with these punctuators. After any other, an operand or a name has to come.
_ENDS: Final = frozenset({")", "]", "}", "++", "--"})
# These may begin one: `/` and `/=` as regular expressions, `*` as a generator method. No line end may precede `=>`.
_BEGINS: Final = frozenset({"(", "[", "{", "+", "-", "++", "--", "!", "~", "/", "/=", "*", "=>"})
_NUMBER_AND_DOT: Final = lazy_pattern(r"[0-9]\.\Z")  # or a name and a dot that look like it
_LINE_TERMINATOR: Final = lazy_pattern(f"[{LINE_TERMINATORS}]")
_STAYS: Final = lazy_pattern(r"/[*/]!|<!--|-->|[\s\S]*?@(?:license|preserve)")
_LINE_COMMENTS: Final = ("//", "#!", "<!--", "-->")
_WORDS: Final = frozenset({Kind.NAME, Kind.NUMBER, Kind.REGEXP})
# Pairs of characters that read as one operator or comment when they meet.
_STICKY: Final = frozenset(
    {"++", "--", "**", "&&", "||", "??", "==", "=>", ">=", "<=", "<<", ">>", "!=", "+=", "-=", "*=", "/=", "%=", "&="}
    | {"|=", "^=", "?=", "?.", "..", "//", "/*", "<!", "->"}
)
_BEFORE_ALL: Final = KeptToken(
    Kind.PUNCTUATOR, ";", on_new_line=False
)  # what could as well stand before the first piece
_LINE_START: Final = KeptToken(Kind.LINE_END, "\n", on_new_line=False)
_NONE: Final = KeptToken(Kind.SPACE, "", on_new_line=False)  # which no text has


def pieces(text: str, *, module: bool | None = None) -> Iterator[KeptToken]:
    """The pieces of `text` in order; a token of kind BAD is one of them. `module` is as for the lexer.

    The comments that stay are those of licences, as esbuild knows them (they begin with `/*!` or `//!`, or hold
    `@license` or `@preserve`), and HTML-like ones.
    """
    last = _BEFORE_ALL
    line_ended = False
    code_end = 0
    for kind, start, end in tokens(text, module=module):
        if kind > Kind.HASHBANG:
            word = text[start:end]
            gap = _LINE if line_ended else start > code_end
            last = KeptToken(kind, word, line_ended and _line_end_matters(last, kind, word), gap)
            line_ended = False
            code_end = end
            yield last
        elif kind == Kind.LINE_END:
            line_ended = True
        elif kind != Kind.SPACE:
            word = text[start:end]
            if kind == Kind.HASHBANG or _STAYS.match(word):
                yield KeptToken(kind, word, on_new_line=False, gap=start > code_end)
                code_end = end
            line_ended = line_ended or _ends_a_line(word)


def _line_end_matters(last: KeptToken, kind: Kind, word: str) -> bool:
    """Whether a line end after `last` and before the token `word` can change what they mean."""
    if last.kind == Kind.PUNCTUATOR and last.text not in _ENDS:
        return False
    if last.kind == Kind.TEMPLATE and last.text.endswith("${"):
        return False
    return _begins(kind, word)


def _begins(kind: Kind, word: str) -> bool:
    """Whether such a token can begin something in a new line."""
    if kind == Kind.PUNCTUATOR:
        return word in _BEGINS
    return not (kind == Kind.TEMPLATE and word.startswith("}"))


def _ends_a_line(comment: str) -> bool:
    return _LINE_TERMINATOR.search(comment) is not None


def same_meaning(before: Iterable[KeptToken], after: Iterable[KeptToken]) -> bool:
    """Whether two texts, given as their pieces, mean the same to whoever runs them. Stops at the first difference."""
    return all(one[:3] == other[:3] for one, other in zip_longest(before, after, fillvalue=_NONE))


def token_starts(text: str, *, module: bool | None = None) -> list[int]:
    """The offsets at which the tokens of code in `text` begin."""
    return [start for kind, start, _ in tokens(text, module=module) if kind > Kind.HASHBANG]


def alignment(minified: str, source: str, *, module: bool | None = None) -> Iterator[tuple[int, int]]:
    """Where each token of `minified` begins, and at its place in `source`, a text of the same meaning."""
    return zip(token_starts(minified, module=module), token_starts(source, module=module), strict=True)


def reduced(kept: Iterable[KeptToken]) -> str:
    """The text of these pieces with as little between them as keeps them apart."""
    written: list[str] = []
    last = _LINE_START
    line_ended = True  # since the last token of code
    for piece in kept:
        if (piece.on_new_line and not line_ended) or (piece.text.startswith("-->") and last is not _LINE_START):
            written.append("\n")
        elif last is not _LINE_START and piece.gap and (gap := _gap(written, last, piece)):
            written.append(gap)
        written.append(piece.text)
        last = piece
        if piece.kind > Kind.HASHBANG:
            line_ended = False
        elif piece.text.startswith(_LINE_COMMENTS):
            written.append("\n")
            last = _LINE_START
            line_ended = True
        else:
            line_ended = line_ended or _ends_a_line(piece.text)
    return "".join(written)


def _gap(written: list[str], last: KeptToken, piece: KeptToken) -> str:
    """The gap that the two need: nothing, a space, or the original line end."""
    if piece.kind > Kind.HASHBANG and _NUMBER_AND_DOT.search("".join(written[-2:])):
        if piece.gap == _LINE and _begins(piece.kind, piece.text):
            return "\n"
        return " " if piece.kind in (Kind.NAME, Kind.NUMBER) or piece.text[0] == "." else ""
    if piece.text.startswith("--") and written[-2:] == ["<", "!"]:
        return " "  # else it would be `<!--`
    return " " if _read_otherwise_together(last, piece) else ""


def _read_otherwise_together(last: KeptToken, piece: KeptToken) -> bool:
    """Whether the two, of which the source has something between, could read as other tokens without a space."""
    first, end = piece.text[0], last.text[-1]
    if last.kind <= Kind.HASHBANG or piece.kind <= Kind.HASHBANG:
        return last.kind == Kind.PUNCTUATOR and end + first in _STICKY
    if last.kind == Kind.REGEXP:
        return first in "/*=" or (piece.kind in _WORDS and first not in "#.")
    if piece.kind == Kind.NUMBER and first == ".":
        return last.kind in (Kind.NAME, Kind.NUMBER) or end in ".?"
    if end + first in _STICKY and not (first == "=" and last.text in ("++", "--")):
        return True
    if (last.kind == Kind.NUMBER and first == ".") or (piece.kind == Kind.NUMBER and end == "."):
        return True
    return last.kind in _WORDS and piece.kind in _WORDS and first not in "#/"


def is_readable(text: str) -> bool:
    """Whether the lexer can read all of `text`, without a token that is none of the language."""
    answer = asked_of_script(Question.IS_SCRIPT_READABLE, text, "", module=None)
    return answer == b"\1" if answer else all(kind is not Kind.BAD for kind, _, _ in tokens(text))


class ProvenScript:
    """A script before it is minified; `module` is as for the lexer."""

    def __init__(self, text: str, *, module: bool | None) -> None:
        self._text = text
        self._module = module

    def compared(self, minified: str) -> bool | None:
        """Whether `minified` means the same; None where the source has a bad token."""
        answer = asked_of_script(Question.SCRIPT_COMPARISON, self._text, minified, module=self._module)
        if answer:
            return None if answer[0] == _BAD else answer[0] == _SAME
        if any(piece.kind == Kind.BAD for piece in self._pieces):
            return None
        return same_meaning(self._pieces, pieces(minified, module=self._module))

    def reduced(self) -> str:
        """The script with as little between its tokens as keeps them apart."""
        answer = asked_of_script(Question.REDUCED_SCRIPT, self._text, "", module=self._module)
        if answer is not None:
            return text_of(answer)
        return reduced(self._pieces)

    @cached_property
    def _pieces(self) -> tuple[KeptToken, ...]:
        return tuple(pieces(self._text, module=self._module))
