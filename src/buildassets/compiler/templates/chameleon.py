"""Finds the assets that Chameleon templates name, in interpolations and the attributes of TAL. Pure.

Chameleon itself is not needed. Takes texts whose line ends are LF, gives readings.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from buildassets.compiler.templates.names import NamingRule, Reading, Span
from buildassets.compiler.templates.python_calls import OURS, Ends, reading
from buildassets.foundation.lazy_pattern import lazy_pattern

_VALUE: Final = r"""(?:"[^"]*"|'[^']*')"""
_PART: Final = lazy_pattern(
    r"(?P<passed>\$\$\{)"
    r"|(?P<comment><!--!)"
    r"|(?P<block><\?python)"
    rf"|<(?:tal|metal):[\w-]+(?P<element>(?:\s+[\w:.-]+\s*=\s*{_VALUE})*)"
    rf"|\b(?:tal|metal):[\w-]+\s*=\s*(?P<attribute>{_VALUE})"
    r"|\$(?P<expression>\{)",
    re.DOTALL,
)
_END_OF_BLOCK: Final = "?>"
_ATTRIBUTE: Final = lazy_pattern(rf"=\s*({_VALUE})", re.DOTALL)


class ChameleonReader:
    """Reads templates; `functions` are those of the project's own."""

    imported: Collection[str] = ()  # no template has names of another

    def __init__(self, functions: Iterable[str]) -> None:
        self._known = {**OURS, **dict.fromkeys(functions, NamingRule.OWN)}

    def read(self, text: str) -> Reading:
        """The names in the template `text`."""
        return reading(text, _parts(text), self._known)


def _parts(text: str) -> Iterator[Span]:
    """The spans of Python, and of TAL around it; one that is not closed ends at -1."""
    ends = Ends(text)
    position = 0
    while part := _PART.search(text, position):
        position = part.end()
        if part["expression"]:
            end = ends.of_expression(part.start("expression"))
            yield part.start("expression") + 1, -1 if end is None else end - 1
            position = position if end is None else end
        elif part["block"]:
            end = ends.behind(_END_OF_BLOCK, position)
            if end:
                yield position, end - len(_END_OF_BLOCK)
            position = end or position
        elif part["comment"]:
            position = ends.behind("-->", position) or position
        elif part["attribute"]:
            yield _between_quotes(part.span("attribute"))
        elif part["element"]:
            for value in _ATTRIBUTE.finditer(text, *part.span("element")):
                yield _between_quotes(value.span(1))


def _between_quotes(span: Span) -> Span:
    return span[0] + 1, span[1] - 1
