"""Values that a minifier must keep: of custom properties, and of properties that the minifier does not know.

Takes two sheets without BAD tokens, gives the declarations of the first whose value the second lacks. Scripts and
`@container style()` see the text of a custom property (CSS Variables 1, section 2), and nobody knows the grammar of an
unknown one, so each token counts. White space next to brackets and separators may differ, also zeros around a decimal
point, and the way a colour is written. Pure; imports the lexer.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from buildassets.compiler.languages.css.lexer import COMMENT, STRING, URL, Kind, follow, pieces, unescaped
from buildassets.foundation.lazy_pattern import lazy_pattern

_LANDMARK: Final = lazy_pattern(rf"([{{}}()\[\];])|{STRING}|{COMMENT}|{URL}|\\[\s\S]?")
_GAP: Final = lazy_pattern(rf"(?:\s|{COMMENT})*+")
_NAME: Final = lazy_pattern(rf"(?:\s|{COMMENT})*+([^\s:;{{}}()\[\]@/\"']++)(?:\s|{COMMENT})*+:")
_STYLE_QUERY: Final = lazy_pattern(r"\(\s*+(--[^\s:()]*+)\s*+:((?:[^()]|\([^()]*+\))*+)\)")
_GLUED: Final = lazy_pattern(r"[\w%]\+[.\d]")  # a sign that keeps a number apart from the token before it
_NUMBER: Final = lazy_pattern(r"([+-]?)(?:0(?=\.))?([0-9]*+)(?:(\.[0-9]*?)0*+(?![0-9]))?+([\s\S]*)")
_COLOR: Final = lazy_pattern(r"#[0-9a-f]+|[a-z-]+|(?:rgba?|hsla?|hwb|(?:ok)?l(?:ab|ch)|color)\([^()]*\)", re.IGNORECASE)
_NESTING: Final = ("@media", "@supports", "@container", "@layer", "@scope", "@starting-style")
_TEXT_DESCRIPTORS: Final = frozenset(("initial-value", "result"))  # of @property and @function
_IDLE: Final = frozenset(",()[]{}:;/*!")  # white space next to these separates nothing
_NAMES: Final = (Kind.NAME, Kind.FUNCTION, Kind.HASH, Kind.AT_KEYWORD)


class Declaration(NamedTuple):
    """A declaration: its property as it is meant, and its value `text[start:end]`.

    A descriptor of an at-rule, such as `src` of `@font-face`, is one too, and a custom property that `@container` asks
    for.
    """

    name: str
    value: str
    start: int
    end: int
    is_descriptor: bool = False

    @property
    def is_custom(self) -> bool:
        """Whether scripts see the text of the value."""
        return self.name.startswith("--") or (self.is_descriptor and self.name.lower() in _TEXT_DESCRIPTORS)


class Minifier(NamedTuple):
    """Answers of a minifier: whether it knows a property, and one text for all ways to write a colour."""

    knows: Callable[[str], bool]
    color: Callable[[str], str]


def declarations(text: str) -> Iterator[Declaration]:
    """The declarations of a sheet, in order."""
    blocks = [False]  # whether each open one has descriptors
    brackets: list[str] = []
    begin = 0
    value_depth = -1  # of the custom property with a block in its value
    for match in _LANDMARK.finditer(text):
        delimiter = match[1]
        if delimiter is None:
            continue
        is_inside = 0 <= value_depth < len(brackets)
        if delimiter in "{};" and brackets[-1:] in ([], ["{"]) and not is_inside:
            name = _NAME.match(text, begin, match.start())
            if delimiter == "{" and name and name[1].startswith("--"):
                value_depth = len(brackets)
            else:
                if delimiter == "{":
                    begin = _GAP.match(text, begin).end()  # type: ignore[union-attr]  # matches anywhere
                    prelude = text[begin : match.start()]
                    yield from _queried(prelude, begin)
                    blocks.append(_has_descriptors(prelude, outer=blocks[-1]))
                elif name:
                    start, end = name.end(), match.start()
                    yield Declaration(unescaped(name[1]), text[start:end], start, end, is_descriptor=blocks[-1])
                if delimiter == "}" and len(blocks) > 1:
                    blocks.pop()
                begin = match.end()
                value_depth = -1
        if delimiter != ";":
            follow(brackets, delimiter)


def _has_descriptors(prelude: str, *, outer: bool) -> bool:
    keyword = prelude.lower()
    if not keyword.startswith("@") or keyword.startswith(_NESTING):
        return outer
    return outer or "keyframes" not in keyword.partition(" ")[0]


def _queried(prelude: str, start: int) -> Iterator[Declaration]:
    """The custom properties in the conditions of `@container`."""
    if prelude[:10].lower() == "@container":
        for query in _STYLE_QUERY.finditer(prelude):
            yield Declaration(query[1], query[2], start + query.start(2), start + query.end(2))


def kept_declarations(text: str, minifier: Minifier) -> list[Declaration]:
    """The declarations of a sheet whose value has to stay, token by token."""
    return [declaration for declaration in declarations(text) if _is_kept(declaration, minifier)]


def changed_values(kept: Sequence[Declaration], after: str, minifier: Minifier) -> Iterator[Declaration]:
    """Those of the declarations `kept` whose value is none of those that their property has in `after`."""
    values = {declaration.name: _Values(minifier.color) for declaration in kept}
    for declaration in declarations(after) if kept else ():
        if declaration.name in values:
            values[declaration.name].texts.add(declaration.value)
    for declaration in kept:
        if not values[declaration.name].hold(declaration.value):
            yield declaration


class _Values:
    """The values of one property. The `texts` are complete before the first question whether they `hold` one."""

    def __init__(self, color: Callable[[str], str]) -> None:
        self.texts: set[str] = set()
        self._color = color

    def hold(self, value: str) -> bool:
        """Whether `value` is one of them, but for white space, the way of writing, and that of a colour."""
        if value in self.texts:
            return True
        units = _units(value)
        return _forms(units) in self._as_forms or _forms(units, self._color) in self._with_colors

    @cached_property
    def _as_units(self) -> list[list["_Unit"]]:
        return [_units(text) for text in self.texts]

    @cached_property
    def _as_forms(self) -> frozenset["_Form"]:
        return frozenset(map(_forms, self._as_units))

    @cached_property
    def _with_colors(self) -> frozenset["_Form"]:
        return frozenset(_forms(units, self._color) for units in self._as_units)


def _is_kept(declaration: Declaration, minifier: Minifier) -> bool:
    if declaration.is_custom or _is_glued(declaration.value):
        return True
    return not declaration.is_descriptor and not minifier.knows(declaration.name)


def _is_glued(value: str) -> bool:
    """Whether only its sign keeps a number in `value` apart from the token before it."""
    if not _GLUED.search(value):
        return False
    words = [(kind, word) for kind, word, _ in pieces(value)]
    return any(
        kind in (Kind.NAME, Kind.NUMBER, Kind.HASH) and next_kind is Kind.NUMBER and word[0] == "+"
        for (kind, _), (next_kind, word) in pairwise(words)
    )


class _Unit(NamedTuple):
    """A token in the form that is compared, or a function with what is `inside`; `text` is as written."""

    form: str
    text: str
    inside: tuple["_Unit", ...] = ()


_Form: TypeAlias = "tuple[tuple[str, _Form], ...]"  # of units: what each is, and what is inside


def _units(value: str) -> list[_Unit]:
    """The units of a value, with a space where white space may matter."""
    words = [(kind, word) for kind, word, _ in pieces(value) if kind is not Kind.COMMENT]
    opened: list[list[_Unit]] = [[]]
    for index, (kind, word) in enumerate(words):
        if kind is Kind.SPACE:
            neighbours = words[max(0, index - 1) : index + 2 : 2]
            is_idle = words[index - 1][0] is Kind.FUNCTION or any(other in _IDLE for _, other in neighbours)
            if len(neighbours) == 2 and not is_idle:
                opened[-1].append(_Unit(" ", " "))
        elif kind is Kind.FUNCTION or word == "(":
            opened.append([_Unit(_form(kind, word), word)])
        elif word == ")" and len(opened) > 1:
            closed = _closed(opened.pop())
            opened[-1].append(closed)
        else:
            opened[-1].append(_Unit(_form(kind, word), word))
    return [unit for units in opened for unit in units]


def _closed(units: list[_Unit]) -> _Unit:
    """The unit of a function that begins with its name; a quoted URL is the same as one without quotes."""
    opener, *inside = units
    text = "".join(unit.text for unit in units) + ")"
    if opener.form.lower() == "url(" and len(inside) == 1:
        return _Unit(f"url({inside[0].form[1:]}", text)
    return _Unit(opener.form, text, tuple(inside))


def _form(kind: Kind, word: str) -> str:
    if kind is Kind.NUMBER:  # 1.0 is not an integer, so it keeps its point
        return _NUMBER.sub(r"\1\2\3\4", word)
    if kind is Kind.STRING:
        return '"' + unescaped(word[1:-1])
    if kind is Kind.URL:
        return "url(" + unescaped(word.partition("(")[2].removesuffix(")").strip())
    return unescaped(word) if kind in _NAMES else word


def _forms(units: Sequence[_Unit], color: Callable[[str], str] | None = None) -> _Form:
    """The forms of `units`; with `color`, all ways to write a colour have one."""
    return tuple(
        [
            (color(unit.text), ()) if color and _COLOR.fullmatch(unit.text) else (unit.form, _forms(unit.inside, color))
            for unit in units
        ]
    )
