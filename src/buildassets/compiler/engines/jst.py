"""Compiles JST templates as Jammit does: a template in underscore.js syntax becomes a function in the object `JST`.

`<%= x %>` writes a value, `<%- x %>` writes it escaped for HTML, `<% x %>` runs code; null and undefined write nothing.
The functions are made here, so that a page needs neither a template library nor `eval`. Pure.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from buildassets.compiler.engines.protocol import Compiled, EngineInput, Templating
from buildassets.compiler.languages.edits import Edit
from buildassets.compiler.languages.javascript.lexer import Kind, tokens
from buildassets.compiler.languages.javascript.minify import token_starts
from buildassets.compiler.languages.javascript.scopes import read_script
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import encoded_map, map_of_pairs
from buildassets.compiler.languages.source_map.values import Origin
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate
from buildassets.foundation.media import Syntax

_HEAD: Final = """\
%s = function (obj) {
var __t, __p = "", __j = Array.prototype.join, print = function () { __p += __j.call(arguments, ""); };
var __s = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "`": "&#x60;"};
var __e = function (text) { return String(text).replace(/[&<>"'`]/g, function (sign) { return __s[sign]; }); };
with (obj || {}) {
"""
_TAIL: Final = "}\nreturn __p;\n};\n"
# Each with what stands around its code; the line end is for code that ends in a comment.
_TAGS: Final = (
    ("<%-", "__p += (__t = (", '\n)) == null ? "" : __e(__t);\n'),
    ("<%=", "__p += (__t = (", '\n)) == null ? "" : __t;\n'),
    ("<%", "", "\n"),
)


class _Piece(NamedTuple):
    """`code` of the function, and its `start` in the template, if it was copied from there."""

    code: str
    start: int = -1
    is_value: bool = False


def compile_template(given: EngineInput, templating: Templating | None = None) -> Compiled:
    """The script that registers the template `given` under its file's name; reports `jst/syntax`."""
    templating = templating or Templating()
    template = given.text.removeprefix("\ufeff")
    name = templating.stem(given.path[given.path.rfind("/") + 1 :])
    place = f"{_object(templating.namespace)}[{_literal(name)}]"
    if templating.function is not None:
        return Compiled(f"{place} = {templating.function}({_literal(template)});\n")
    pieces = [_Piece(_HEAD % place), *_pieces(template), _Piece(_TAIL)]
    script = "".join(piece.code for piece in pieces)
    faults = tuple(_faults(template, pieces, given.shown))
    if not given.wants_source_map or faults:
        return Compiled(script, diagnostics=faults)
    lines = Lines(template, Syntax.JAVASCRIPT)
    source_map = map_of_pairs(_alignment(script, pieces), Origin(given.path), lines)
    return Compiled(script, source_map=encoded_map(source_map, Lines(script, Syntax.JAVASCRIPT)))


def _object(namespace: str) -> str:
    """The JavaScript for the object of templates, created if missing; a name without dots is a global variable."""
    path = f"window.{namespace}" if namespace.isidentifier() else namespace
    return f"({path} = {path} || {{}})"


def _alignment(script: str, pieces: Sequence[_Piece]) -> Iterator[tuple[int, int]]:
    """The start of each token that comes from the template: in `script` and in the template."""
    starts = token_starts(script)
    position = 0
    for piece in pieces:
        end = position + len(piece.code)
        if piece.start >= 0:
            for start in starts[bisect_left(starts, position) : bisect_left(starts, end)]:
                yield start, start - position + piece.start
        position = end


def name_edit(script: str, name: str) -> Edit:
    """The edit that registers the template of `script`, compiled and perhaps minified, under another `name`."""
    before: tuple[str, str] = ("", "")
    dot = 0
    for kind, start, end in tokens(script):
        if before == (")", "[") and kind is Kind.STRING:  # behind the object of templates
            return Edit(start, end, _literal(name))
        if before == (")", ".") and kind is Kind.NAME:  # as esbuild writes it
            return Edit(dot, end, f"[{_literal(name)}]")
        if kind >= Kind.NAME:
            before, dot = (before[1], script[start:end]), start
    raise AssertionError("a script that names no template")


def _pieces(template: str) -> Iterator[_Piece]:
    position = 0
    while (start := template.find("<%", position)) >= 0:
        tag = _tag_at(template, start)
        if tag is None:
            break
        mark, before, after, end = tag
        yield from _written(template[position:start])
        yield _Piece(before)
        yield _Piece(template[start + len(mark) : end], start + len(mark), is_value=mark != "<%")
        yield _Piece(after)
        position = end + 2
    yield from _written(template[position:])


def _tag_at(template: str, start: int) -> tuple[str, str, str, int] | None:
    """The tag at `start` with the end of its code, which is not empty; None if no closed tag begins there."""
    for mark, before, after in _TAGS:
        if template.startswith(mark, start):
            end = template.find("%>", start + len(mark) + 1)
            if end >= 0:
                return mark, before, after, end
    return None


def _unclosed_tag(template: str) -> int | None:
    """The start of the first tag that is unclosed or that only the end of a later tag closes; None without one."""
    position = 0
    while (start := template.find("<%", position)) >= 0:
        tag = _tag_at(template, start)
        if tag is None:
            return start if len(template) > start + 2 and not template.startswith("%>", start + 2) else None
        mark, _, _, end = tag
        if template.find("<%", start + 2, end) >= 0 and _has_tag(template[start + len(mark) : end]):
            return start
        position = end + 2
    return None


def _has_tag(code: str) -> bool:
    """Whether a tag begins in `code`, not in a string of it: in a script no `%` follows a `<`."""
    previous = -1
    for kind, start, end in tokens(code):
        if kind is Kind.PUNCTUATOR and code.startswith("%", start) and start == previous:
            return True
        previous = end if code[start:end] == "<" else -1
    return False


def _written(text: str) -> Iterator[_Piece]:
    if text:
        yield _Piece(f"__p += {_literal(text)};\n")


def _literal(text: str) -> str:
    """A string literal with the line ends of Jammit, also for browsers that take U+2028 in one for a line end."""
    literal = json.dumps(text.replace("\r\n", "\n"), ensure_ascii=False)
    return literal.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _faults(template: str, pieces: Sequence[_Piece], shown: str) -> Iterator[Diagnostic]:
    """The errors for unbalanced syntax: a tag, the code in one value, or else all of the code."""
    if (start := _unclosed_tag(template)) is not None:
        mark = next(mark for mark, _, _ in _TAGS if template.startswith(mark, start))
        where = locate(shown, template, start, start + len(mark))
        yield error("jst/syntax", f"`{mark}` is never closed", where, hint="close it with `%>`")
        return
    for piece in pieces:
        if piece.is_value and (unclosed := read_script(piece.code).unclosed):
            yield _fault(unclosed[1], locate(shown, template, piece.start + unclosed[0][0]))
            return
    inner = pieces[1:-1]  # a bracket too many would close the function around them
    if unclosed := read_script("".join(piece.code for piece in inner)).unclosed:
        place, location = unclosed[0][0], Location(shown)
        for piece in inner:
            if piece.start >= 0 and 0 <= place < len(piece.code):
                location = locate(shown, template, piece.start + place)
            place -= len(piece.code)
        yield _fault(unclosed[1], location)


def _fault(what: str, location: Location) -> Diagnostic:
    return error("jst/syntax", f"{what} in the code of the template", location)
