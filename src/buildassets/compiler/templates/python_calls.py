"""Finds the assets that calls in Python name, in the expressions of template languages that use Python. Pure.

What stands around a call may be of another language, so a call is found by its name and its brackets, and only that is
parsed.
"""

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Final

from buildassets.compiler.templates.names import (
    HELPERS,
    OF_CSS_MODULES,
    OF_EACH,
    OF_ICONS,
    OF_SEVERAL,
    Possible,
    Rule,
    Span,
    Use,
    WrittenName,
    either,
    joined,
)
from buildassets.lazy_pattern import lazy_pattern

OURS: Final[Mapping[str, Rule]] = {**HELPERS, **OF_CSS_MODULES, **OF_ICONS, **OF_SEVERAL}
_STRING: Final = r"""(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
_TOKEN: Final = lazy_pattern(rf"(?s:(?P<string>{_STRING}))|(?P<call>(?<![\w.])[^\W\d][\w.]*)[ \t]*(?=\()|[()\[\]{{}}]")
_KEYWORDS: Final = ("name", "filename", "path")


def calls(text: str, span: Span, functions: Mapping[str, Rule]) -> Iterator[Use | Span]:
    """The uses in the code `text[span]`, and the spans of calls whose name is computed. `functions` are known ones."""
    start, end = span
    for token in _TOKEN.finditer(text, start, end):
        name = token["call"]
        rule = functions.get(name) if name else None
        if rule is None:
            continue
        close = closing(text, token.end(), end)
        if close is not None:
            yield from _of_call(text, token.start("call"), close, rule)


def of_icons(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Those of `spans`, which are of the names of functions, that are calls of icons."""
    return tuple(span for span in spans if text[slice(*span)] in OF_ICONS)


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


def _of_call(text: str, start: int, end: int, rule: Rule) -> Iterator[Use | Span]:
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
        possible = _possible(argument, places)
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

    def inside(self, node: ast.Constant) -> Span:
        """The span between the quotes of a text."""
        if self._lines is None or node.end_lineno is None or node.end_col_offset is None:
            return self._start, self._end
        first = self._offset(node.lineno, node.col_offset)
        last = self._offset(node.end_lineno, node.end_col_offset)
        return first + 1, max(first + 1, last - 1)

    def _offset(self, line: int, column_bytes: int) -> int:
        assert self._lines is not None
        before = sum(len(one) + 1 for one in self._lines[: line - 1])
        column = len(self._lines[line - 1].encode()[:column_bytes].decode())
        return self._start + before + column - 1  # of the bracket that `_parsed` puts before it


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
