"""References of texts: one module a syntax, each with `scan(text) -> list[Reference]`; and how new URLs are written.

Joins texts, too, so that the meaning of each stays: one module a syntax, each with `join(members) -> Joints`. To join
is to edit each text a little and to write the results one after the other, so that whatever is known of places in the
members, such as their references, only has to be moved.

Pure. A reference's place is found by a lexer, never by a pattern over the whole text: what merely looks like a
reference, in a comment, a string or a regular expression, is not a reference.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Final

from buildassets.compiler.languages.edits import Joints, Member
from buildassets.compiler.languages.reference import SPECIFIERS, Reference
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import quoted, split_url

_LANGUAGES: Final = "buildassets.compiler.languages"
_MODULES: Final = {
    Syntax.CSS: "css.references",
    Syntax.JAVASCRIPT: "javascript.references",
    Syntax.SVG: "markup.svg",
    Syntax.HTML: "markup.html",
    Syntax.WEB_MANIFEST: "json.webmanifest",
    Syntax.SOURCE_MAP: "json.source_map",
}
_JOINING: Final = {Syntax.CSS: "css.join", Syntax.JAVASCRIPT: "javascript.join"}


def scan(syntax: Syntax, text: str) -> list[Reference]:
    """The references in `text`, in the order in which they stand."""
    return _scanner(syntax)(text)


@cache
def _scanner(syntax: Syntax) -> Callable[[str], list[Reference]]:
    scanner: Callable[[str], list[Reference]] = import_module(f"{_LANGUAGES}.{_MODULES[syntax]}").scan
    return scanner


def join(syntax: Syntax, members: Sequence[Member]) -> Joints:
    """How `members`, which are of one syntax, are joined."""
    joined: Joints = import_module(f"{_LANGUAGES}.{_JOINING[syntax]}").join(members)
    return joined


def splice(text: str, replacements: Iterable[tuple[Reference, str]]) -> str:
    """`text` with each reference's path replaced by a URL path; query and fragment stay.

    `replacements` are in text order. The new paths hold only what `paths.to_url` lets through, so they need no
    escapes in any of the languages.
    """
    return "".join(_pieces(text, replacements))


def spliced_bytes(text: str, replacements: Iterable[tuple[Reference, str]]) -> bytes:
    """The result of `splice` in UTF-8, with one copy less of a large text."""
    return b"".join([piece.encode("utf-8") for piece in _pieces(text, replacements)])


def _pieces(text: str, replacements: Iterable[tuple[Reference, str]]) -> Iterator[str]:
    position = 0
    for reference, path in replacements:
        yield text[position : reference.start]
        yield written(text, reference, path)
        position = reference.end
    yield text[position:]


def written(text: str, reference: Reference, path: str) -> str:
    """The text that `splice` puts in place of `reference`."""
    raw = text[reference.start : reference.end]
    old_path, query_and_fragment = split_url(reference.url)
    if reference.kind in SPECIFIERS and not path.startswith("."):
        path = "./" + path
    if raw == reference.url:
        return path + raw[len(old_path) :]
    # The raw text has escapes: they cannot be carried over by position, and what they hide may not stand bare.
    return path + quoted(query_and_fragment)
