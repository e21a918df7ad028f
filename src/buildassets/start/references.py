"""The references of templates to static files that become names of assets.

Takes the files of a project and its source roots, gives the new texts of templates. A reference is replaced only where
it is literal and the file that it means is in a root; all others keep their URLs, and are listed.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from buildassets.project.blanks import Blanks
from buildassets.project.files import ProjectFiles
from buildassets.start.templates import expression

_NOT_RUN: Final = Blanks((r"\{#", r"#\}"), (r"\{%-?\s*raw\b", r"\bendraw\b[^%]{0,100}+%\}"))
_CALL: Final = re.compile(  # of Flask, Starlette and aiohttp
    r"""\{\{-?\s*(?:request\.)?(?:url(?:_for(?:_static_asset)?)?\(\s*(["'])(?:\w+)\1\s*,\s*(?:\w+\s*=\s*)?|static\(\s*)"""
    r"""(["'])/?([^"'{}?#]+)\2\s*,?\s*\)\s*-?\}\}"""
)
# Of Pyramid: the name of a package, and a path in it.
_SPECIFICATION: Final = re.compile(r"""\brequest\.static_(?:url|path)\(\s*(["'])(?:[\w.]+:)?([^"':{}?#]+)\1\s*\)""")
_LITERAL: Final = re.compile(r"""(\b(?:href|src|poster)\s*=\s*)(["'])/(\w+)/([^"'{}<>?#\s]+)(?=\2)""", re.IGNORECASE)
_LEFT: Final = re.compile(
    r"""\burl(?:_for(?:_static_asset)?)?\(\s*["']static["']|\brequest\.static_(?:url|path)\(|=\s*["']?/static/"""
)
_STATIC: Final = re.compile(r"""\{%-?\s*static\s+(["'])([^"'{}%]+)\1""")


def static_names(files: ProjectFiles, found: Sequence[str]) -> frozenset[str]:
    """The literal names in tags `static` of the templates `found` of Django."""
    return frozenset(match[2] for one in found for match in _STATIC.finditer(_NOT_RUN.in_place(files.text(one))))


def replaced_references(
    files: ProjectFiles, found: Sequence[str], roots: Sequence[str], *, has_static: bool
) -> dict[str, str]:
    """The texts of those of the templates `found` that name files in `roots`, with calls of `asset` in their place.

    With `has_static` the runtime answers calls of `url_for`, which stay.
    """
    names = frozenset(files.names)

    def of_call(match: re.Match[str]) -> str:
        is_there = any(f"{root}/{match[3]}" in names for root in roots)  # its first argument is the name of a mount
        return f"{{{{ asset({match[2]}{match[3]}{match[2]}) }}}}" if is_there else match[0]

    def of_specification(match: re.Match[str]) -> str:
        ends = {f"{posixpath.basename(root)}/": f"{root}/" for root in roots}
        end = next((end for end in ends if match[2].startswith(end)), "")
        name = match[2].removeprefix(end)
        return f"asset({match[1]}{name}{match[1]})" if end and ends[end] + name in names else match[0]

    texts: dict[str, str] = {}
    for one in found:

        def of_literal(match: re.Match[str], file: str = one) -> str:
            is_there = any(f"{root}/{match[4]}" in names for root in roots if posixpath.basename(root) == match[3])
            inner = "'" if match[2] == '"' else '"'
            call = expression(file, f"asset({inner}{match[4]}{inner})")
            return f"{match[1]}{match[2]}{call}" if is_there else match[0]

        before = files.text(one)
        after = before if has_static else _replaced(_CALL, of_call, before)
        after = _replaced(_SPECIFICATION, of_specification, _replaced(_LITERAL, of_literal, after))
        texts |= {one: after} if after != before else {}
    return texts


def _replaced(pattern: re.Pattern[str], new: Callable[[re.Match[str]], str], text: str) -> str:
    """`text` with what is `new` in place of the matches of `pattern`, except where templates do not run."""
    pieces, end = [], 0
    for match in pattern.finditer(_NOT_RUN.in_place(text)):
        pieces += [text[end : match.start()], new(match)]
        end = match.end()
    return "".join((*pieces, text[end:]))


def left_references(files: ProjectFiles, found: Sequence[str]) -> Iterator[str]:
    """The places, as `file:line`, of references in the templates `found` that keep their URLs."""
    for one in found:
        for number, line in enumerate(files.text(one).split("\n"), 1):
            if _LEFT.search(line):
                yield f"{one}:{number}"
