"""A lexer for markup: HTML as browsers split it, and XML read so leniently that ill-formed files are split too.

HTML follows the tokenizer of the HTML Standard (section 13.2.5) and as much of tree construction as decides what is a
tag: the elements whose inside is text, and where SVG and MathML have them read otherwise. Repetitions are possessive,
and what the end of the text cuts is read once, so that every text takes linear time. Pure; imports no other
stage.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Final, NamedTuple

from buildassets.foundation.lazy_pattern import lazy_pattern


class MarkupKind(IntEnum):
    """The kind of a token."""

    TEXT = 1  # with character references
    RAW_TEXT = 2  # without: the inside of HTML's script, style and the like
    CDATA = 3  # a CDATA section, whole
    TAG = 4
    EMPTY_TAG = 5  # one that is its own end, as only XML, SVG and MathML have them
    END_TAG = 6
    COMMENT = 7  # also a document type, and all else that HTML reads as a comment
    INSTRUCTION = 8  # a processing instruction of XML
    CUT = 9  # a tag that the end of the text cuts: a browser drops it


class MarkupToken(NamedTuple):
    """`text[start:end]` is a token of that kind; the tokens of a text lie end to end and cover it."""

    kind: MarkupKind
    start: int
    end: int


class Tag(NamedTuple):
    """A start tag. Names are in lower case; of attributes that have one name the first counts.

    `attributes` gives the span of each value without its quotes.
    """

    name: str
    attributes: Mapping[str, tuple[int, int]]


_SPACE: Final = r"[ \t\n\r\f]"
_NAME_END: Final = r"[ \t\n\r\f/>]"
_ATTRIBUTE_NAME: Final = r"[^ \t\n\r\f/>][^ \t\n\r\f/>=]*+"
_UNQUOTED: Final = r"[^ \t\n\r\f>\"'][^ \t\n\r\f>]*+"
_QUOTED: Final = r"\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)"
_REST_OF_TAG: Final = (
    rf"[^ \t\n\r\f/>]*+"
    rf"(?:[ \t\n\r\f/]++|{_ATTRIBUTE_NAME}(?:{_SPACE}*+={_SPACE}*+(?:{_QUOTED}|{_UNQUOTED})?+)?+)*+>"
)
_ATTRIBUTE: Final = lazy_pattern(
    rf"({_ATTRIBUTE_NAME})"
    rf"(?:{_SPACE}*+={_SPACE}*+(?:\"([^\"]*+)\"|'([^']*+)'|({_UNQUOTED}))?+)?+"
)
_TAG_NAME: Final = lazy_pattern(r"[</?]++([^ \t\n\r\f/>]*+)")

_CDATA: Final = r"<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+(?:\]\]>|\Z)"
_INSTRUCTION: Final = r"<\?[^?]*+(?:\?(?!>)[^?]*+)*+(?:\?>|\Z)"
_XML_COMMENT: Final = r"<!--[^\-]*+(?:-(?!->)[^\-]*+)*+(?:-->|\Z)"
_HTML_COMMENT: Final = r"<!--(?:-?>|[^\-]*+(?:-(?!-!?>)[^\-]*+)*+(?:--!?>|\Z))"
_BOGUS_COMMENT: Final = r"<(?:[!?]|/(?!\Z))[^>]*+(?:>|\Z)"
_DOCTYPE: Final = (
    rf"<!DOCTYPE(?:[^\[\"'>]++|{_QUOTED})*+"
    rf"(?:\[(?:[^\]\"'<]++|{_QUOTED}|{_XML_COMMENT}|{_INSTRUCTION}|<)*+(?:\]|\Z)[^>]*+)?+(?:>|\Z)"
)
# Letters, `_`, `:` and all beyond ASCII; a class of what is none of these compiles in a tenth of the time.
_XML_NAME_START: Final = r"[^\x00-9;-@\[-\^`{-\x7f]"


def _pattern(name_start: str, *others: tuple[MarkupKind, str]) -> tuple[re.Pattern[str], tuple[MarkupKind, ...]]:
    """One pattern for all tokens, and the kinds by the number of its groups."""
    branches = (
        (MarkupKind.TEXT, rf"(?:[^<]++|<(?!{name_start}|[!?]|/(?!\Z)))++"),
        (MarkupKind.TAG, rf"<{name_start}{_REST_OF_TAG}"),
        (MarkupKind.END_TAG, rf"</{name_start}{_REST_OF_TAG}"),
        (MarkupKind.CUT, rf"</?{name_start}[\s\S]*+"),
        *others,
        (MarkupKind.COMMENT, _BOGUS_COMMENT),
    )
    joined = "|".join(f"({pattern})" for _, pattern in branches)
    return lazy_pattern(joined), (MarkupKind.TEXT, *(kind for kind, _ in branches))


_XML: Final = _pattern(
    _XML_NAME_START,
    (MarkupKind.COMMENT, _XML_COMMENT),
    (MarkupKind.CDATA, _CDATA),
    (MarkupKind.INSTRUCTION, _INSTRUCTION),
    (MarkupKind.COMMENT, _DOCTYPE),
)
_HTML: Final = _pattern("[a-zA-Z]", (MarkupKind.COMMENT, _HTML_COMMENT))
_FOREIGN: Final = _pattern("[a-zA-Z]", (MarkupKind.COMMENT, _HTML_COMMENT), (MarkupKind.CDATA, _CDATA))

_INSIDE: Final = {
    **dict.fromkeys(("title", "textarea"), MarkupKind.TEXT),
    **dict.fromkeys(("script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"), MarkupKind.RAW_TEXT),
}
_NOSCRIPT: Final = "noscript"
_END_OF: Final = {
    name: lazy_pattern(rf"</{name}(?={_NAME_END})", re.IGNORECASE | re.ASCII) for name in (*_INSIDE, _NOSCRIPT)
} | {"plaintext": lazy_pattern(r"\Z")}
_SCRIPT_MARK: Final = lazy_pattern(rf"<!(?=--)|-->|<(/?)script(?={_NAME_END})", re.IGNORECASE | re.ASCII)

# In SVG and MathML: where HTML begins again (section 13.2.5, integration points), and what cannot stand in them.
_HTML_INSIDE: Final = {
    "svg": frozenset(("foreignobject", "desc", "title")),
    "math": frozenset(("mi", "mo", "mn", "ms", "mtext")),
}
_BREAKS_OUT: Final = frozenset(
    (
        *("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr"),
        *("ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u"),
        *("ul", "var"),
    )
)


def xml_tokens(text: str) -> Iterator[MarkupToken]:
    """The tokens of an XML document, which need not be well-formed."""
    pattern, kinds = _XML
    for match in pattern.finditer(text):
        kind = kinds[match.lastindex or 0]
        start, end = match.span()
        yield MarkupToken(MarkupKind.EMPTY_TAG if kind is MarkupKind.TAG and text[end - 2] == "/" else kind, start, end)


def html_tokens(text: str) -> Iterator[MarkupToken]:
    """The tokens of an HTML document.

    Browsers with scripting read what is in `noscript` as text, others as elements. It is elements here, but ends, with
    everything that is open in it, at the first `</noscript`: so what follows is what browsers with scripting see.
    """
    nesting = around = _Nesting()
    position = 0
    limit = len(text)  # of what is read now
    while position < len(text):
        if position == limit:
            nesting, limit = around, len(text)
        pattern, kinds = _FOREIGN if nesting.is_foreign else _HTML
        match = pattern.match(text, position, limit)
        assert match
        kind, start, position = kinds[match.lastindex or 0], position, match.end()
        if (
            kind is MarkupKind.TAG
            and _closes_itself(text, start, position)
            and nesting.heeds_closing(name_of(text, start))
        ):
            kind = MarkupKind.EMPTY_TAG
        yield MarkupToken(kind, start, position)
        if kind is MarkupKind.END_TAG:
            nesting.leave(name_of(text, start))
        elif kind is MarkupKind.TAG:
            name = name_of(text, start)
            may_be_raw = not nesting.is_foreign
            nesting.enter(name)
            if name == _NOSCRIPT and may_be_raw and nesting is around:
                nesting, limit = _Nesting(), _end_of_inside(text, name, position, limit)
            elif may_be_raw and name in _INSIDE and (end := _end_of_inside(text, name, position, limit)) > position:
                yield MarkupToken(_INSIDE[name], position, end)
                position = end


def _closes_itself(text: str, start: int, end: int) -> bool:
    """Whether the slash before the tag's end is not the last of an unquoted value."""
    if text[end - 2] != "/":
        return False
    name = _TAG_NAME.match(text, start)
    assert name
    last = name.end()
    for match in _ATTRIBUTE.finditer(text, last, end - 1):
        last = match.end()
    return last < end - 1


def _end_of_inside(text: str, name: str, start: int, limit: int) -> int:
    """Where the inside of the element `name` ends, at the latest at `limit`."""
    if name == "script":
        return _end_of_script(text, start, limit)
    found = _END_OF[name].search(text, start, limit)
    return found.start() if found else limit


def _end_of_script(text: str, start: int, limit: int) -> int:
    """In a `<!--` a script may hold another script, whose end tag does not count (section 13.2.5.26)."""
    depth = 0  # 1 in a comment, 2 in a script in the comment
    for match in _SCRIPT_MARK.finditer(text, start, limit):
        if match[0] == "<!":
            depth = depth or 1
        elif match[0] == "-->":
            depth = 0
        elif match[1]:
            if depth < 2:
                return match.start()
            depth = 1
        elif depth:
            depth = 2
    return limit


class _Nesting:
    """The SVG and MathML elements that are open, and those in them in which HTML begins again."""

    __slots__ = ("_counts", "_open")

    def __init__(self) -> None:
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()  # of the names in `_open`, which may be long

    @property
    def is_foreign(self) -> bool:
        """Whether what comes next stands directly in SVG or MathML."""
        return bool(self._open) and self._open[-1] in _HTML_INSIDE

    def heeds_closing(self, name: str) -> bool:
        """Whether `/>` ends an element of that name here."""
        return name in _HTML_INSIDE or (self.is_foreign and name not in _BREAKS_OUT)

    def enter(self, name: str) -> None:
        """Follow a start tag that is not its own end."""
        if self.is_foreign and name in _BREAKS_OUT:
            while self.is_foreign:
                self._pop()
        elif name in _HTML_INSIDE or (self.is_foreign and name in _HTML_INSIDE[self._open[-1]]):
            self._open.append(name)
            self._counts[name] += 1

    def leave(self, name: str) -> None:
        """Follow an end tag."""
        while self._counts[name] and self._pop() != name:
            pass

    def _pop(self) -> str:
        name = self._open.pop()
        self._counts[name] -= 1
        return name


def name_of(text: str, start: int) -> str:
    """The name of the tag, end tag or processing instruction at `start`, in lower case."""
    match = _TAG_NAME.match(text, start)
    assert match
    return match[1].lower()


def read_tag(text: str, token: MarkupToken) -> Tag:
    """The name and attributes of a start tag, or of a processing instruction that is written like one."""
    attributes: dict[str, tuple[int, int]] = {}
    name = _TAG_NAME.match(text, token.start)
    assert name
    for match in _ATTRIBUTE.finditer(text, name.end(), token.end - 1):
        group = match.lastindex or 0
        span = match.span(group) if group > 1 else (match.end(), match.end())
        attributes.setdefault(match[1].lower(), span)
    return Tag(name[1].lower(), attributes)
