"""The names that a module exports and that a classic script declares for others, read by tokens. Pure."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.scopes import read_script
from buildassets.compiler.languages.native.library import Question, asked_of_script, numbers_of
from buildassets.foundation.lazy_pattern import lazy_pattern

_EXPORT: Final = lazy_pattern(r"(?<![\w$.#\\])export(?![\w$])")
_GAPS: Final = (Kind.SPACE, Kind.LINE_END, Kind.COMMENT)
_LITERALS: Final = (Kind.NUMBER, Kind.STRING, Kind.TEMPLATE, Kind.REGEXP)
_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
# A name behind one of these belongs to the same expression.
_JOINING: Final = frozenset(
    ("async", "await", "class", "delete", "extends", "function", "in", "instanceof", "new", "typeof", "void", "yield")
)
_OPERATORS: Final = frozenset(("in", "instanceof"))

_Words = Iterator[tuple[int, str]]


class _UnknownError(Exception):
    """The names are not known without the values: a pattern declares them, or they are written with escapes."""


def exported(text: str) -> frozenset[str] | None:
    """The names that the module `text` exports, and `* URL` for each module that it exports whole.

    None where a pattern declares some of them (`export const { a } = b`), or one is written with an escape.
    """
    places = [match.start() for match in _EXPORT.finditer(text)]
    if not places:
        return frozenset()
    kinds, ends = _listed(text)
    try:
        return frozenset(name for place in places for name in _exported_at(text, place, kinds, ends))
    except _UnknownError:
        return None


def declared(text: str) -> frozenset[str]:
    """The names that the classic script `text` declares for all scripts, but for those with escapes."""
    names = (declaration.name for declaration in read_script(text).declarations)
    return frozenset(name for name in names if "\\" not in name)


def _listed(text: str) -> tuple[Sequence[int], Sequence[int]]:
    """The kinds of all tokens, and their ends."""
    answer = asked_of_script(Question.SCRIPT_TOKENS, text, "", module=True)
    if answer is None:
        each = list(tokens(text, module=True))
        return [token.kind for token in each], [token.end for token in each]
    numbers = numbers_of(answer)
    return numbers[::2], numbers[1::2]


def _exported_at(text: str, place: int, kinds: Sequence[int], ends: Sequence[int]) -> Iterator[str]:
    """The names of the export at `place`; none where this is not a token, as in a comment."""
    index = bisect_right(ends, place)
    if kinds[index] != Kind.NAME or (index and ends[index - 1] != place):
        return
    words = (
        (kinds[number], text[ends[number - 1] : ends[number]])
        for number in range(index + 1, len(ends))
        if kinds[number] not in _GAPS
    )
    yield from map(_plain, _names(words))


def _plain(name: str) -> str:
    if "\\" in name:
        raise _UnknownError
    return name.strip("\"'")


def _names(words: _Words) -> Iterator[str]:
    for _, word in words:
        if word in ("async", "function", "class"):
            continue
        if word == "*":
            yield from _star(words)
        elif word == "{":
            yield from _listed_names(words)
        elif word in ("const", "let", "var"):
            yield from _variables(words)
        else:
            yield word  # also `default`
        return


def _star(words: _Words) -> Iterator[str]:
    """The name of `* as name from URL` or of `* from URL`; the one of a generator."""
    _, word = next(words, (0, ""))
    _, after = next(words, (0, ""))
    yield after if word == "as" else f"* {after[1:-1]}" if word == "from" else word


def _listed_names(words: _Words) -> Iterator[str]:
    last = ""
    for _, word in words:
        if word in (",", "}") and last:
            yield last
        if word == "}":
            return
        last = "" if word == "," else word


def _variables(words: _Words) -> Iterator[str]:
    """The names of a declaration, whose values may hold anything."""
    depth = 0
    awaits_name = True
    before: tuple[int, str] = (Kind.PUNCTUATOR, "")
    for kind, word in words:
        if awaits_name:
            if kind != Kind.NAME:
                raise _UnknownError
            yield word
        elif depth == 0 and (word == ";" or _begins_statement(before, kind, word)):
            return
        awaits_name = depth == 0 and word == ","
        depth += _depth(kind, word)
        if depth < 0:
            return
        before = (kind, word)


def _depth(kind: int, word: str) -> int:
    if kind == Kind.TEMPLATE:
        return word.endswith("${") - word.startswith("}")
    return (word in _OPENERS) - (word in _CLOSERS)


def _begins_statement(before: tuple[int, str], kind: int, word: str) -> bool:
    """Whether the name `word` begins a statement, behind a line end that takes the place of a semicolon."""
    if kind != Kind.NAME or word in _OPERATORS:
        return False
    is_word = before[0] == Kind.NAME and before[1] not in _JOINING
    return is_word or before[0] in _LITERALS or before[1] in _CLOSERS
