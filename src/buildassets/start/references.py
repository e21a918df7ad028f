"""The references of templates to static files that become names of assets.

Takes the files of a project and its source roots, gives the new texts of templates. A reference is replaced only where
it is literal and the file that it means is in a root; all others keep their URLs, and are listed.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.project.files import ProjectFiles
from buildassets.start.markup import HIDDEN, expressions, start_tags
from buildassets.start.templates import expression

_CALL: Final = re.compile(  # of Flask, Starlette and aiohttp
    r"""\{\{-?\s*(?:(?:request\.)?url(?:_for(?:_static_asset)?)?\(\s*(["'])(\w+)\1\s*,\s*(?:\w+\s*=\s*)?|static\(\s*)"""
    r"""(["'])/?([^"'{}?#]+)\3\s*,?\s*\)\s*-?\}\}"""
)
# Of Pyramid: the name of a package, and a path in it.
_SPECIFICATION: Final = re.compile(r"""\brequest\.static_(?:url|path)\(\s*(["'])(?:[\w.]+:)?([^"':{}?#]+)\1\s*\)""")
_LITERAL: Final = re.compile(r"""/(\w+)/([^"'{}<>?#&\s]+)""")
_WITH_LITERAL: Final = re.compile(r"""=\s*["']/\w""")
_NAMING: Final = re.compile(r"(?:.*[-:])?(?:href|src|poster)")
_LEFT: Final = re.compile(
    r"""\burl(?:_for(?:_static_asset)?)?\(\s*["']static["']|\brequest\.static_(?:url|path)\(|=\s*["']?/static/"""
)
_STATIC: Final = re.compile(r"""\{%-?\s*static\s+(["'])([^"'{}%]+)\1""")

_Change = tuple[int, int, str]  # a span, and the text in its place


@frozen
class _Roots:
    """The source roots of a project, and the names of its files."""

    folders: Sequence[str]
    names: frozenset[str]

    def have(self, name: str, folder: str = "") -> bool:
        """Whether a root, or one that is called `folder`, has the file `name`."""
        return any(f"{root}/{name}" in self.names for root in self.folders if folder in ("", posixpath.basename(root)))


def static_names(files: ProjectFiles, found: Sequence[str]) -> frozenset[str]:
    """The literal names in tags `static` of the templates `found` of Django."""
    return frozenset(match[2] for one in found for match in _STATIC.finditer(HIDDEN.in_place(files.text(one))))


def replaced_references(
    files: ProjectFiles, found: Sequence[str], roots: Sequence[str], *, has_static: bool
) -> dict[str, str]:
    """The texts of those of the templates `found` that name files in `roots`, with calls of `asset` in their place.

    With `has_static` the runtime answers calls of `url_for`, which stay.
    """
    sources = _Roots(roots, frozenset(files.names))
    texts: dict[str, str] = {}
    for one in found if roots else ():
        text = files.text(one)
        changes = [*_of_attributes(one, text, sources), *_of_specifications(text, sources)]
        changes += [] if has_static else _of_calls(text, sources)
        checked = [*_checked(text)] if changes else []
        changes = [one for one in changes if not any(start <= one[0] < end for start, end in checked)]
        texts |= {one: _changed(text, changes)} if changes else {}
    return texts


def _of_attributes(file: str, text: str, roots: _Roots) -> Iterator[_Change]:
    for tag in start_tags(text) if _WITH_LITERAL.search(text) else ():
        for name, (start, end) in tag.attributes.items():
            url, quote = _LITERAL.fullmatch(text, start, end), text[start - 1]
            if url and quote in "\"'" and _NAMING.fullmatch(name) and roots.have(url[2], url[1]):
                inner = "'" if quote == '"' else '"'
                yield start, end, expression(file, f"asset({inner}{url[2]}{inner})")


def _of_specifications(text: str, roots: _Roots) -> Iterator[_Change]:
    for match in _SPECIFICATION.finditer(HIDDEN.in_place(text)) if "request.static_" in text else ():
        folder, _, name = match[2].partition("/")
        if roots.have(name, folder):
            yield *match.span(), f"asset({match[1]}{name}{match[1]})"


def _of_calls(text: str, roots: _Roots) -> Iterator[_Change]:
    for start, end in expressions(text) if "url" in text or "static(" in text else ():
        call = _CALL.fullmatch(text, start, end)
        mount = call[2] if call and call[2] != "static" else None  # a mount may have another name than its folder
        if call and roots.have(call[4], mount or ""):
            yield start, end, f"{{{{ asset({call[3]}{call[4]}{call[3]}) }}}}"


def _checked(text: str) -> Iterator[tuple[int, int]]:
    """The attributes of tags with a digest of the file that they name, which is not that of the asset."""
    for tag in start_tags(text) if "integrity" in text else ():
        yield from tag.attributes.values() if "integrity" in tag.attributes else ()


def _changed(text: str, changes: Sequence[_Change]) -> str:
    pieces: list[str] = []
    kept = 0
    for start, end, new in sorted(changes):
        pieces += text[kept:start], new
        kept = end
    return "".join((*pieces, text[kept:]))


def left_references(files: ProjectFiles, found: Sequence[str]) -> Iterator[str]:
    """The places, as `file:line`, of references in the templates `found` that keep their URLs."""
    for one in found:
        for number, line in enumerate(files.text(one).split("\n"), 1):
            if _LEFT.search(line):
                yield f"{one}:{number}"
