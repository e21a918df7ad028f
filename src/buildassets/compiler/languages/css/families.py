"""Finds font faces, and the lists of families that use them. Pure.

A face is an `@font-face` rule (CSS Fonts 4, section 4). Lists are in `font-family` and `font`, and in custom
properties that end in a generic family, as in `--sans: Inter, sans-serif`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from buildassets.compiler.languages.css.lexer import Kind, Token, follow, tokens, unescaped
from buildassets.foundation.frozen import frozen

GENERIC: Final = frozenset(
    (
        *("serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "math", "emoji"),
        *("ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded"),
    )
)
_SIZES: Final = frozenset(
    ("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large", "smaller", "larger")
)
_INSIGNIFICANT: Final = (Kind.SPACE, Kind.COMMENT, Kind.HTML_COMMENT, Kind.BYTE_ORDER_MARK)


@frozen
class Face:
    """An `@font-face` rule, `text[start:end]`. `descriptors` are their texts, by name in lower case.

    `src` is where the value of that descriptor stands.
    """

    start: int
    end: int
    family: str
    descriptors: Mapping[str, str]
    src: tuple[int, int]


@frozen
class Family:
    """A name in a list of families, which ends at `text[end]`; `listed` are all names of that list, in lower case."""

    name: str
    end: int
    listed: tuple[str, ...]


@frozen
class _Declaration:
    """A declaration in an at-rule or outside of one: `rule` is the keyword of the innermost, in lower case."""

    rule: str
    name: str
    value: tuple[Token, ...]


def faces(text: str) -> Iterator[Face]:
    """The font faces of a sheet that have a family."""
    if "font-face" not in text.lower():
        return
    for start, end, declarations in _rules(text):
        values = {one.name: one.value for one in declarations if one.value}
        names = _families(text, values.get("font-family", ()), "font-family")
        if len(names) == 1:
            src = values.get("src", ())
            descriptors = {name: text[value[0].start : value[-1].end] for name, value in values.items()}
            place = (src[0].start, src[-1].end) if src else (end, end)
            yield Face(start, end, family=names[0][0], descriptors=descriptors, src=place)


def _rules(text: str) -> Iterator[tuple[int, int, list[_Declaration]]]:
    """The start, end and declarations of each `@font-face`."""
    start, depth = -1, 0
    for token in tokens(text):
        if token.kind is Kind.AT_KEYWORD and unescaped(text[token.start : token.end]).lower() == "@font-face":
            start, depth = token.start, 0
        elif start >= 0 and token.kind is Kind.DELIMITER and text[token.start] in "{}":
            depth += 1 if text[token.start] == "{" else -1
            if depth <= 0:
                yield start, token.end, list(_declarations(text[: token.end], start))
                start = -1


def used_families(text: str) -> Iterator[Family]:
    """The names in all lists of families, outside of font faces."""
    for declaration in _declarations(text):
        if declaration.rule == "@font-face":
            continue
        if declaration.name not in ("font-family", "font") and not declaration.name.startswith("--"):
            continue
        found = _families(text, declaration.value, declaration.name)
        listed = tuple(name.lower() for name, _ in found)
        if declaration.name.startswith("--") and (len(listed) < 2 or listed[-1] not in GENERIC):
            continue
        yield from (Family(name, end, listed) for name, end in found)


def _declarations(text: str, start: int = 0) -> Iterator[_Declaration]:
    """The declarations from `start` on, with their values' tokens but white space."""
    rules, brackets = [""], list[str]()
    statement: list[Token] = []
    for token in tokens(text, start):
        word = text[token.start : token.end]
        if token.kind is Kind.DELIMITER and word in "{};" and not brackets:
            if word != "{" and (found := _declaration(text, rules[-1], statement)):
                yield found
            if word == "{":
                rules.append(_keyword(text, statement))
            elif word == "}" and len(rules) > 1:
                rules.pop()
            statement = []
        elif token.kind not in _INSIGNIFICANT:
            statement.append(token)
            if token.kind is Kind.FUNCTION or word in ("(", "[", ")", "]"):
                follow(brackets, "(" if token.kind is Kind.FUNCTION else word)
    if found := _declaration(text, rules[-1], statement):
        yield found


def _keyword(text: str, statement: Sequence[Token]) -> str:
    first = statement[0] if statement else None
    if first is None or first.kind is not Kind.AT_KEYWORD:
        return ""
    return unescaped(text[first.start : first.end]).lower()


def _declaration(text: str, rule: str, statement: Sequence[Token]) -> _Declaration | None:
    if len(statement) < 3 or statement[0].kind is not Kind.NAME or text[statement[1].start] != ":":
        return None
    value = tuple(statement[2:])
    marks = [index for index, token in enumerate(value) if text[token.start] == "!" and token.end - token.start == 1]
    name = unescaped(text[statement[0].start : statement[0].end])
    return _Declaration(rule, name if name.startswith("--") else name.lower(), value[: marks[-1]] if marks else value)


def _families(text: str, value: Sequence[Token], name: str) -> list[tuple[str, int]]:
    """The names in a list, each with its end; one that is computed, such as by `var()`, is left out."""
    found = []
    for index, element in enumerate(_elements(text, value)):
        family = _family(text, element, has_size=index == 0 and name != "font-family")
        if family:
            found.append((family, element[-1].end))
    return found


def _elements(text: str, value: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The parts of a list, which commas separate outside of brackets."""
    brackets: list[str] = []
    start = 0
    for index, token in enumerate(value):
        word = text[token.start : token.end]
        if token.kind is Kind.FUNCTION or word in ("(", "[", ")", "]"):
            follow(brackets, "(" if token.kind is Kind.FUNCTION else word)
        elif word == "," and not brackets:
            yield value[start:index]
            start = index + 1
    yield value[start:]


def _family(text: str, element: Sequence[Token], *, has_size: bool) -> str | None:
    """The family that an element names; with `has_size`, style, weight and size may precede it, as in `font`."""
    if not element:
        return None
    last = element[-1]
    if last.kind is Kind.STRING:
        return unescaped(text[last.start + 1 : last.end - 1]) if len(element) == 1 or has_size else None
    names: list[str] = []
    for token in reversed(element):
        if token.kind is not Kind.NAME:
            break
        names.insert(0, unescaped(text[token.start : token.end]))
    if len(names) < len(element) and not has_size:
        return None
    if has_size and names and names[0].lower() in _SIZES:
        names = names[1:]
    return " ".join(names) or None
