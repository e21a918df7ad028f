"""Finds the assets that Mako templates name, in their expressions, control lines and blocks of Python. Pure.

Mako itself is not needed. Takes texts whose line ends are LF, gives readings.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from buildassets.compiler.templates.names import NamingRule, Reading, Span
from buildassets.compiler.templates.python_calls import OURS, Ends, reading
from buildassets.foundation.lazy_pattern import lazy_pattern

# In the order in which Mako's lexer tries them: what is no template, code to its end, and where an expression begins.
_PART: Final = lazy_pattern(
    r"(?P<passed>^[ \t]*##[^\n]*)"
    r"|(?P<begin><%(?:doc>|text\b[^<>]*>|!?(?=\s)))"
    r"|^[ \t]*%(?!%)(?P<line>(?:[^\n\\]|\\.)*)"
    r"|\$(?P<expression>\{)",
    re.DOTALL | re.MULTILINE,
)
_ENDS: Final = {"<%d": "</%doc>", "<%t": "</%text>"}  # of what is no template, by how it begins
_END_OF_BLOCK: Final = "%>"
# What gives one of our names another meaning: a function of the template, or what a namespace brings.
_DEFINED: Final = lazy_pattern(r"""<%def\s[^<>]*?\bname\s*=\s*["'](\w+)""")
_IMPORTED: Final = lazy_pattern(r"""<%namespace\s[^<>]*?\bimport\s*=\s*["']([^"']*)""")


class MakoReader:
    """Reads templates; `functions` are those of the project's own."""

    imported: Collection[str] = ()  # no template has names of another

    def __init__(self, functions: Iterable[str]) -> None:
        self._functions = dict.fromkeys(functions, NamingRule.OWN)

    def read(self, text: str) -> Reading:
        """The names in the template `text`."""
        bound = {match[1] for match in _DEFINED.finditer(text)}
        bound.update(name.strip() for match in _IMPORTED.finditer(text) for name in match[1].split(","))
        known = {name: rule for name, rule in OURS.items() if name not in bound} | self._functions
        return reading(text, _parts(text), known)


def _parts(text: str) -> Iterator[Span]:
    """The spans of Python; one that is not closed ends at -1."""
    ends = Ends(text)
    position = 0
    while part := _PART.search(text, position):
        position = part.end()
        if part["expression"]:
            end = ends.of_expression(part.start("expression"))
            yield part.start("expression") + 1, -1 if end is None else end - 1
            position = position if end is None else end
        elif part["begin"]:
            closer = _ENDS.get(part["begin"][:3], _END_OF_BLOCK)
            end = ends.behind(closer, position)
            if end and closer == _END_OF_BLOCK:
                yield position, end - len(closer)
            position = end or position
        elif part["line"] is not None:
            yield part.span("line")
