"""Reduces a style sheet to what it must keep to mean the same, and proves that two sheets mean the same.

`essence` is the proof: two sheets of one essence are read alike by every browser. It contains each token's text, kept
comments among them, and a space where white space may matter. White space matters everywhere (CSS Syntax 3 makes it a
token, which selectors, `calc()`, `var()` and scripts see) except where the grammar of CSS ignores it:

- next to `,` and the ends of a statement, inside of brackets, around a declaration's colon and before `!important`;
- next to `>`, `~` and `+` that are combinators, next to `=` in an attribute selector;
- around the colon of a query in parentheses, as in `(min-width: 1px)`.

Only its end shows whether a text is a declaration or a nested rule. Custom properties and what is compared with them
stay as written, as scripts and `@container style()` see their text (CSS Variables 1, section 2). Pure.
"""

from collections.abc import Callable, Container, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from buildassets.compiler.languages.css.lexer import SPACE, URL_BODY, Kind, follow, pieces, tokens, unescaped
from buildassets.foundation.lazy_pattern import lazy_pattern

_BYTE_ORDER_MARK: Final = "\ufeff"
_DEEPER: Final = {"{": 1, "}": -1, ";": 0}  # what ends a statement, and by how much it nests
_IDLE_AFTER: Final = frozenset(",([")
_IDLE_BEFORE: Final = frozenset(",)]")
_COMBINATORS: Final = frozenset(">~+")
_ATTRIBUTE_MATCHERS: Final = frozenset("~|^$*")
_QUERIES: Final = frozenset(("@media", "@supports", "@container", "@import"))
_SETTING_CUSTOM_PROPERTIES: Final = frozenset(("initial-value", "result"))  # in @property and @function
_ENCODING: Final = lazy_pattern(r'@charset "[^"\n\r\f]*";')
_URL_PARTS: Final = lazy_pattern(rf"([^(]++\(){SPACE}*+({URL_BODY}){SPACE}*+(\)?)")

_GAPS: Final = (Kind.SPACE, Kind.COMMENT, Kind.BYTE_ORDER_MARK)

_Pieces = Iterator[tuple[Kind, str, int]]


def essence(text: str) -> list[str]:
    """The texts that make up what `text` means, in order; `" "` is white space that may matter.

    Written one after the other they are the sheet again, unless two of them run together: see `written_apart`.
    """
    return [entry for entries in _by_statement(text) for entry in entries]


def has_essence(text: str, entries: list[str]) -> bool:
    """Whether `entries` are the essence of `text`; found out without reading on after a difference."""
    position = 0
    for found in _by_statement(text):
        end = position + len(found)
        if entries[position:end] != found:
            return False
        position = end
    return position == len(entries)


def token_starts(text: str) -> list[int]:
    """The offsets at which the tokens of `text` begin, but for white space and comments."""
    return [start for kind, start, _ in tokens(text) if kind not in _GAPS]


def alignment(minified: str, source: str) -> Iterator[tuple[int, int]]:
    """Where each token of `minified` begins, and at its place in `source`, a sheet of the same essence.

    Only semicolons can be fewer. Where the sheets are not of one essence it ends at the first difference.
    """
    remaining = _words(source)
    for start, word in _words(minified):
        for source_start, source_word in remaining:
            if word == source_word:
                yield start, source_start
                break
            if source_word != ";":
                return


def _words(text: str) -> Iterator[tuple[int, str]]:
    for kind, start, end in tokens(text):
        if kind not in _GAPS:
            word = text[start:end]
            yield start, _without_gaps(word) if kind is Kind.URL else word


def written_apart(entries: list[str]) -> str:
    """A sheet of that essence, with an empty comment between any two that would run together."""
    head = 1 if entries[:1] == [_BYTE_ORDER_MARK] else 0
    parts = entries[: head + 1]
    for before, after in pairwise(entries[head:]):
        if _run_together(before, after):
            parts.append("/**/")
        parts.append(after)
    return "".join(parts)


def _by_statement(text: str) -> Iterator[list[str]]:
    """The essence in portions: the end of the statement before, if that matters, and the next statement."""
    start = 0
    if text.startswith(_BYTE_ORDER_MARK):
        yield [_BYTE_ORDER_MARK]
        start = 1
    position = start
    depth = 0
    last = _Statement(nested=False)
    while True:
        statement, position = _read_statement(text, position, nested=depth > 0)
        is_end_idle = last.ends_idly_before(statement)
        if is_end_idle and statement.terminator == ";":
            continue
        entries = [] if is_end_idle or not last.terminator else [last.terminator]
        if not last.terminator and _would_name_encoding(statement.lead, text, start):
            entries.append(" ")
        entries += statement.entries()
        yield entries
        if not statement.terminator:
            return
        depth = max(0, depth + _DEEPER[statement.terminator])
        last = statement


def _would_name_encoding(lead: str, text: str, start: int) -> bool:
    """Whether the sheet's first word names no encoding at its place, and would as the first bytes of the sheet."""
    if lead == "@charset":
        return not _ENCODING.match(text, start)
    return start == 0 and lead.startswith(_BYTE_ORDER_MARK)


def _run_together(before: str, after: str) -> bool:
    """Whether the two texts are other tokens when nothing is between them."""
    if before == "!" and after.startswith("--"):
        return True  # with a `<` before them they are `<!--`
    joint = len(before) + 1
    ends = (token.end for token in tokens(f" {before}{after}", 1))  # not at the start, where U+FEFF is a token
    return next(end for end in ends if end >= joint) != joint


class _Gap(NamedTuple):
    """White space in a statement that may matter: it is between two words, inside the bracket `inner`.

    `place` is its index among the parts, `word` the number of the word after it, from 0.
    """

    place: int
    word: int
    before: str
    after: str
    inner: str


class _Statement:
    """A declaration or the prelude of a rule: what is before a `;`, a `{` or a block's end."""

    __slots__ = (
        *("brackets", "gaps", "lead", "lead_kind", "nested", "parts", "terminator", "words"),
        *("_before", "_comments", "_is_cut", "_is_spaced"),
    )

    def __init__(self, *, nested: bool) -> None:
        self.nested = nested  # in a block
        self.parts: list[str] = []
        self.gaps: list[_Gap] = []
        self.brackets: list[str] = []  # those open, a function's with its name
        self.words = 0
        self.lead = ""  # the first word
        self.lead_kind = Kind.SPACE
        self.terminator = ""
        self._before = "("  # the word before, of a function its parenthesis
        self._is_spaced = False
        self._is_cut = False
        self._comments: list[str] = []

    @property
    def is_empty(self) -> bool:
        return not self.parts

    @property
    def is_declaration(self) -> bool:
        return self.nested and self.words > 0 and self.terminator != "{" and self.lead_kind is not Kind.AT_KEYWORD

    @property
    def awaits_verbatim_value(self) -> bool:
        """Whether so far this is a name and a colon, and what follows is, or may become, a custom property's value."""
        if self.words != 2 or self._before != ":" or not self.nested or self.lead_kind is not Kind.NAME:
            return False
        name = unescaped(self.lead)
        return name.startswith("--") or name.lower() in _SETTING_CUSTOM_PROPERTIES

    def ends_idly_before(self, following: "_Statement") -> bool:
        """Whether the `;` after this one can go: another one follows, or the end of the block."""
        if not (self.nested and self.terminator == ";" and following.is_empty):
            return False
        return following.terminator == ";" or (following.terminator == "}" and self.is_declaration)

    def space(self) -> None:
        """Take white space."""
        if self._is_cut:  # the line end keeps a cut string or a lone backslash what it is
            self.parts[-1] += "\n"
            self._is_cut = False
        else:
            self._is_spaced = True

    def comment(self, text: str) -> None:
        """Take a comment; one that is to be kept stands after the space of its gap."""
        if text.startswith("/*!"):
            self._comments.append(text)

    def word(self, kind: Kind, text: str) -> None:
        """Take any other token."""
        if self._is_spaced:
            self._is_spaced = False
            self._note_gap(text)
        if self._comments:
            self.parts += self._comments
            self._comments.clear()
        if not self.words:
            self.lead, self.lead_kind = text, kind
        self.words += 1
        self.parts.append(text)
        self._before = text
        if kind is Kind.FUNCTION:
            self._before = "("
            self.brackets.append(unescaped(text).lower())
        elif kind is Kind.DELIMITER:
            follow(self.brackets, text)
            self._is_cut = text == "\\"
        elif kind is Kind.BAD:
            self._is_cut = text[0] in "\"'"

    def _note_gap(self, after: str) -> None:
        before = self._before
        if not self.words or before in _IDLE_AFTER or (after in _IDLE_BEFORE and before != ":"):
            return
        inner = self.brackets[-1] if self.brackets else ""
        self.gaps.append(_Gap(len(self.parts), self.words, before=before, after=after, inner=inner))
        self.parts.append(" ")

    def verbatim(self, pieces_taken: list[tuple[Kind, str]]) -> None:
        """Take a value as written, but for the white space at its ends."""
        texts = [text for _, text in pieces_taken]
        filled = [index for index, (kind, _) in enumerate(pieces_taken) if kind is not Kind.SPACE]
        if not filled:
            self.parts += [" "] if texts else []
            return
        first, last = filled[0], filled[-1]
        self.word(Kind.STRING, "".join(texts[first : last + 1]))
        kind, text = pieces_taken[last]
        if last + 1 < len(texts) and (text == "\\" or (kind is Kind.BAD and text[0] in "\"'")):
            self.parts[-1] += "\n"

    def end(self, terminator: str) -> None:
        """Nothing follows but `terminator`."""
        self.terminator = terminator
        self.parts += self._comments

    def entries(self) -> list[str]:
        """The parts without the white space that cannot matter in a statement of this sort."""
        is_idle = self._judge()
        if is_idle is None or not self.gaps:
            return self.parts
        for gap in self.gaps:
            if is_idle(gap):
                self.parts[gap.place] = ""
        return [part for part in self.parts if part]

    def _judge(self) -> Callable[[_Gap], bool] | None:
        if self.lead_kind is Kind.AT_KEYWORD:
            return _is_idle_in_query if self.lead.lower() in _QUERIES else None
        if self.terminator == "{":
            return _is_idle_in_selector
        return _is_idle_in_declaration if self.nested else None


def _is_idle_in_query(gap: _Gap) -> bool:
    return gap.inner in ("(", "supports(") and gap.after != ")" and ":" in (gap.before, gap.after)


def _is_idle_in_declaration(gap: _Gap) -> bool:
    if "!" in (gap.before, gap.after):
        return True
    # The colon is the second word, or the third after a hack's sign as in `*zoom : 1`.
    return (gap.after == ":" and gap.word <= 2) or (gap.before == ":" and gap.word <= 3)


def _is_idle_in_selector(gap: _Gap) -> bool:
    sides = {gap.before, gap.after}
    if gap.inner == "[":
        return "=" in sides and not sides & _ATTRIBUTE_MATCHERS
    if gap.inner and "+" in sides:
        return False  # that of `2n + 1`
    # `> >` is not `>>`, `> =` not `>=`.
    return len(sides & _COMBINATORS) == 1 == len(sides - _COMBINATORS) and not sides & {"=", "|"}


def _read_statement(text: str, start: int, *, nested: bool) -> tuple[_Statement, int]:
    """The statement of `text` that begins at `start`, and where it ends with its terminator."""
    reading = pieces(text, start)
    statement = _Statement(nested=nested)
    for kind, word, end in reading:
        if kind is Kind.SPACE:
            statement.space()
        elif kind is Kind.COMMENT:
            statement.comment(word)
        elif word in _DEEPER and not statement.brackets:
            statement.end(word)
            return statement, end
        elif kind is Kind.FUNCTION and unescaped(word).lower() == "style(":
            query, closer, _ = _taken(reading, ")")
            statement.word(Kind.STRING, word + "".join(piece for _, piece in query) + closer)
        else:
            statement.word(kind, _without_gaps(word) if kind is Kind.URL else word)
            if word == ":" and statement.awaits_verbatim_value:
                value, terminator, end = _taken(reading, (";", "}"))
                statement.verbatim(value)
                statement.end(terminator)
                return statement, end
    statement.end("")
    return statement, len(text)


def _without_gaps(url: str) -> str:
    parts = _URL_PARTS.fullmatch(url)
    return "".join(parts.groups()) if parts else url


def _taken(reading: _Pieces, ends: Container[str]) -> tuple[list[tuple[Kind, str]], str, int]:
    """The pieces up to one of `ends` that is in no bracket, that end, and the place behind it.

    Where the sheet ends before, the end is empty and the place means nothing.
    """
    taken: list[tuple[Kind, str]] = []
    brackets: list[str] = []
    for kind, text, end in reading:
        if not brackets and text in ends:
            return taken, text, end
        taken.append((kind, text))
        if kind is Kind.FUNCTION:
            brackets.append("(")
        elif kind is Kind.DELIMITER:
            follow(brackets, text)
    return taken, "", 0
