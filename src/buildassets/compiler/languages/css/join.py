"""Joining style sheets: the rules of the whole are those of its members, in order. Pure.

What ends with its sheet is ended in its place, as the end of the sheet would (CSS Syntax 3, section 5): comments,
strings, brackets, at-rules; a selector without a block is dropped. What is bound to a sheet's head (`@import`,
`@namespace`) is refused where the whole has another head; an import from another host is moved to that, which changes
what it means. `@charset` is written once.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from buildassets.compiler.languages.css.hoist import Late, SheetPart, hoisted, late_imports
from buildassets.compiler.languages.css.lexer import OPEN_STRING, Kind, Token, follow, tokens, unescaped
from buildassets.compiler.languages.css.outline import Head, Rule, outline
from buildassets.compiler.languages.edits import Edit, JoinFault, Joints, Member
from buildassets.compiler.languages.native.library import Question, asked, numbers_of
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

_ENCODING: Final = lazy_pattern(r'\ufeff?(?:@charset "[^"\n\r\f]*";)?')
_SOURCE_MAP: Final = lazy_pattern(r"/\*[#@]\s*+sourceMappingURL=")
_SOURCE_MAP_AT_END: Final = lazy_pattern(r"/\*(?:[^*]++|\*(?!/))*+\*/[ \t\n\r\f]*+\Z")
_OPEN_STRING: Final = lazy_pattern(OPEN_STRING)
_OPEN_URL: Final = lazy_pattern(r"[^(]++\((?:[^)\\]++|\\[\s\S])*+")
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}  # those of functions are not in it
CHARSET: Final = '@charset "UTF-8";'  # of every text that is written here


def join(members: Sequence[Member]) -> Joints:
    """How these sheets are joined. The codes of faults are `bundle/import`, `bundle/namespace`, `bundle/unclosed`."""
    sheets = [_Sheet(member.text) for member in members]
    parts = [
        SheetPart(member.text, sheet.rules, sheet.body, sheet.closers)
        for member, sheet in zip(members, sheets, strict=True)
    ]
    late = list(late_imports(parts))
    movable = [one for one in late if one.is_movable]
    edits = hoisted(parts, [sheet.edits() for sheet in sheets], movable)
    if any(sheet.body for sheet in sheets):
        edits[0].insert(0, Edit(0, 0, CHARSET))
    refused = [_refused(members, one) for one in late if not one.is_movable]
    faults = (*refused, *_namespace_faults(members, sheets), *_escape_faults(members))
    return Joints(tuple(map(tuple, edits)), faults, tuple(_moved(members, one) for one in movable))


@frozen
class Ended:
    """A sheet that others may follow: the `edits` that end it in its place, and the `closers` that it lacked.

    It has a `charset` if something at its beginning names its encoding, which the edits remove.
    """

    edits: tuple[Edit, ...]
    closers: str
    charset: bool


def ended(text: str) -> Ended:
    """How the sheet `text` is ended. One that ends in a backslash cannot be."""
    sheet = _Sheet(text)
    return Ended(tuple(sheet.edits()), sheet.closers, bool(sheet.body))


def is_closed(text: str) -> bool:
    """Whether the sheet ends between rules, so that what follows it is no part of what is in it."""
    return _Sheet(text).is_closed


class _Sheet:
    """The parts of a sheet that matter to its neighbours."""

    __slots__ = ("_brackets", "_last", "_open", "_source_maps", "_text", "body", "rules")

    def __init__(self, text: str) -> None:
        self.rules: list[Rule] = []  # at least up to the first one that closes the head
        self._text = text
        self._brackets: list[str] = []
        self._open: Rule | None = None  # the rule that is not at its end
        self._source_maps: list[Token] = []
        self._last: Token | None = None
        encoding = _ENCODING.match(text)
        self.body = encoding.end() if encoding else 0  # what stands before it names the sheet's encoding
        if not self._takes_answer() and not self._takes_outline():
            for token in tokens(text, self.body):
                self._take(token)
        self._take_end()

    def _takes_answer(self) -> bool:
        """Read the sheet by the library of lexers. Returns whether there is one."""
        skipped = len(self._text[: self.body].encode("utf-8", "surrogatepass"))
        answer = asked(Question.SHEET_OUTLINE, self._text, option=skipped)
        if answer is None:
            return False
        rules, opened, brackets, comments, last = _lists(iter(numbers_of(answer)), (4, 3, 2, 2, 3))
        self.rules = [self._rule(*rule) for rule in rules]
        self._open = next((self._rule(*rule) for rule in opened), None)
        self._brackets = [self._text[start:end] for start, end in brackets]
        found = (Token(Kind.COMMENT, start, end) for start, end in comments)
        self._source_maps = [token for token in found if _SOURCE_MAP.match(self._text, token.start)]
        self._last = next((Token(Kind(kind), start, end) for start, end, kind in last), None)
        return True

    def _rule(self, start: int, end: int, is_at_rule: int, has_block: int = 0) -> Rule:
        keyword = unescaped(self._text[start:end]).lower() if is_at_rule else ""
        return Rule(keyword, start, end, bool(has_block))

    def _takes_outline(self) -> bool:
        """Whether the sheet could be read without its tokens: then none is open at its end."""
        end = len(self._text)
        if source_map := _SOURCE_MAP.search(self._text, self.body):
            comment = _SOURCE_MAP_AT_END.match(self._text, source_map.start())
            if not comment:
                return False
            end = comment.start()
            self._source_maps = [Token(Kind.COMMENT, end, self._text.index("*/", end + 2) + 2)]
        found = outline(self._text, self.body, end)
        if not found:
            self._source_maps = []
            return False
        self.rules, self._open, self._brackets = [*found.rules], found.last, [*found.brackets]
        return True

    def _take(self, token: Token) -> None:
        self._last = token
        if token.kind is Kind.COMMENT:
            if _SOURCE_MAP.match(self._text, token.start):
                self._source_maps.append(token)
        elif token.kind is not Kind.SPACE and (self._open or token.kind is not Kind.HTML_COMMENT):
            self._take_word(token)

    def _take_word(self, token: Token) -> None:
        word = self._text[token.start : token.end]
        if self._open is None:
            self._open = Rule(unescaped(word).lower() if token.kind is Kind.AT_KEYWORD else "", *token[1:])
        if token.kind is Kind.FUNCTION:
            self._brackets.append(word)
        elif token.kind is Kind.DELIMITER:
            depth = len(self._brackets)
            follow(self._brackets, word)
            if self._brackets or word not in ";}":
                return
            if (depth and word == "}") or (not depth and word == ";" and self._open.keyword):
                self.rules.append(self._open._replace(has_block=word == "}"))
                self._open = None

    def _take_end(self) -> None:
        """The rule that ends with the sheet counts as the others."""
        if self._open and not self._is_dropped:
            self.rules.append(self._open._replace(has_block="{" in self._brackets[:1]))

    @property
    def is_closed(self) -> bool:
        return self._open is None and not self._closer_of_token()

    @property
    def _is_dropped(self) -> bool:
        """Whether the sheet ends in a selector that awaits its block."""
        return self._open is not None and not self._open.keyword and "{" not in self._brackets[:1]

    @property
    def closers(self) -> str:
        """What the end of the sheet closes."""
        awaits_block = self._open is not None and "{" not in self._brackets[:1]
        brackets = "".join(_CLOSERS.get(bracket, ")") for bracket in reversed(self._brackets))
        token = "" if self._last in self._source_maps else self._closer_of_token()
        return token + brackets + (";" if awaits_block else "")

    def edits(self) -> list[Edit]:
        """The edits that end the sheet and set it off from the next one."""
        end = len(self._text)
        edits = [Edit(0, self.body)] if self.body else []
        edits += [Edit(token.start, token.end) for token in self._source_maps]
        if self._open and self._is_dropped:
            return [*(edit for edit in edits if edit.end <= self._open.start), Edit(self._open.start, end)]
        closers = self.closers
        if closers or not self._text.endswith("\n"):
            edits.append(Edit(end, end, closers + "\n"))
        return edits

    def _closer_of_token(self) -> str:
        """The missing end of the last token."""
        if self._last is None:
            return ""
        kind, word = self._last.kind, self._text[self._last.start : self._last.end]
        if kind is Kind.COMMENT:
            return "" if len(word) > 3 and word.endswith("*/") else "*/"
        if kind is Kind.STRING:
            return word[0] if _OPEN_STRING.fullmatch(word) else ""
        is_url = kind is Kind.URL or (kind is Kind.BAD and word[0] not in "\"'")
        return ")" if is_url and _OPEN_URL.fullmatch(word) else ""


def _lists(numbers: Iterator[int], sizes: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """Lists that each begin with how many there are, of entries of as many numbers as `sizes` has."""
    for size in sizes:
        yield [tuple(islice(numbers, size)) for _ in range(next(numbers))]


def _refused(members: Sequence[Member], late: Late) -> JoinFault:
    message = f"an `@import` of `{members[late.member].shown}` comes after rules of the files before it"
    hint = "list the imported file in the bundle instead"
    return JoinFault(late.member, late.rule.start, end=late.rule.end, code="bundle/import", message=message, hint=hint)


def _moved(members: Sequence[Member], late: Late) -> JoinFault:
    message = f"an `@import` of `{members[late.member].shown}` is moved before the rules of the files before it"
    hint = "put it into the first file of the bundle"
    return JoinFault(late.member, late.rule.start, end=late.rule.end, code="bundle/import", message=message, hint=hint)


def _namespace_faults(members: Sequence[Member], sheets: Sequence[_Sheet]) -> Iterator[JoinFault]:
    """The faults for `@namespace` rules that count in their own sheet, and would count for the whole bundle."""
    if sum(bool(sheet.rules) for sheet in sheets) < 2:
        return
    for number, (member, sheet) in enumerate(zip(members, sheets, strict=True)):
        own_head = Head.LAYERS
        for rule in sheet.rules:
            if rule.keyword == "@namespace" and not rule.has_block and own_head <= Head.NAMESPACES:
                message = f"the `@namespace` of `{member.shown}` would hold for the whole bundle"
                hint = "leave this file out of the bundle"
                yield JoinFault(number, rule.start, end=rule.end, code="bundle/namespace", message=message, hint=hint)
            own_head = rule.head_after(own_head)


def ends_in_escape(text: str) -> bool:
    """Whether the sheet ends in a backslash that would escape what follows."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _escape_faults(members: Sequence[Member]) -> Iterator[JoinFault]:
    for number, (shown, text) in enumerate(members):
        if ends_in_escape(text):
            message = f"`{shown}` ends in a backslash, which would escape what follows"
            yield JoinFault(
                number,
                len(text) - 1,
                end=len(text),
                code="bundle/unclosed",
                message=message,
                hint="remove the backslash",
            )
