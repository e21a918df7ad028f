"""The comment at the end of a script or sheet that names its source map (ECMA-426, section 11.1.2). Pure."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from buildassets.compiler.languages.css import lexer as css
from buildassets.compiler.languages.javascript import lexer as js
from buildassets.compiler.languages.reference import ReferenceKind
from buildassets.compiler.languages.scan import scan
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import Syntax

_COMMENT: Final = lazy_pattern(r"/[/*][#@]\s*+sourceMappingURL=(\S*?)\s*+(?:\*/)?")
_HINT: Final = "sourceMappingURL="
_HEAD: Final = lazy_pattern(r"/[/*][#@]\s*+sourceMappingURL=\Z")
_HEAD_CHARACTERS: Final = 64  # with more white space in it, it counts as no such comment


class MapComment(NamedTuple):
    """`text[start:end]` is the comment; its URL begins at `url_start`."""

    start: int
    end: int
    url_start: int
    url: str


def map_comment(text: str, syntax: Syntax) -> MapComment | None:
    """The last such comment, if no code is behind it. Its URL can be of any kind, unlike that of a reference."""
    hint = text.rfind(_HINT)
    if hint < 0:
        return None
    if text.startswith("data:", hint + len(_HINT)):
        return _found_by_tokens(text, syntax)
    for reference in scan(syntax, text)[-1:]:
        head = _HEAD.search(text, max(0, reference.start - _HEAD_CHARACTERS), reference.start)
        if reference.kind is ReferenceKind.SOURCE_MAP and head:
            is_block = text.startswith("/*", head.start())
            end = text.index("*/", reference.end) + 2 if is_block else reference.end
            return MapComment(head.start(), end, reference.start, reference.url)
    return None


def map_comments(text: str, syntax: Syntax) -> list[MapComment]:
    """All comments that name a source map and that no code follows.

    Only the last counts; but without it, the one before it would.
    """
    if text.count(_HINT) < 2:
        last = map_comment(text, syntax)
        return [last] if last else []
    return _all_by_tokens(text, syntax)


def _found_by_tokens(text: str, syntax: Syntax) -> MapComment | None:
    return next(reversed(_all_by_tokens(text, syntax)), None)


def _all_by_tokens(text: str, syntax: Syntax) -> list[MapComment]:
    found: list[MapComment] = []
    for start, end, is_comment in _words(text, syntax):
        if not is_comment:
            found.clear()
        elif match := _COMMENT.fullmatch(text, start, end):
            found.append(MapComment(start, end, match.start(1), match[1]))
    return found


def _words(text: str, syntax: Syntax) -> Iterator[tuple[int, int, bool]]:
    """The places of comments and code, and whether each is a comment."""
    if syntax is Syntax.CSS:
        for kind, start, end in css.tokens(text):
            if kind is not css.Kind.SPACE:
                yield start, end, kind is css.Kind.COMMENT
    else:
        for script_kind, start, end in js.tokens(text):
            if script_kind not in (js.Kind.SPACE, js.Kind.LINE_END):
                yield start, end, script_kind == js.Kind.COMMENT
