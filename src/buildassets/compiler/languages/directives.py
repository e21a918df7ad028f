"""Reads Sprockets' directives in the comments at the head of a script or sheet, and takes them out of it. Pure.

A directive is a line such as `//= require x` or ` *= require x`; after the first line of code there are none. Which
files the arguments mean is for `bundle.sprockets` to find.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.languages.reference import Directive
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, warning
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.nearest import nearest

_FILE: Final = ("require", "link", "stub", "depend_on", "depend_on_asset")
_FOLDER: Final = ("require_tree", "require_directory", "link_tree", "link_directory", "depend_on_directory")
_SELF: Final = "require_self"
_OF_A_KIND: Final = ("link_tree", "link_directory", "depend_on_directory")
_KNOWN: Final = frozenset((*_FILE, *_FOLDER, _SELF))

_COMMENT: Final = lazy_pattern(r"\s*+(?://([^\r\n]*+)|/\*([^*]*+\*++(?:[^/*][^*]*+\*++)*+)/)")
_LINE: Final = lazy_pattern(r"[^\r\n]++")
_DIRECTIVE: Final = lazy_pattern(r"[^\w\r\n]*=[ \t]*+(\w++)([^\r\n]*+)")
_MARKED: Final = lazy_pattern(r"[ \t]*+\*?=[ \t]*+[a-z_]++(?!\w)")  # nothing else that a comment holds begins so
_ARGUMENT: Final = lazy_pattern(r"\"([^\"]*+)\"|'([^']*+)'|([^\s\"'*]\S*+)")


@frozen
class SplitDirectives:
    """The text without its directives, its lines where they were; the directives; what is wrong with them."""

    text: str
    directives: tuple[Directive, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def read_header(text: str, shown: str) -> SplitDirectives:
    """The directives in the head of `text`, and the text without them; `shown` is the file as the user wrote it."""
    directives: list[Directive] = []
    faults: list[Diagnostic] = []
    pieces: list[str] = []
    position = 0
    for start, end in _directive_lines(text):
        pieces.append(text[position:start])
        position = end
        found = _directive(text, start, end, shown)
        if isinstance(found, Directive) and found.name == _SELF and any(one.name == _SELF for one in directives):
            message, hint = f"`{_SELF}` is in this file twice", "leave out one of them"
            found = error("directive/argument", message, found.location, hint=hint)
        (directives if isinstance(found, Directive) else faults).append(found)  # type: ignore[arg-type]
    pieces.append(text[position:])
    return SplitDirectives("".join(pieces), tuple(directives), tuple(faults))


def ignored_directives(text: str, shown: str) -> Iterator[Diagnostic]:
    """A warning at the first directive in the head of `text`, for projects that have `directives` off.

    What may be something else does not count: a line with an unknown name, or one of `=` signs.
    """
    for start, end in _directive_lines(text):
        is_marked = _MARKED.match(text, start + 2 if text.startswith("//", start) else start, end)
        found = _directive(text, start, end, shown) if is_marked else None
        if isinstance(found, Directive):
            match = _DIRECTIVE.match(text, start, end)
            assert match
            where = locate(shown, text, match.start(1), match.end(1))
            message = f"`{shown}` has directives, which are left alone"
            yield warning("directive/ignored", message, where, hint="set `directives = true` to have them read")
            return


def _directive_lines(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the directives, without the marks that begin and end a block comment."""
    position = 1 if text.startswith("\ufeff") else 0
    while comment := _COMMENT.match(text, position):
        position = comment.end()
        is_line = comment[1] is not None
        start, end = comment.span(1 if is_line else 2)
        for line in _LINE.finditer(text, start, end if is_line else end - 1):
            match = _DIRECTIVE.match(text, *line.span())
            if match and (match[1] in _KNOWN or _MARKED.match(text, *line.span())):
                yield line.start() - 2 if is_line else line.start(), line.end()


def _directive(text: str, start: int, end: int, shown: str) -> Directive | Diagnostic:
    match = _DIRECTIVE.match(text, start, end)
    assert match
    name = match[1]
    where = locate(shown, text, match.start(1), match.end(1))
    if name not in _KNOWN:
        meant = nearest(name, sorted(_KNOWN))
        hint = f"did you mean `{meant}`?" if meant else "if this is not a directive, put a space before the `=`"
        return error("directive/unknown", f"there is no directive `{name}`", where, hint=hint)
    arguments = list(_ARGUMENT.finditer(text, match.start(2), match.end(2)))
    values = [next(filter(None, argument.groups()), "") for argument in arguments]
    if name in _FILE and not values:
        return error("directive/argument", f"`{name}` names no file", where)
    if name in _FOLDER and values and not _is_relative(values[0]):
        hint = f"write `{name} ./{values[0]}`"
        return error("directive/argument", f"`{name}` needs a path that begins with `.`", where, hint=hint)
    if len(values) > (most := _most_values(name)):
        where = locate(shown, text, arguments[most].start(), arguments[-1].end())
        return _too_many(name, values, most, where)
    if arguments:
        where = locate(shown, text, *arguments[0].span())
    default = "" if name == _SELF else "."
    return Directive(name, values[0] if values else default, values[1] if len(values) > 1 else "", where)


def _most_values(name: str) -> int:
    return 0 if name == _SELF else 2 if name in _OF_A_KIND else 1


def _too_many(name: str, values: Sequence[str], most: int, where: Location) -> Diagnostic:
    """The error for a directive with too many words, which Sprockets refuses, too."""
    takes = ("takes no name", "takes one name", "takes a folder and a kind")[most]
    hint = f"write `{name} {values[most]}` in a line of its own" if name in _FILE else "leave out what is too much"
    if values[most].startswith(("//", "#", "/*")):
        hint = "put the comment into a line of its own"
    return error("directive/argument", f"`{name}` {takes}: `{values[most]}` is one too many", where, hint=hint)


def _is_relative(path: str) -> bool:
    return path in (".", "..") or path.startswith(("./", "../"))
