"""Groups the members of a block into files, so that joined ones behave as they do one after the other.

Takes texts, gives groups in order. What browsers heed at the head of a sheet only, and comes from other hosts, is put
there; where a member cannot be joined with those before it, another file begins. Imports the compiler's languages.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from posixpath import dirname, normpath
from posixpath import join as joined_path
from typing import Final

from buildassets.compat.compressor.compile.no_programs import is_no_program
from buildassets.compat.compressor.run.key import static_path
from buildassets.compiler.languages.css.lexer import Kind, tokens, unescaped
from buildassets.compiler.languages.css.references import scan
from buildassets.compiler.languages.edits import Member as Joined
from buildassets.compiler.languages.edits import edited, in_order
from buildassets.compiler.languages.scan import join, splice
from buildassets.compiler.resolve.urls import has_host
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.media import Syntax
from buildassets.foundation.paths import LogicalPath, relative, to_url

__all__ = ["JoinedMember", "grouped", "rebased", "whole_text"]

_SYNTAX: Final = {"css": Syntax.CSS, "js": Syntax.JAVASCRIPT}
_SASS_IMPORT: Final = re.compile(r"@import\s+(?:url\(|[\"'](?:https?:)?//)|@import\s+[\"'][^\"']*\.css[\"']")


@frozen
class JoinedMember:
    """A source by its logical path; `text` is None where it is compiled later, from `source`.

    One that `is_alone` is not a bundle, but the asset itself.
    """

    path: str
    text: str | None = None
    source: str = ""
    is_alone: bool = False


def grouped(
    kind: str, members: Sequence[JoinedMember], generate: Callable[[str, str], str]
) -> Iterator[list[JoinedMember]]:
    """The members of each file: all in one, but for those that cannot be joined at their position.

    `generate` makes a source of a text, next to a logical path.
    """
    waiting = [[*members]]
    while waiting:
        group = waiting.pop(0)
        place = _conflict(kind, group)
        if place is None:
            yield _hoisted(group, generate) if kind == "css" else group
        elif len(group) == 1:
            yield [replace(group[0], is_alone=True)]
        else:
            at = max(place, 1)
            waiting[:0] = [group[:at], group[at:]]


def _conflict(kind: str, group: Sequence[JoinedMember]) -> int | None:
    """The number of the first member that cannot be joined at its position; None if all can."""
    for number, member in enumerate(group[1:], 1):
        if member.text is None and _SASS_IMPORT.search(member.source):
            return number
    texts = [
        _without_foreign_imports(member.text or "") if kind == "css" and number else member.text or ""
        for number, member in enumerate(group)
    ]
    faults = join(_SYNTAX[kind], [Joined(member.path, text) for member, text in zip(group, texts, strict=True)]).faults
    found = [fault.member for fault in faults]
    if kind == "js":
        found += [number for number, text in enumerate(texts) if is_no_program(text)]
    return min(found, default=None)


def _hoisted(group: list[JoinedMember], generate: Callable[[str, str], str]) -> list[JoinedMember]:
    """The group with the imports from other hosts of all but the first at its head."""
    imports: list[str] = []
    members = group[:1]
    for member in group[1:]:
        rest = _without_foreign_imports(member.text or "")
        if member.text is None or rest == member.text:
            members.append(member)
            continue
        imports += (member.text[start:end] for start, end in _foreign_imports(member.text))
        members.append(JoinedMember(generate(member.path, rest), rest))
    if not imports:
        return group
    text = "".join(one.rstrip().rstrip(";") + ";\n" for one in dict.fromkeys(imports))
    return [JoinedMember(generate(joined_path(dirname(group[0].path), "imports.css"), text), text), *members]


def _without_foreign_imports(text: str) -> str:
    """The sheet without its imports from other hosts; the numbers of its lines stay the same."""
    for start, end in reversed(_foreign_imports(text)):
        text = text[:start] + "\n" * text.count("\n", start, end) + text[end:]
    return text


def _foreign_imports(text: str) -> list[tuple[int, int]]:
    """The spans of the imports from other hosts in the head of a sheet."""
    if "@" not in text:
        return []
    found: list[tuple[int, int]] = []
    start: int | None = None
    keyword = ""
    for token in tokens(text, 1 if text.startswith("\ufeff") else 0):
        word = text[token.start : token.end]
        if start is None:
            if token.kind in (Kind.SPACE, Kind.COMMENT, Kind.HTML_COMMENT):
                continue
            keyword = unescaped(word).lower() if token.kind is Kind.AT_KEYWORD else ""
            if keyword not in ("@charset", "@import", "@layer"):
                break
            start = token.start
        elif word == "{":
            break
        elif word == ";":
            if keyword == "@import" and any(has_host(one.url) for one in scan(text[start : token.end])):
                found.append((start, token.end))
            start = None
    return found


def rebased(text: str, path: str, prefixes: Sequence[str], find: Callable[[str], object]) -> str:
    """The sheet `text` with its references to static files, below one of the URL prefixes, relative to `path`."""
    changes = []
    for reference in scan(text):
        target = static_path(reference.url, prefixes)
        if target and find(target):
            changes.append((reference, to_url(relative(LogicalPath(path), LogicalPath(target)))))
    return splice(text, changes) if changes else text


def whole_text(kind: str, group: Sequence[JoinedMember], path: str) -> str:
    """The members as one text, their relative references as seen from `path`."""
    texts = [_moved(member, path) if kind == "css" else member.text or "" for member in group]
    joints = join(_SYNTAX[kind], [Joined(member.path, text) for member, text in zip(group, texts, strict=True)])
    return "".join(edited(text, in_order(edits)) for text, edits in zip(texts, joints.edits, strict=True))


def _moved(member: JoinedMember, path: str) -> str:
    text = member.text or ""
    changes = []
    for reference in scan(text):
        if not has_host(reference.url) and not reference.url.startswith(("/", "#", "?", "\\")):
            target = joined_path(dirname(member.path), reference.url.partition("?")[0].partition("#")[0])
            moved = relative(LogicalPath(path), LogicalPath(_normal(target)))
            changes.append((reference, moved))
    return splice(text, changes) if changes else text


def _normal(path: str) -> str:
    return normpath(path)
