"""Finds references in markup, HTML or SVG: in attributes that load, style sheets, modules, import maps. Pure.

A link is not a reference: what `<a href>` names is not loaded. Nor is what a template language has still to fill in.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from buildassets.compiler.languages.css import references as css
from buildassets.compiler.languages.javascript import references as js
from buildassets.compiler.languages.json.lexer import strings
from buildassets.compiler.languages.markup.lexer import MarkupKind, MarkupToken, Tag, name_of, read_tag
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.paths import split_url

_HREFS: Final = ("href", "xlink:href")
_LOADING: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("audio", "embed", "frame", "iframe", "img", "input", "source", "track"), ("src",)),
    **dict.fromkeys(("body", "table", "thead", "tbody", "tfoot", "tr", "td", "th"), ("background",)),
    "video": ("src", "poster"),
    "object": ("data",),
    "link": ("href",),
    "script": ("src", *_HREFS),
    "image": ("src", *_HREFS),
    **dict.fromkeys(
        (
            *("use", "feimage", "lineargradient", "radialgradient", "pattern", "filter", "textpath", "mpath", "tref"),
            *("cursor", "font-face-uri", "color-profile"),
        ),
        _HREFS,
    ),
}
_SETS: Final = {"img": "srcset", "source": "srcset", "link": "imagesrcset"}
_LOADING_RELATIONS: Final = frozenset(
    (
        *("stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest", "mask-icon", "fluid-icon"),
        *("apple-touch-icon", "apple-touch-icon-precomposed", "apple-touch-startup-image", "image_src"),
    )
)
_REFERRING: Final = frozenset((*_LOADING, "base", "style", "script"))
_STYLES: Final = frozenset(  # attributes whose values are CSS
    (
        *("style", "fill", "stroke", "filter", "mask", "clip-path", "cursor"),
        *("marker", "marker-start", "marker-mid", "marker-end"),
    )
)
_MAY_CALL: Final = lazy_pattern(r"[(&]")  # without a parenthesis no value refers
_TAGS: Final = (MarkupKind.TAG, MarkupKind.EMPTY_TAG)
_SAME_FOLDER: Final = ("", ".", "./")
TEMPLATE_MARK: Final = r"\{[{%#]|<[?%]|[$#]\{"  # what template languages put in place of text
_CANDIDATE: Final = lazy_pattern(r"[ \t\n\r\f,]*+([^ \t\n\r\f]++)")
_DESCRIPTORS: Final = lazy_pattern(r"(?:[^(,]++|\([^)]*+(?:\)|\Z))*+")
_CDATA_START, _CDATA_END = "<![CDATA[", "]]>"

_Scanner = Callable[[str], list[Reference]]


class _Decoded:
    """A text without its character references, and the way back to where each character was written."""

    __slots__ = ("_length", "_offsets", "_pieces", "_places")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._offsets: list[int] = []
        self._places: list[int] = []
        self._length = 0

    @property
    def text(self) -> str:
        """All pieces in one."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def add(self, piece: str, place: int) -> None:
        """Append what is written, or meant, at `place` and from there on."""
        self._pieces.append(piece)
        self._offsets.append(self._length)
        self._places.append(place)
        self._length += len(piece)

    def add_decoded(
        self,
        text: str,
        start: int,
        end: int,
        character_reference: re.Pattern[str],
        *,
        meaning: Callable[[re.Match[str]], str | None],
    ) -> None:
        """Append what `text[start:end]` means. A match of the pattern that has no `meaning` stays unchanged."""
        for match in character_reference.finditer(text, start, end):
            meant = meaning(match)
            if meant is not None:
                self.add(text[start : match.start()], start)
                self.add(meant, match.start())
                start = match.end()
        self.add(text[start:end], start)

    def place(self, offset: int) -> int:
        """Where the character at `offset` of `text` was written."""
        piece = bisect_right(self._offsets, offset) - 1
        return self._places[piece] + offset - self._offsets[piece]


@frozen
class Dialect:
    """The differences between HTML and XML.

    `meaning` is what a match of `character_reference` means, None where nothing. A URL with a `placeholder` in it is
    not known yet.
    """

    tokens: Callable[[str], Iterator[MarkupToken]]
    character_reference: re.Pattern[str]
    meaning: Callable[[re.Match[str]], str | None]
    placeholder: re.Pattern[str]


def scan(text: str, dialect: Dialect) -> list[Reference]:
    """The references in `text`, in the order in which they stand; none where a `<base>` moves them elsewhere."""
    walk = _MarkupWalk(text, dialect)
    for token in dialect.tokens(text):
        walk.follow(token)
    walk.finish()
    return [] if walk.has_base else sorted(walk.found, key=lambda reference: reference.start)


class _MarkupWalk:
    """One walk over the tokens of a text."""

    __slots__ = ("_content", "_dialect", "_element", "_scanner", "_text", "found", "has_base")

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._text = text
        self._dialect = dialect
        self._element = ""  # the style or script that is open
        self._scanner: _Scanner = css.scan
        self._content = _Decoded()
        self.found: list[Reference] = []
        self.has_base = False

    def follow(self, token: MarkupToken) -> None:
        """Take the next token."""
        if self._element:
            self._follow_inside(token)
        if token.kind in _TAGS and self._may_refer(token):
            tag = read_tag(self._text, token)
            self._follow_tag(tag)
            if token.kind is MarkupKind.TAG and not self._element and (scanner := self._scanner_of(tag)):
                self._element, self._scanner, self._content = tag.name, scanner, _Decoded()
        elif token.kind is MarkupKind.INSTRUCTION and name_of(self._text, token.start) == "xml-stylesheet":
            self._refer_by(read_tag(self._text, token), "href")

    def _may_refer(self, token: MarkupToken) -> bool:
        """Whether the element of a tag refers, or one of the attributes may do so as CSS."""
        if _local(name_of(self._text, token.start)) in _REFERRING:
            return True
        return _MAY_CALL.search(self._text, token.start, token.end) is not None

    def finish(self) -> None:
        """End the style sheet or the script that is open."""
        if self._element:
            self._element = ""
            self._embed(self._content, self._scanner)

    def _follow_inside(self, token: MarkupToken) -> None:
        kind, start, end = token
        if kind is MarkupKind.TEXT:
            self._decode(self._content, start, end)
        elif kind is MarkupKind.RAW_TEXT:
            self._content.add(self._text[start:end], start)
        elif kind is MarkupKind.END_TAG and name_of(self._text, start) in (self._element, "noscript"):
            self.finish()
        else:
            self._content.add(" ", start)  # so that no reference spans it
            if kind is MarkupKind.CDATA:
                inside = self._text[start + len(_CDATA_START) : end].removesuffix(_CDATA_END)
                self._content.add(inside, start + len(_CDATA_START))
                self._content.add(" ", end)

    def _scanner_of(self, tag: Tag) -> _Scanner | None:
        """The scanner for the inside of the element; None if nothing in it refers."""
        name = _local(tag.name)
        if name not in ("style", "script"):
            return None
        type_ = self._value(tag, "type").strip().lower()
        if name == "style":
            return css.scan if type_ in ("", "text/css") else None
        if any(attribute in tag.attributes for attribute in _LOADING["script"]):
            return None
        return {"module": js.scan, "importmap": addresses}.get(type_)

    def _follow_tag(self, tag: Tag) -> None:
        name = _local(tag.name)
        if name == "base" and "href" in tag.attributes and self._value(tag, "href").strip() not in _SAME_FOLDER:
            self.has_base = True
        for attribute in _STYLES & tag.attributes.keys():
            if _MAY_CALL.search(self._text, *tag.attributes[attribute]):
                self._embed(self._decoded(tag, attribute), css.scan)
        if name in _LOADING and self._loads(name, tag):
            for attribute in _LOADING[name]:
                self._refer_by(tag, attribute)
            if name in _SETS:
                self._refer_by_set(tag, _SETS[name])

    def _loads(self, name: str, tag: Tag) -> bool:
        if name == "link":
            return not _LOADING_RELATIONS.isdisjoint(self._value(tag, "rel").lower().split())
        return name != "input" or self._value(tag, "type").strip().lower() == "image"

    def _decode(self, decoded: _Decoded, start: int, end: int) -> None:
        decoded.add_decoded(self._text, start, end, self._dialect.character_reference, meaning=self._dialect.meaning)

    def _decoded(self, tag: Tag, attribute: str) -> _Decoded:
        decoded = _Decoded()
        self._decode(decoded, *tag.attributes.get(attribute, (0, 0)))
        return decoded

    def _value(self, tag: Tag, attribute: str) -> str:
        return self._decoded(tag, attribute).text

    def _refer_by(self, tag: Tag, attribute: str) -> None:
        decoded = self._decoded(tag, attribute)
        url = decoded.text
        self._refer(decoded, Reference(0, len(url), url))

    def _refer_by_set(self, tag: Tag, attribute: str) -> None:
        decoded = self._decoded(tag, attribute)
        text = decoded.text
        if not self._dialect.placeholder.search(text):
            for start, end in _candidates(text):
                self._refer(decoded, Reference(start, end, text[start:end]))

    def _embed(self, decoded: _Decoded, scanner: _Scanner) -> None:
        for reference in scanner(decoded.text):
            if reference.kind is not ReferenceKind.SOURCE_MAP:
                self._refer(decoded, reference)

    def _refer(self, decoded: _Decoded, reference: Reference) -> None:
        """Take a reference that is in `decoded`, unless it names nothing or is not yet known."""
        start, end, url, kind = reference.start, reference.end, reference.url, reference.kind
        if not url.strip() or url.startswith("#") or url[:5].lower() == "data:":
            return
        if self._dialect.placeholder.search(url):
            return
        first, last = decoded.place(start), decoded.place(end)
        meant = decoded.text[start:end]
        if self._text[first:last] != meant:
            # Query and fragment keep their character references: they are left out of what is replaced.
            url, rest = split_url(url)
            if not meant.endswith(rest):
                return
            last = decoded.place(end - len(rest))
        self.found.append(Reference(first, last, url, kind))


def _local(name: str) -> str:
    """The name without its namespace prefix."""
    return name[name.rfind(":") + 1 :]


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the URLs in a `srcset` (HTML Standard, section 4.8.4.2.2)."""
    position = 0
    while match := _CANDIDATE.match(text, position):
        url = match[1].rstrip(",")
        yield match.start(1), match.start(1) + len(url)
        position = match.end()
        if url == match[1]:
            descriptors = _DESCRIPTORS.match(text, position)
            assert descriptors
            position = descriptors.end()


def addresses(text: str) -> list[Reference]:
    """The addresses of `imports` and `scopes` in an import map that is in a page.

    The keys of `scopes` and `integrity` are left alone: an integrity for a name that is gone checks nothing, one for a
    file that the build has changed would keep the browser from running it.
    """
    return [
        Reference(string.start, string.end, string.value, ReferenceKind.MODULE)
        for string in strings(text)
        if (string.path[0:1], len(string.path)) in ((("imports",), 2), (("scopes",), 3))
    ]
