"""What rules a sheet has: to find out whether another one, merged and unnested, lost any of them or their conditions.

Takes a sheet without BAD tokens, gives its rules by the names in their selectors, with the at-rules around them. What
is in the conditions of `@media` and the like, pseudo-classes and declarations are not compared, for these are what
is translated. Pure; imports the lexer, and asks the library of lexers first, which answers only where all is kept.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Final, NamedTuple

from buildassets.compiler.languages.css.lexer import COMMENT, STRING, URL, Kind, follow, tokens, unescaped
from buildassets.compiler.languages.native.library import Question, asked
from buildassets.foundation.lazy_pattern import lazy_pattern

Names = frozenset[str]
"""The types, classes, ids and attributes in a selector without alternatives."""

MOST_SELECTORS: Final = 2000  # that a rule can stand for: nested lists multiply
# What ends statements, and what can hide that.
_LANDMARK: Final = lazy_pattern(rf"([{{}}()\[\];])|{STRING}|{COMMENT}|{URL}|\\[\s\S]?")
_GROUPS: Final = frozenset(("@media", "@supports", "@container", "@layer", "@scope", "@starting-style"))
_NAMED: Final = frozenset(("@property", "@counter-style", "@font-palette-values", "@position-try", "@function"))
_DESCRIBED: Final = frozenset(("@font-face", "@property", "@counter-style", "@font-palette-values", "@view-transition"))
_ALTERNATIVES: Final = frozenset(("is(", "where(", "matches(", "-webkit-any(", "-moz-any("))
_SPACES: Final = " \t\n\r\f"
_EVERYWHERE: Final = frozenset(("", "all"))  # media that are no condition
_KEYFRAMES: Final = lazy_pattern(r"@-\w+-keyframes\Z")
_CUSTOM_PROPERTY: Final = lazy_pattern(rf"(?:\s|{COMMENT})*+--[^\s:{{]*+\s*+:")
# Lists of selectors as most are written, and in these the names that are none of pseudo-classes.
_PLAIN: Final = lazy_pattern(r"(?:[\s>+~,*]|::?[a-zA-Z-]++|[.#]?-?[a-zA-Z_][\w-]*+)++", re.ASCII)
_PLAIN_NAME: Final = lazy_pattern(r"::?[a-zA-Z-]++|([.#]?-?[a-zA-Z_][\w-]*+)", re.ASCII)
_ANYTHING: Final[frozenset[Names]] = frozenset((frozenset(),))


class TooManyError(Exception):
    """A rule stands for more selectors than are compared."""


class StyleRule(NamedTuple):
    """A rule with declarations, or an at-rule that is not a condition: then `at_rule` names it.

    `selectors` are those that it has or stands in, with those around them; `conditions` the at-rules around it. The
    statement begins at `text[start]` and its block, or it, ends before `text[end]`.
    """

    selectors: frozenset[Names]
    conditions: tuple[str, ...]
    at_rule: str
    start: int
    end: int


class _Block(NamedTuple):
    """An open block. An opaque one contains no rules; `label` names an at-rule that is not a condition."""

    selectors: frozenset[Names] = _ANYTHING
    conditions: tuple[str, ...] = ()
    label: str = ""
    is_opaque: bool = False
    start: int = 0
    end: int = 0


def first_lost(before: str, after: str) -> StyleRule | None:
    """The first rule of `before` of which a selector is not in `after`, under such at-rules; raises TooManyError."""
    if asked(Question.KEEPS_RULES, before, after) == b"\1":
        return None
    kept = {(names, rule.conditions, rule.at_rule) for rule in rules(after) for names in rule.selectors}
    for rule in rules(before):
        if any((names, rule.conditions, rule.at_rule) not in kept for names in rule.selectors):
            return rule
    return None


def rules(text: str) -> Iterator[StyleRule]:
    """The rules of a sheet: one for each block that has declarations, and the at-rules that are not conditions."""
    blocks = [_Block()]
    counted = [True]  # whether the block's own rule is known
    brackets: list[str] = []
    begin = 0
    for match in _LANDMARK.finditer(text):
        delimiter = match[1]
        if delimiter is None:
            continue
        if delimiter in "{};" and brackets[-1:] in ([], ["{"]):
            statement = text[begin : match.start()]
            begin += len(statement) - len(statement.lstrip())
            if delimiter == "{":
                opened = _opened(blocks[-1], statement, begin, match.start())
                if opened.label:
                    yield _rule(opened, opened.label)
                elif opened.is_opaque and not counted[-1]:  # a custom property
                    counted[-1] = True
                    yield _rule(blocks[-1], "")
                blocks.append(opened)
                counted.append(opened.is_opaque or opened.selectors is _ANYTHING)
            else:
                if rule := _ended(blocks[-1], statement, begin, match.start(), is_counted=counted[-1]):
                    counted[-1] = counted[-1] or not rule.at_rule
                    yield rule
                if delimiter == "}" and len(blocks) > 1:
                    blocks.pop()
                    counted.pop()
            begin = match.end()
        if delimiter != ";":
            follow(brackets, delimiter)


def _opened(outer: _Block, prelude: str, start: int, end: int) -> _Block:
    """The block that begins after `prelude`."""
    if outer.is_opaque or (outer.selectors is not _ANYTHING and _CUSTOM_PROPERTY.match(prelude)):
        return _Block(outer.selectors, outer.conditions, "", is_opaque=True, start=start, end=end)
    keyword, rest = _at_keyword(prelude)
    if not keyword:
        return _Block(_selectors(prelude, outer.selectors), outer.conditions, "", is_opaque=False, start=start, end=end)
    if keyword not in _GROUPS:
        return _Block(outer.selectors, outer.conditions, _label(keyword, rest), is_opaque=True, start=start, end=end)
    if keyword == "@media" and rest.strip().lower() in _EVERYWHERE:
        return outer._replace(start=start, end=end)
    condition = keyword
    if keyword in ("@layer", "@scope"):
        condition = " ".join((keyword, *_words(rest)))
    return _Block(outer.selectors, (*outer.conditions, condition), "", is_opaque=False, start=start, end=end)


def _ended(block: _Block, statement: str, start: int, end: int, *, is_counted: bool) -> StyleRule | None:
    """The rule for a statement without a block: its block's if it is a declaration, its own if an at-rule."""
    is_described = block.label.partition(" ")[0] in _DESCRIBED
    if not is_described and "@" not in statement:
        if is_counted:
            return None
        head = statement.lstrip(_SPACES)
        if head and head[0] != "/":  # surely a declaration: of most blocks the first is
            return _rule(block, "")
    kind, word = next(_words_in(statement), (Kind.SPACE, ""))
    if kind is Kind.AT_KEYWORD and not block.is_opaque:
        keyword = unescaped(word).lower()
        is_outside = block.selectors is _ANYTHING and not block.conditions
        is_idle = keyword == "@layer" or (keyword == "@charset" and is_outside)
        return None if is_idle else StyleRule(block.selectors, block.conditions, at_rule=keyword, start=start, end=end)
    if not word or (is_counted and not is_described):
        return None
    return _rule(block, f"{block.label} {unescaped(word).lower()}" if is_described else "")


def _words_in(text: str) -> Iterator[tuple[Kind, str]]:
    """The tokens but white space and comments."""
    return ((kind, text[start:end]) for kind, start, end in tokens(text) if kind > Kind.COMMENT)


def _rule(block: _Block, at_rule: str) -> StyleRule:
    return StyleRule(block.selectors, block.conditions, at_rule=at_rule, start=block.start, end=block.end)


def _at_keyword(prelude: str) -> tuple[str, str]:
    """The at-keyword in lower case, and what follows it; nothing where the prelude is one of selectors."""
    if "@" not in prelude:
        return "", ""
    kind, start, end = next((token for token in tokens(prelude) if token.kind > Kind.COMMENT), (Kind.SPACE, 0, 0))
    return (unescaped(prelude[start:end]).lower(), prelude[end:]) if kind is Kind.AT_KEYWORD else ("", "")


def _label(keyword: str, rest: str) -> str:
    """How an at-rule is found again: with its name, if it defines one."""
    if keyword == "@keyframes" or _KEYFRAMES.match(keyword):
        return " ".join(("@keyframes", *_words(rest)))
    return " ".join((keyword, *_words(rest)[:1])) if keyword in _NAMED else keyword


def _words(prelude: str) -> list[str]:
    """The names and strings in a prelude, as they are meant."""
    found = []
    for kind, start, end in tokens(prelude):
        if kind in (Kind.NAME, Kind.HASH, Kind.FUNCTION):
            found.append(unescaped(prelude[start:end]))
        elif kind is Kind.STRING:
            found.append(unescaped(prelude[start + 1 : end - 1]))
    return found


def _selectors(prelude: str, around: frozenset[Names]) -> frozenset[Names]:
    """The names of each selector that a list stands for, inside of rules that have those `around` it."""
    found: set[Names] = set()
    if _PLAIN.fullmatch(prelude):
        for one in prelude.split(","):
            found |= _joined((around, frozenset((frozenset(filter(None, _PLAIN_NAME.findall(one))),))))
        return frozenset(found)
    for complex_selector in _listed([*_words_in(prelude)]):
        reading = _Selector(around)
        reading.take(complex_selector)
        implied = around if not reading.has_parent else _ANYTHING
        found |= _joined((implied, *reading.parts))
    return frozenset(found)


_Words = Sequence[tuple[Kind, str]]


def _listed(words: _Words) -> Iterator[_Words]:
    """The parts of a list, which commas separate that are in no bracket."""
    depth = start = 0
    for index, (kind, word) in enumerate(words):
        depth += (kind is Kind.FUNCTION or word in ("(", "[")) - (word in (")", "]"))
        if word == "," and depth == 0:
            yield words[start:index]
            start = index + 1
    yield words[start:]


def _joined(parts: Iterable[frozenset[Names]]) -> set[Names]:
    """All unions of names that result from taking one set of each part."""
    found: set[Names] = {frozenset()}
    for part in parts:
        found = {one | other for one, other in product(found, part)}
        if len(found) > MOST_SELECTORS:
            raise TooManyError
    return found


class _Selector:
    """Reads one selector of a list: `parts` are what each of its names and functions can stand for."""

    __slots__ = ("_around", "has_parent", "parts")

    def __init__(self, around: frozenset[Names]) -> None:
        self._around = around
        self.has_parent = False  # `&` stands in it
        self.parts: list[frozenset[Names]] = []

    def take(self, words: _Words) -> None:
        """Read the tokens of the selector."""
        before = ""
        index = 0
        while index < len(words):
            kind, word = words[index]
            index += 1
            if kind is Kind.FUNCTION or word in ("[", "("):
                end = _closing(words, index)
                self._take_bracket(unescaped(word).lower(), words[index:end])
                index = end + 1
            elif kind is Kind.HASH:
                self._add(unescaped(word))
            elif kind is Kind.NAME and before != ":":
                self._add(f".{unescaped(word)}" if before == "." else unescaped(word))
            elif word == "&":
                self.has_parent = True
                self.parts.append(self._around)
            before = word

    def _add(self, name: str) -> None:
        self.parts.append(frozenset((frozenset((name,)),)))

    def _take_bracket(self, opener: str, words: _Words) -> None:
        if opener == "[":
            self._add("[" + next((unescaped(word) for kind, word in words if kind is Kind.NAME), ""))
            return
        inner = [_Selector(self._around) for _ in _listed(words)]
        for reading, one in zip(inner, _listed(words), strict=True):
            reading.take(one)
        self.has_parent |= any(reading.has_parent for reading in inner)
        if opener in _ALTERNATIVES:
            self.parts.append(frozenset().union(*(_joined(reading.parts) for reading in inner)))
            return
        names = {name for reading in inner for part in reading.parts for one in part for name in one}
        self.parts += [frozenset((frozenset((name,)),)) for name in names if name[0] in ".#"]


def _closing(words: _Words, start: int) -> int:
    """Where the bracket is closed that opens before `start`."""
    depth = 1
    for index in range(start, len(words)):
        kind, word = words[index]
        depth += (kind is Kind.FUNCTION or word in ("(", "[")) - (word in (")", "]"))
        if not depth:
            return index
    return len(words)
