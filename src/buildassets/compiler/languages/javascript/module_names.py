"""Which names a module imports and exports, read from the text that a compiler printed. Pure.

Compilers print each declaration at the start of a line, so patterns suffice: what looks like an export in a template's
text only makes more seem to be exported, and an import counts only where a reference stands, which a lexer found.
"""

from collections.abc import Iterator
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern

_NAME: Final = r"[\w$\x80-\U0010ffff]+"
_CLAUSES: Final = lazy_pattern(
    rf"""^(?P<word>import|export)[ \t]*(?:(?P<default>{_NAME})[ \t]*,?[ \t]*)?"""
    rf"""(?:(?P<star>\*)[ \t]*(?:as[ \t]+(?P<space>{_NAME}))?|\{{(?P<names>[^}}]*)\}})?[ \t]*from[ \t]*["'](?P<url>)""",
    8,  # re.MULTILINE, without importing it
)
_EXPORTS: Final = lazy_pattern(
    rf"""^export[ \t]+(?:(?P<default>default)\b|\{{(?P<names>[^}}]*)\}}|(?P<pattern>(?:const|let|var)[ \t]*[{{\[])"""
    rf"""|(?:const|let|var|class|(?:async[ \t]+)?function[ \t]*\*?)[ \t]*(?P<name>{_NAME}))""",
    8,
)
_IN_CLAUSE: Final = lazy_pattern(rf"""(?P<name>{_NAME}|"[^"]*")(?:\s+as\s+(?P<other>{_NAME}|"[^"]*"))?""")


@frozen
class NamedImport:
    """A name at `text[start:end]` that the module takes from another, whose specifier begins at `url`."""

    name: str
    start: int
    end: int
    url: int


@frozen
class Exports:
    """The names that a module exports; `stars` are the places of the specifiers whose modules it exports whole.

    Of one that `is_open` not all names are known.
    """

    names: frozenset[str]
    stars: tuple[int, ...] = ()
    is_open: bool = False


def named_imports(text: str) -> Iterator[NamedImport]:
    """The names that the module `text` takes from others, in text order."""
    for clause in _CLAUSES.finditer(text):
        if clause["word"] == "import" and clause["default"]:
            yield NamedImport("default", *clause.span("default"), clause.start("url"))
        for one in _IN_CLAUSE.finditer(text, *clause.span("names")) if clause["names"] else ():
            yield NamedImport(one["name"], *one.span("name"), clause.start("url"))


def exports_of(text: str) -> Exports:
    """The names that the module `text` exports."""
    names: set[str] = set()
    stars = []
    is_open = False
    for clause in _CLAUSES.finditer(text):
        if clause["word"] == "export" and clause["star"]:
            names.update([clause["space"]] if clause["space"] else ())
            stars += [] if clause["space"] else [clause.start("url")]
    for export in _EXPORTS.finditer(text):
        is_open |= export["pattern"] is not None
        names.update(filter(None, (export["default"], export["name"])))
        clause_names = _IN_CLAUSE.finditer(export["names"] or "")
        names.update(one["other"] or one["name"] for one in clause_names)
    return Exports(frozenset(names), tuple(stars), is_open)
