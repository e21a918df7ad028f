"""Faults that browsers reject and esbuild accepts: `return` outside of functions, invalid patterns. Pure.

Also `new.target` outside of functions, and declarations of patterns without a value. The library of lexers shows of
nearly every script that it has none of these; the others are read token by token. What is not sure is not reported.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.regular_expression import refusal
from buildassets.compiler.languages.native.library import Question, asked_of_script, numbers_of
from buildassets.compiler.languages.reference import OpenEnd
from buildassets.foundation.lazy_pattern import lazy_pattern

_LANDMARK: Final = lazy_pattern(r"[(\[{]|(?<![\w$.#\\])(?:return|new\s*\.\s*target)(?![\w$\\])", re.ASCII)
_DECLARED: Final = lazy_pattern(r"(?<![\w$.#\\])(var|let)\s*[\[{]", re.ASCII)
_CLOSERS: Final = ("(", "[", "{")
_PAIRS: Final = {"(": lazy_pattern(r"[()]"), "[": lazy_pattern(r"[\[\]]"), "{": lazy_pattern(r"[{}]")}
_BEFORE: Final = lazy_pattern(r"(?:(?<![\w$.#\\])(?:else|do|try|finally)|[;{}])\Z")
_CONTROL: Final = lazy_pattern(r"(?<![\w$.#\\])(?:if|for(?:\s+await)?|while|switch|with|catch)\s*\Z")
_BEGINS_STATEMENT: Final = lazy_pattern(r"(?:[;{}]|(?<![\w$.#\\])for\s*\(|\A)\s*\Z")
_VALUE: Final = lazy_pattern(r"\s*(?:=(?![=>])|(?:of|in)(?![\w$]))")
_NOT_ASCII: Final = lazy_pattern(r"[^\x00-\x7f]")
_NEARBY: Final = 40  # characters that are looked at before a place
_IN_CODE: Final = {Kind.STRING: '"', Kind.TEMPLATE: "`", Kind.REGEXP: "/", Kind.BAD: "\x01"}


class _Suspect(NamedTuple):
    start: int
    end: int
    message: str
    hint: str


def early_error(text: str, *, module: bool | None = None) -> OpenEnd | None:
    """The first such fault in `text`; `module` is as for the lexer."""
    return _by_tokens(text, module=module) if _is_suspect(text, module=module) else None


def _is_suspect(text: str, *, module: bool | None) -> bool:
    """Whether there may be such a fault; where there is no library to find that out, there may be one in any script."""
    answer = asked_of_script(Question.EARLY_ERRORS, text, "", module=module)
    if answer is None:
        return True
    verdict, *places = numbers_of(answer)
    each = iter(places)
    literals = {text[start + 1 : stop] for start, stop in zip(each, each, strict=True)}  # many stand there twice
    return bool(verdict) or any(map(_refused, literals))


def _refused(literal: str) -> str | None:
    """The fault of `literal`, a regular expression without its first slash."""
    pattern, _, flags = literal.rpartition("/")
    return refusal(pattern, flags)


def _by_tokens(text: str, *, module: bool | None) -> OpenEnd | None:
    code: list[str] = []
    places: list[tuple[int, int]] = []  # in the code and in the text
    length = 0
    found: list[OpenEnd] = []
    for kind, start, end in tokens(text, module=module):
        if kind is Kind.REGEXP and (reason := _refused(text[start + 1 : end])):
            message = f"browsers refuse this regular expression: {reason}"
            found.append(OpenEnd(start, end, message, "correct it: none of the script runs"))
        piece = text[start:end] if kind in (Kind.NAME, Kind.NUMBER, Kind.PUNCTUATOR) else _IN_CODE.get(kind, " ")
        if kind is Kind.NAME and not piece.isascii():
            piece = _NOT_ASCII.sub("x", piece)
        if kind is Kind.TEMPLATE:
            piece = ("}" if text[start] == "}" else "") + "`" + ("{" if text[end - 1] == "{" else "")
        places.append((length, start))
        code.append(piece)
        length += len(piece)
    for one in _suspects("".join(code)):
        start = _in_text(places, one.start)
        found.append(OpenEnd(start, start + one.end - one.start, one.message, one.hint))
        break
    return min(found, default=None)


def _in_text(places: list[tuple[int, int]], place: int) -> int:
    in_code, in_text = places[bisect_right(places, (place, len(places) and places[-1][1])) - 1]
    return in_text + place - in_code


def _suspects(code: str) -> Iterator[_Suspect]:
    """The faults in `code`, which has no strings, comments and regular expressions any more."""
    for match in _DECLARED.finditer(code):
        yield from _without_value(code, match)
    place = 0
    head = (0, 0)  # the span of the parentheses that end last
    while landmark := _LANDMARK.search(code, place):
        word, start, place = landmark[0], landmark.start(), landmark.end()
        if word == "return":
            if not code.startswith((":", "("), place):
                hint = "put the script into a function, or remove it"
                yield _Suspect(start, place, "`return` outside of functions", hint)
        elif word.startswith("new"):
            if not code.endswith(".", 0, start - _gap(code, start)):
                hint = "remove it, or move it into a function"
                yield _Suspect(start, place, "`new.target` outside of functions", hint)
        elif word in _CLOSERS and not (word == "{" and _is_block(code, start, head)):
            place = _closed(code, start)
            head = (start, place) if word == "(" else head


def _closed(code: str, start: int) -> int:
    """The place behind the bracket that closes the one at `start`; the end of the code if none does."""
    opener = code[start]
    depth = 0
    for match in _PAIRS[opener].finditer(code, start):
        depth += 1 if match[0] == opener else -1
        if not depth:
            return match.end()
    return len(code)


def _is_block(code: str, start: int, head: tuple[int, int]) -> bool:
    """Whether the brace at `start`, outside of functions, begins a block of statements, and surely so.

    `head` is the span of the parentheses that end last before it.
    """
    end = start - _gap(code, start)
    if end and code[end - 1] == ")":
        return head[1] == end and _CONTROL.search(code, max(0, head[0] - _NEARBY), head[0]) is not None
    return not end or _BEFORE.search(code, max(0, end - _NEARBY), end) is not None


def _gap(code: str, start: int) -> int:
    """The number of blanks before `start`."""
    place = start
    while place and code[place - 1].isspace():
        place -= 1
    return start - place


def _without_value(code: str, declared: re.Match[str]) -> Iterator[_Suspect]:
    """The declaration of a pattern, if it has no value."""
    start, word = declared.start(), declared[1]
    if word == "let" and not _BEGINS_STATEMENT.search(code, max(0, start - _NEARBY), start):
        return
    if not _VALUE.match(code, _closed(code, declared.end() - 1)):
        yield _Suspect(start, start + len(word), f"a pattern behind `{word}` has no value", "write `= …` behind it")
