"""Writes a style sheet so that it concerns the elements of one scope only, by renaming what it names. Pure.

For the sheets of icons, which come to be in one document. Selectors get `:where()` around the scope, so that which
rule wins stays as it was (Selectors 4, section 17).
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from buildassets.compiler.languages.css.lexer import Kind, pieces, unescaped
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

_Piece = tuple[Kind, str]
_HOLDS_RULES: Final = ("@media", "@supports", "@container", "@layer")
_KEYFRAMES: Final = ("@keyframes", "@-webkit-keyframes")
_ATTRIBUTE: Final = lazy_pattern(r"(?i)\[\s*(?:class|id)\b")
_NOT_IN_NAMES: Final = lazy_pattern(r"[^\w-]", re.ASCII)
_GAP: Final = (Kind.SPACE, Kind.COMMENT)
_ROOTS: Final = ("svg", ":root")


class UnscopedError(ValueError):
    """The sheet has a rule of which it is not known how to keep it apart."""


@frozen
class ClassScope:
    """The class of the scope's root, and what the names of ids, classes and animations become."""

    root: str
    renamed: Callable[[str], str]


def scoped(css: str, scope: ClassScope) -> str:
    """The rules of `css` for the elements in `scope`, with its names; raises UnscopedError."""
    return "".join(_Writer([(kind, text) for kind, text, _ in pieces(css)], scope).rules())


class _Writer:
    def __init__(self, read: list[_Piece], scope: ClassScope) -> None:
        self._read = [piece for piece in read if piece[0] not in (Kind.HTML_COMMENT, Kind.BYTE_ORDER_MARK)]
        self._place = 0
        self._scope = scope
        self._animations = set(_animations(read))

    def rules(self, *, is_inside: bool = False) -> Iterator[str]:
        """The rules up to the bracket that closes what they stand in, or to the end."""
        while self._place < len(self._read):
            prelude, mark = self._until("{", ";", "}")
            if mark == "{":
                yield from self._rule(prelude)
            elif prelude or (mark == "}" and not is_inside):
                raise UnscopedError(f"`{_text(prelude)}{mark}`")
            elif mark == "}":
                yield mark
                return
        if is_inside:
            yield "}"

    def _rule(self, prelude: list[_Piece]) -> Iterator[str]:
        keyword = unescaped(prelude[0][1]).lower() if prelude and prelude[0][0] is Kind.AT_KEYWORD else ""
        if not keyword:
            yield from (_selectors(prelude, self._scope), "{")
            yield from self._declarations()
        elif keyword in _HOLDS_RULES:
            yield from (_text(prelude), "{")
            yield from self.rules(is_inside=True)
        elif keyword in _KEYFRAMES:
            yield from (prelude[0][1], " ", self._animation(_text(prelude[1:])), "{")
            yield from self._frames()
        else:
            raise UnscopedError(f"`{keyword}`")

    def _frames(self) -> Iterator[str]:
        while self._place < len(self._read):
            prelude, mark = self._until("{", "}")
            yield _text(prelude) + mark
            if mark != "{":
                return
            yield from self._declarations()

    def _declarations(self) -> Iterator[str]:
        """The declarations up to the bracket that closes the rule."""
        while self._place < len(self._read):
            declaration, mark = self._until(";", "}", "{")
            if mark == "{":
                raise UnscopedError("a rule in another")
            is_animation = _text(declaration[:1]).lower().endswith(("animation", "animation-name"))
            yield "".join(
                self._animation(text) if is_animation and kind in (Kind.NAME, Kind.STRING) else text
                for kind, text in _trimmed(declaration)
            )
            if mark != ";":
                yield "}"
                return
            yield mark
        yield "}"

    def _animation(self, written: str) -> str:
        name = unescaped(written.strip("\"'"))
        return _written(self._scope.renamed(name)) if name in self._animations else written

    def _until(self, *marks: str) -> tuple[list[_Piece], str]:
        """The pieces up to one of `marks` that is in no bracket, without the gaps around them, and that mark."""
        found: list[_Piece] = []
        depth = 0
        while self._place < len(self._read):
            kind, text = self._read[self._place]
            if depth == 0 and kind is Kind.DELIMITER and text in marks:
                self._place += 1
                return _trimmed(found), text
            if kind is Kind.BAD:
                raise UnscopedError(f"`{text}`")
            depth = max(0, depth - (text in (")", "]"))) + (text in ("(", "[") or kind is Kind.FUNCTION)
            found.append((kind, text))
            self._place += 1
        return _trimmed(found), ""


def _trimmed(read: list[_Piece]) -> list[_Piece]:
    """`read` without comments, and without gaps at its ends."""
    kept = [piece for piece in read if piece[0] is not Kind.COMMENT]
    while kept and kept[0][0] is Kind.SPACE:
        kept.pop(0)
    while kept and kept[-1][0] is Kind.SPACE:
        kept.pop()
    return kept


def _text(read: list[_Piece]) -> str:
    return "".join(" " if kind is Kind.SPACE else text for kind, text in _trimmed(read))


def _animations(read: list[_Piece]) -> Iterator[str]:
    """The names that `@keyframes` declares."""
    solid = [piece for piece in read if piece[0] not in _GAP]
    for (kind, text), (_, name) in pairwise(solid):
        if kind is Kind.AT_KEYWORD and unescaped(text).lower() in _KEYFRAMES:
            yield unescaped(name.strip("\"'"))


def _selectors(prelude: list[_Piece], scope: ClassScope) -> str:
    if _ATTRIBUTE.search(_text(prelude)):
        raise UnscopedError(f"`{_text(prelude)}`")
    selectors: list[list[_Piece]] = [[]]
    for (kind, text), depth in _with_depths(prelude):
        if text == "," and depth == 0:
            selectors.append([])
        else:
            selectors[-1].append((kind, text))
    return ",".join(_selector(_trimmed(selector), scope) for selector in selectors)


def _with_depths(read: list[_Piece]) -> Iterator[tuple[_Piece, int]]:
    """Each piece with the number of brackets that are open around it."""
    depth = 0
    for kind, text in read:
        depth -= text in (")", "]")
        yield (kind, text), depth
        depth += text in ("(", "[") or kind is Kind.FUNCTION


def _selector(selector: list[_Piece], scope: ClassScope) -> str:
    """One selector; where its first part has no name of its own, it begins in the scope."""
    depths = [depth for _, depth in _with_depths(selector)]
    ends = (place for place, (kind, text) in enumerate(selector) if kind is Kind.SPACE or text in (">", "+", "~"))
    first = next((place for place in ends if depths[place] == 0), len(selector))
    start, rest = selector[:first], "".join(_renamed(selector[first:], scope))
    root, written = f":where(.{_written(scope.root)})", "".join(_renamed(start, scope))
    if _text(start).lower() in _ROOTS:
        return root + rest
    if start and start[0][1].lower() == "svg":
        return f"{root}{written[len('svg') :]}{rest}"
    is_named = any(
        depth == 0 and (kind is Kind.HASH or text == ".") for (kind, text), depth in zip(start, depths, strict=False)
    )
    return f"{written}{rest}" if is_named else f"{root} {written}{rest}"


def _renamed(read: list[_Piece], scope: ClassScope) -> Iterator[str]:
    before = ""
    for kind, text in read:
        if kind is Kind.HASH:
            yield "#" + _written(scope.renamed(unescaped(text[1:])))
        elif kind is Kind.NAME and before == ".":
            yield _written(scope.renamed(unescaped(text)))
        else:
            yield " " if kind is Kind.SPACE else text
        before = text


def _written(name: str) -> str:
    """A name with escapes where it needs some."""
    return _NOT_IN_NAMES.sub(lambda match: match[0] if ord(match[0]) > 0x7F else f"\\{ord(match[0]):x} ", name)
