"""Writes an HTML document in fewer characters, with the same tree but for what shows nothing. Pure.

What goes: comments that are notes for people, white space in tags, and of white space between words all but
one character where nothing can preserve it. Tags, the order of attributes and every script and style sheet stay: what
browsers make of them (HTML Standard, section 13.2.6) hangs on all that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from buildassets.compiler.languages.markup.lexer import MarkupKind, MarkupToken, html_tokens, name_of
from buildassets.compiler.languages.markup.references import TEMPLATE_MARK
from buildassets.foundation.lazy_pattern import lazy_pattern

_SPACE: Final = " \t\n\r\f"
_RUN: Final = lazy_pattern(r"[ \t\n\r\f]++")
_PRESERVING: Final = ("pre", "textarea", "listing", "plaintext", "xmp", "title", "noscript", "svg", "math")
# In one of those, these hide it from an end tag (section 13.2.4.2), so that it stays open.
_SCOPES: Final = ("table", "caption", "td", "th", "template", "object", "applet", "marquee", "select")
# Comments that programs read: conditional ones, those of servers, of search engines, of frameworks that continue pages.
_FOR_PROGRAMS: Final = lazy_pattern(
    r"<!--[ \t\n\r\f]*(?:[^\w\s]|-->|(?:esi|ko|build|end\w*|inject|noindex|googleo\w+|sse|mp_trans\w*)\b|[\w-]+:)",
    re.IGNORECASE,
)
_LICENCE: Final = lazy_pattern(r"(?i)licen[sc]e|@preserve|copyright|\u00a9")
_PRESERVED_BY_STYLE: Final = lazy_pattern(
    r"(?i)white-space(?!\s*:\s*(?:normal|nowrap|inherit|initial|unset)\b)|@import"
)
_ATTRIBUTE: Final = lazy_pattern(
    r"([^ \t\n\r\f/>][^ \t\n\r\f/>=]*+)"
    r"(?:[ \t\n\r\f]*+=[ \t\n\r\f]*+(\"[^\"]*+\"|'[^']*+'|[^ \t\n\r\f>\"'][^ \t\n\r\f>]*+)?+)?+"
)
_TAG_NAME: Final = lazy_pattern(r"</?[^ \t\n\r\f/>]*+")
_HANDLER: Final = lazy_pattern(r"(?i)[ \t\n\r\f/\"']on[a-z]+[ \t\n\r\f]*=")
_MARK: Final = lazy_pattern(TEMPLATE_MARK)


class _Piece(NamedTuple):
    """A token as it is compared: `parts` are the name and the attributes of a tag, or the text."""

    kind: MarkupKind
    parts: tuple[str, ...]


def minified(text: str, *, keeps_space: bool = False) -> str | None:
    """`text` in fewer characters; None if a template language has still to fill it in, or there is no proof.

    With `keeps_space` texts stay unchanged: a style sheet might preserve the white space in them. The result is read
    again, and has to have the same tokens.
    """
    tokens = list(html_tokens(text))
    if any(_is_unfinished(text, token) for token in tokens):
        return None
    keeps_space = keeps_space or preserves_space(text)
    wanted = list(_merged(_pieces(text, tokens, _Rest(text, tokens)), keeps_space=keeps_space))
    result = "".join(map(_written, wanted))
    return result if list(_merged(_pieces(result, list(html_tokens(result))), keeps_space=True)) == wanted else None


def preserves_space(css: str) -> bool:
    """Whether a style sheet, or a page with styles in it, may preserve white space in elements of any name."""
    return _PRESERVED_BY_STYLE.search(css) is not None


def linked_sheets(text: str) -> Iterator[str | None]:
    """The URL of each style sheet that the page loads by `<link>`; None for one that is not known."""
    for token in html_tokens(text):
        if token.kind is MarkupKind.TAG and name_of(text, token.start) == "link":
            pairs = reversed(_attributes(text, token))
            attributes = {name.lower(): written[1:].strip("\"'").strip(_SPACE) for name, written in pairs}
            if "stylesheet" in attributes.get("rel", "").lower().split():
                url = attributes.get("href", "")
                yield None if "&" in url else url


def _is_unfinished(text: str, token: MarkupToken) -> bool:
    """Whether the token has a mark of a template language in it, or is not a whole tag."""
    if token.kind is MarkupKind.CUT:
        return True
    return token.kind is not MarkupKind.RAW_TEXT and _MARK.search(text, token.start, token.end + 1) is not None


class _Rest:
    """Decides which comments go: all notes for people, where no script may look at the nodes of the page."""

    def __init__(self, text: str, tokens: list[MarkupToken]) -> None:
        self._text = text
        tags = [name_of(text, token.start) for token in tokens if token.kind is MarkupKind.TAG]
        self._has_script = "script" in tags or _HANDLER.search(text) is not None

    def has(self, token: MarkupToken) -> bool:
        """Whether the comment goes."""
        written = self._text[token.start : token.end]
        if not written.startswith("<!--") or not written.endswith("-->") or len(written) < len("<!---->"):
            return False
        if _FOR_PROGRAMS.match(written) or _LICENCE.search(written):
            return False
        return not self._has_script or written[len("<!--")] in _SPACE


def _pieces(text: str, tokens: list[MarkupToken], rest: _Rest | None = None) -> Iterator[tuple[_Piece, bool]]:
    """The pieces, each with whether white space in it is preserved; what is in `rest` is left out."""
    open_counts: Counter[str] = Counter()
    preserving_count = 0  # of those in `open_counts`
    stays_open = False
    for token in tokens:
        name = name_of(text, token.start) if token.kind in (MarkupKind.TAG, MarkupKind.END_TAG) else ""
        is_inside = stays_open or preserving_count > 0
        stays_open = stays_open or (is_inside and token.kind is MarkupKind.TAG and name in _SCOPES)
        if token.kind is MarkupKind.TAG or (token.kind is MarkupKind.END_TAG and open_counts[name]):
            change = 1 if token.kind is MarkupKind.TAG else -1
            open_counts[name] += change
            preserving_count += change if name in _PRESERVING else 0
        is_raw = is_inside or name in _PRESERVING
        # In a table the parser moves texts by what stands next to them (section 13.2.6.4.9).
        may_go = not is_raw and not open_counts["table"] and rest is not None
        if not (may_go and token.kind is MarkupKind.COMMENT and rest and rest.has(token)):
            yield _piece(text, token, is_raw=is_raw), is_raw


def _piece(text: str, token: MarkupToken, *, is_raw: bool) -> _Piece:
    written = text[token.start : token.end]
    if not is_raw and token.kind is MarkupKind.TAG:
        name = _TAG_NAME.match(written)
        assert name
        return _Piece(token.kind, (name[0], *(part for one in _attributes(text, token) for part in one)))
    if not is_raw and token.kind is MarkupKind.END_TAG:
        name = _TAG_NAME.match(written)
        assert name
        return _Piece(token.kind, (name[0],))
    return _Piece(MarkupKind.TEXT if token.kind is MarkupKind.TEXT else MarkupKind.RAW_TEXT, (written,))


def _attributes(text: str, token: MarkupToken) -> list[tuple[str, str]]:
    """The attributes of a tag in order, with `=` and their values as written, in quotes or without."""
    name = _TAG_NAME.match(text, token.start)
    assert name
    found = _ATTRIBUTE.finditer(text, name.end(), token.end - 1)
    return [(match[1], f"={match[2]}" if match[2] else "") for match in found]


def _merged(pieces: Iterable[tuple[_Piece, bool]], *, keeps_space: bool) -> Iterator[_Piece]:
    """`pieces`, in which texts next to one another are one, with one character for white space where that goes."""
    for (is_text, is_raw), run in groupby(pieces, lambda one: (one[0].kind is MarkupKind.TEXT, one[1])):
        if is_text:
            yield _text("".join(piece.parts[0] for piece, _ in run), keeps_space=keeps_space or is_raw)
        else:
            yield from (piece for piece, _ in run)


def _text(text: str, *, keeps_space: bool) -> _Piece:
    collapsed = text if keeps_space else _RUN.sub(lambda run: "\n" if "\n" in run[0] else " ", text)
    return _Piece(MarkupKind.TEXT, (collapsed,))


def _written(piece: _Piece) -> str:
    if piece.kind not in (MarkupKind.TAG, MarkupKind.END_TAG):
        return piece.parts[0]
    inside = "".join(map("".join, zip((f" {name}" for name in piece.parts[1::2]), piece.parts[2::2], strict=True)))
    ends_bare = piece.kind is MarkupKind.TAG and inside.endswith("/")  # which would be read as the end of the tag
    return f"{piece.parts[0]}{inside}{' ' if ends_bare else ''}>"
