"""The `@import` rules at the head of a sheet: their conditions, and what takes their place where a sheet is put inline.

Takes a text, gives its imports, and the at-rules around the rules of an imported sheet (CSS Cascade 5, section 2.1).
Pure; imports no other language.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from buildassets.compiler.languages.css.late_rules import CLOSING
from buildassets.compiler.languages.css.lexer import COMMENT, SPACE, Kind, Token, follow, tokens, unescaped
from buildassets.compiler.languages.css.outline import Head, Rule
from buildassets.compiler.languages.edits import Edit
from buildassets.foundation.lazy_pattern import lazy_pattern

_GAPS: Final = (Kind.SPACE, Kind.COMMENT)
_GAP: Final = lazy_pattern(rf"(?:{SPACE}++|{COMMENT})*+")
_MAY_LAYER: Final = lazy_pattern(r"@(?:[lL][aA][yY][eE][rR]|[^\s{;]*\\)")
_LAYER_NAME: Final = (Kind.NAME, Kind.DELIMITER)
_GROUPS: Final = ("@media", "@supports", "@container", "@scope", "@starting-style")


class SheetStatement(NamedTuple):
    """A rule of a sheet: `text[start:end]`, with its block or semicolon.

    Of an at-rule `keyword` is that in lower case; it ends at `keyword_end`. `block` is where the inside of its block
    begins, or -1. A `stray` one has a `}` before its block, as browsers read it outside of all blocks only.
    """

    keyword: str
    start: int
    keyword_end: int
    end: int
    block: int = -1
    stray: bool = False


class Conditions(NamedTuple):
    """When the rules of an imported sheet apply: in a `layer` (one without a name is empty), by `supports`, `media`."""

    layer: str | None = None
    supports: str | None = None
    media: str = ""

    def around(self, text: str) -> tuple[str, str]:
        """The texts before and after the rules of the sheet, which is `text`, or begins with it."""
        heads = [f"@media {self.media}{{"] if self.media else []
        heads += [f"@supports ({self.supports}){{"] if self.supports is not None else []
        if self.layer is not None:
            heads += [f"@layer {self.layer}{{" if self.layer else "@layer{"]
        return "".join(heads) + text, "}" * len(heads)

    def declared(self, inside: str) -> str:
        """The sheet in place of which nothing but its layers count; `inside` are those within it."""
        if not inside and not self.layer:
            return ""
        if not inside:
            before, after = self._replace(layer=None).around(f"@layer {self.layer};")
            return before + after
        before, after = self.around(inside)
        return before + after

    def within(self, outer: "Conditions") -> "Conditions | None":
        """The conditions of an import in a sheet that is itself imported by `outer`; None if one import has no such."""
        if self.media and outer.media:
            return None
        layer = self.layer if outer.layer is None else outer.layer
        if outer.layer is not None and self.layer is not None:
            if not outer.layer or not self.layer:
                return None
            layer = f"{outer.layer}.{self.layer}"
        elif outer.layer == "":
            return None  # each import without a name has a layer of its own
        both = [f"({one})" for one in (outer.supports, self.supports) if one is not None]
        supports = " and ".join(both) if len(both) > 1 else self.supports or outer.supports
        return Conditions(layer, supports, self.media or outer.media)


class Import(NamedTuple):
    """An `@import` that counts: `text[start:end]`, with its semicolon if it has one.

    The target is `text[keyword_end:conditions_start]`. One without `conditions` is in a form that browsers refuse.
    """

    start: int
    keyword_end: int
    conditions_start: int
    end: int
    conditions: Conditions | None


class HeadOfSheet(NamedTuple):
    """The imports of a sheet, and the span of its first `@namespace`, if it has one that counts."""

    imports: tuple[Import, ...]
    namespace: tuple[int, int] | None
    has_layers: bool  # `@layer` statements before the imports


def head_of(text: str, closers: str) -> HeadOfSheet:
    """The head of the sheet `text`, whose end lacks `closers`."""
    imports: list[Import] = []
    namespace = None
    has_layers = False
    head = Head.LAYERS
    for one in statements(text):
        rule = Rule(one.keyword, one.start, one.keyword_end, has_block=one.block >= 0)
        if one.keyword == "@import" and one.block < 0 and head <= Head.IMPORTS:
            imports.append(_import(text, one, closers))
        elif one.keyword == "@namespace" and one.block < 0 and head <= Head.NAMESPACES:
            namespace = namespace or (one.start, one.keyword_end)
        has_layers = has_layers or (one.keyword == "@layer" and head is Head.LAYERS)
        if one.keyword in CLOSING:
            head = rule.head_after(head)
        if head is Head.CLOSED:
            break
    return HeadOfSheet(tuple(imports), namespace, has_layers)


def statements(text: str, start: int = 0, stop: int | None = None) -> Iterator[SheetStatement]:
    """The rules in `text[start:stop]`, the inside of a block or the whole sheet, one after the other."""
    stop = len(text) if stop is None else stop
    first: Token | None = None
    brackets: list[str] = []
    block, is_stray = -1, False
    for token in tokens(text, start):
        kind, begin, end = token
        if begin >= stop:
            break
        if first is None:
            if kind in _GAPS or kind in (Kind.BYTE_ORDER_MARK, Kind.HTML_COMMENT):
                continue
            first, brackets, block, is_stray = token, [], -1, False
        if kind is Kind.FUNCTION:
            brackets.append("(")
        elif kind is Kind.DELIMITER:
            depth = len(brackets)
            follow(brackets, text[begin])
            if text[begin] == "{" and not depth:
                block = end
            is_stray = is_stray or (text[begin] == "}" and not depth)
            closes = depth and not brackets and text[begin] == "}"
            if closes or (not depth and text[begin] == ";" and first.kind is Kind.AT_KEYWORD):
                yield _statement(text, first, end, block, is_stray=is_stray)
                first = None
    if first is not None and (first.kind is Kind.AT_KEYWORD or block >= 0):
        yield _statement(text, first, stop, block, is_stray=is_stray)


def _statement(text: str, first: Token, end: int, block: int, *, is_stray: bool) -> SheetStatement:
    keyword = unescaped(text[first.start : first.end]).lower() if first.kind is Kind.AT_KEYWORD else ""
    return SheetStatement(keyword, first.start, keyword_end=first.end, end=end, block=block, stray=is_stray)


def _import(text: str, one: SheetStatement, closers: str) -> Import:
    """The import that the statement is; one that ends with the sheet is closed by `closers`."""
    written = text[one.start : one.end]
    written += closers if one.end == len(text) else ""
    found = [token for token in tokens(written, one.keyword_end - one.start) if token.kind not in _GAPS]
    target_end = _end_of_target(written, found)
    if target_end is None:
        return Import(one.start, one.keyword_end, conditions_start=one.end, end=one.end, conditions=None)
    start = one.start + target_end
    return Import(
        one.start, one.keyword_end, conditions_start=start, end=one.end, conditions=_conditions(written, target_end)
    )


def _end_of_target(written: str, found: list[Token]) -> int | None:
    """Where the string or the `url()` ends that an import begins with; None if it begins otherwise."""
    first = found[0]
    if first.kind in (Kind.STRING, Kind.URL):
        return first.end
    is_call = first.kind is Kind.FUNCTION and unescaped(written[first.start : first.end]).lower() == "url("
    if is_call and len(found) > 2 and found[1].kind is Kind.STRING and written[found[2].start] == ")":
        return found[2].end
    return None


def _conditions(written: str, start: int) -> Conditions:
    """The text after the target. A `layer()` or `supports()` that is none counts as a media query, which is false."""
    place = _after_gap(written, start)
    layer = supports = None
    name, end = _word(written, place)
    if name == "layer":
        layer, place = "", _after_gap(written, end)
    elif name == "layer(":
        close = _closing(written, end)
        if (named := _layer_name(written[end:close])) is not None:
            layer, place = named, _after_gap(written, close + 1)
    name, end = _word(written, place)
    if name == "supports(":
        close = _closing(written, end)
        supports, place = written[end:close].strip(), _after_gap(written, close + 1)
    media = written[place:].rstrip()
    media = media.removesuffix(";").rstrip()
    return Conditions(layer, supports, media)


def _after_gap(text: str, place: int) -> int:
    found = _GAP.match(text, place)
    assert found
    return found.end()


def _word(text: str, place: int) -> tuple[str, int]:
    """The name or function at `place` in lower case, and its end; empty if something else stands there."""
    token = next(tokens(text, place), None)
    if token is None or token.kind not in (Kind.NAME, Kind.FUNCTION):
        return "", place
    return unescaped(text[token.start : token.end]).lower(), token.end


def _closing(text: str, start: int) -> int:
    """Where the parenthesis stands that closes the function whose inside begins at `start`."""
    brackets = ["("]
    for token in tokens(text, start):
        if token.kind is Kind.FUNCTION:
            brackets.append("(")
        elif token.kind is Kind.DELIMITER:
            follow(brackets, text[token.start])
            if not brackets:
                return token.start
    return len(text)


def _layer_name(inside: str) -> str | None:
    """The name in `layer(…)`; None if it is none (CSS Cascade 5, section 6.4.3). Keywords such as `initial` count."""
    found = [token for token in tokens(inside) if token.kind is not Kind.COMMENT]
    while found and found[0].kind is Kind.SPACE:
        found.pop(0)
    while found and found[-1].kind is Kind.SPACE:
        found.pop()
    words = [inside[token.start : token.end] for token in found]
    is_name = len(found) % 2 == 1 and all(token.kind is _LAYER_NAME[n % 2] for n, token in enumerate(found))
    if not is_name or any(dot != "." for dot in words[1::2]):
        return None
    return "".join(words)


def without_strays(text: str) -> list[Edit]:
    """The edits after which the rules of a whole sheet are the same in a block: what closes that, or is no rule, goes.

    Outside of blocks browsers pass over `<!--` and `-->`, and drop a rule with a `}` before its block.
    """
    edits = [Edit(one.start, one.end) for one in statements(text) if one.stray]
    if "<!--" in text or "-->" in text:
        depth_end = 0
        inside = [(one.start, one.end) for one in statements(text)]
        for kind, start, end in tokens(text):
            while inside and inside[0][1] <= start:
                depth_end = inside.pop(0)[1]
            is_between = start >= depth_end and (not inside or start < inside[0][0])
            if kind is Kind.HTML_COMMENT and is_between:
                edits.append(Edit(start, end))
    return sorted(edits)


def layers_of(text: str, start: int = 0, stop: int | None = None) -> str | None:
    """The layers that `text[start:stop]` declares, in their order, as rules without declarations.

    None where that cannot be written: for a layer without a name, and for layers inside of other rules.
    """
    if not _MAY_LAYER.search(text, start, len(text) if stop is None else stop):
        return ""
    found: list[str] = []
    for one in statements(text, start, stop):
        inside_end = one.end - (text[one.end - 1 : one.end] == "}")
        if one.keyword == "@layer" and one.block < 0:
            found.append(text[one.start : one.end].rstrip(";") + ";")
        elif one.keyword == "@layer" or (one.keyword in _GROUPS and one.block >= 0):
            prelude = text[one.keyword_end : one.block - 1].strip()
            inside = layers_of(text, one.block, inside_end)
            if inside is None or (one.keyword == "@layer" and not prelude):
                return None
            if inside or one.keyword == "@layer":
                found.append(f"{one.keyword} {prelude}{{{inside}}}")
        elif one.block >= 0 and _MAY_LAYER.search(text, one.start, one.end):
            return None
    return "".join(found)
