"""Finds the assets that calls in Python name, in the expressions of template languages that use Python. Pure.

What stands around a call may be of another language, so a call is found by its name and its brackets, and only that is
parsed.
"""

import ast
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import accumulate
from operator import itemgetter
from typing import Final

from buildassets.compiler.templates.names import (
    HELPERS,
    OF_EACH,
    NamingRule,
    Possible,
    Reading,
    Span,
    TemplateFault,
    Use,
    WrittenName,
    either,
    joined,
)
from buildassets.foundation.lazy_pattern import lazy_pattern

OURS: Final[Mapping[str, NamingRule]] = HELPERS
# A string that is not closed ends as Python's do: at the end of the text, or of the line for one with single quotes.
_STRING: Final = (
    r"""(?:'''(?:[^\\]|\\.)*?(?:'''|\Z)|\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)"""
    r"""|'(?:[^'\\\n]|\\.)*+'?|"(?:[^"\\\n]|\\.)*+"?)"""
)
_TOKEN: Final = lazy_pattern(rf"(?s:(?P<string>{_STRING}))|(?P<call>(?<![\w.])[^\W\d][\w.]*)[ \t]*(?=\()|[()\[\]{{}}]")
_DEEPEST: Final = 200  # levels of brackets, which Python's parser refuses
_KEYWORDS: Final = ("name", "filename", "path")


def calls(text: str, span: Span, functions: Mapping[str, NamingRule]) -> Iterator[Use | Span]:
    """The uses in the code `text[span]`, and the spans of calls whose name is computed. `functions` are known ones."""
    for start, end, rule in sorted(_closed_calls(text, span, functions), key=itemgetter(0)):
        yield from _of_call(text, start, end, rule)


def _closed_calls(text: str, span: Span, functions: Mapping[str, NamingRule]) -> Iterator[tuple[int, int, NamingRule]]:
    """The spans of calls of `functions`, in the order in which they end."""
    brackets: list[tuple[int, NamingRule | None]] = []  # those that are open: where the call begins, and its rule
    heights = [0]  # how deep brackets are nested inside of each
    call: tuple[int, NamingRule | None] = (0, None)
    for token in _TOKEN.finditer(text, *span):
        if token["string"]:
            continue
        if token["call"]:
            call = token.start(), functions.get(token["call"])
            continue
        if token[0] in "([{":
            brackets.append(call)
            heights.append(0)
        elif brackets:
            (start, rule), height = brackets.pop(), heights.pop() + 1
            heights[-1] = max(heights[-1], height)
            if rule is not None and height < _DEEPEST:
                yield start, token.end(), rule
        call = (0, None)


def reading(text: str, parts: Iterable[Span], functions: Mapping[str, NamingRule]) -> Reading:
    """The names in the template `text`, whose Python is in `parts`; one that is not closed ends at -1."""
    spans, faults = [], []
    for span in parts:
        if span[1] < 0:
            faults.append(TemplateFault("an expression `${…}` is not closed", span[0]))
        else:
            spans.append(span)
    found = [one for span in spans for one in calls(text, span, functions)]
    uses = tuple(one for one in found if isinstance(one, Use))
    unchecked = tuple(one for one in found if not isinstance(one, Use))
    icons = tuple(span for span in unchecked if HELPERS.get(text[slice(*span)]) is NamingRule.ICON)
    return Reading(uses, unchecked, tuple(faults), icons)


def closing(text: str, opening: int, end: int) -> int | None:
    """The offset behind the bracket that closes the one at `opening`; None if none does before `end`."""
    depth = 0
    for token in _TOKEN.finditer(text, opening, end):
        if token["string"] or token["call"]:
            continue
        depth += 1 if token[0] in "([{" else -1
        if depth == 0:
            return token.end()
    return None


class Ends:
    """Finds where parts of a template end, asked in their order, in time that grows with its text.

    An end that is missing is not searched for again. Behind an expression that is not closed, others end before the
    `${` that follows, as each could be searched for its end in the whole rest of the text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._missing: set[str] = set()

    def behind(self, end: str, position: int) -> int | None:
        """The offset behind the next `end`; None if there is none."""
        found = -1 if end in self._missing else self._text.find(end, position)
        if found >= 0:
            return found + len(end)
        self._missing.add(end)
        return None

    def of_expression(self, opening: int) -> int | None:
        """The offset behind the expression whose bracket opens at `opening`; None if it is not closed."""
        limit = self._text.find("${", opening) if "}" in self._missing else -1
        end = closing(self._text, opening, len(self._text) if limit < 0 else limit)
        if end is None:
            self._missing.add("}")
        return end


def _of_call(text: str, start: int, end: int, rule: NamingRule) -> Iterator[Use | Span]:
    code = text[start:end]
    places = _Places(code, start)
    call = _parsed(code)
    if call is None:
        places, call = _Places(None, start, end), _parsed(unescape(code))  # the value of an attribute, with entities
    if call is None:
        return
    named = next((one.value for one in call.keywords if one.arg in _KEYWORDS), None)
    arguments = call.args if rule in OF_EACH else call.args[:1] or [one for one in [named] if one]
    for argument in arguments:
        try:
            possible = _possible(argument, places)
        except RecursionError:  # Python parses what is nested deeper than its functions may call one another
            possible = Possible()
        yield from (Use(written, OF_EACH.get(rule, rule)) for written in possible.texts)
        if not possible.complete:
            yield start, start + len(code.partition("(")[0].rstrip())


def _parsed(code: str) -> ast.Call | None:
    try:
        with warnings.catch_warnings(action="ignore"):  # of escapes that mean nothing
            tree = ast.parse(f"({code})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree if isinstance(tree, ast.Call) else None


class _Places:
    """Turns the places of a tree into offsets; without code, each is that of the whole call."""

    def __init__(self, code: str | None, start: int, end: int = 0) -> None:
        self._start = start
        self._end = end
        self._lines = None if code is None else f"({code})".split("\n")
        self._starts = [*accumulate((len(line) + 1 for line in self._lines or ()), initial=0)]
        self._ends_bytes: dict[int, list[int]] = {}  # of the characters of a line that is not ASCII, by its number

    def inside(self, node: ast.Constant) -> Span:
        """The span between the quotes of a text."""
        if self._lines is None or node.end_lineno is None or node.end_col_offset is None:
            return self._start, self._end
        first = self._offset(node.lineno, node.col_offset)
        last = self._offset(node.end_lineno, node.end_col_offset)
        return first + 1, max(first + 1, last - 1)

    def _offset(self, line: int, column_bytes: int) -> int:
        before = self._starts[line - 1] - 1  # without the bracket that `_parsed` puts before it
        return self._start + before + self._column(line, column_bytes)

    def _column(self, line: int, column_bytes: int) -> int:
        assert self._lines is not None
        text = self._lines[line - 1]
        if text.isascii():
            return column_bytes
        if line not in self._ends_bytes:
            self._ends_bytes[line] = [*accumulate(len(character.encode()) for character in text)]
        return bisect_right(self._ends_bytes[line], column_bytes)


def _possible(node: ast.expr, places: _Places) -> Possible:
    """The possible values of an expression: of texts, their concatenations, and choices between such."""
    match node:
        case ast.Constant(value=str(text)):
            return Possible((WrittenName(text, *places.inside(node)),), complete=True)
        case ast.IfExp(body=first, orelse=second):
            return either([_possible(first, places), _possible(second, places)])
        case ast.BinOp(left=first, op=ast.Add(), right=second):
            return joined([_possible(first, places), _possible(second, places)])
        case ast.BoolOp(op=ast.Or(), values=values):
            return either([_possible(value, places) for value in values])
    return Possible()
