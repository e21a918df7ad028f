"""The type that an import asks for by its attributes: `import data from "./a.json" with { type: "json" }`. Pure."""

from typing import Final

from buildassets.compiler.languages.javascript.lexer import GAP
from buildassets.compiler.languages.javascript.references import STRING, unescaped
from buildassets.compiler.languages.reference import Reference, ReferenceKind
from buildassets.lazy_pattern import lazy_pattern

UNKNOWN: Final = "?"  # the attributes are computed

_ATTRIBUTES: Final = rf"\{{(?P<attributes>(?:{GAP}(?:{STRING}|[^{{}}\"'/]))*+){GAP}\}}"
_BEHIND: Final = lazy_pattern(rf"{GAP}with{GAP}{_ATTRIBUTES}")
_SECOND: Final = lazy_pattern(rf"{GAP},{GAP}\{{{GAP}(?:with|\"with\"|'with'){GAP}:{GAP}{_ATTRIBUTES}")
_OLD_BEHIND: Final = lazy_pattern(rf"{GAP}assert{GAP}{_ATTRIBUTES}")
_OLD_SECOND: Final = lazy_pattern(rf"{GAP},{GAP}\{{{GAP}(?:assert|\"assert\"|'assert'){GAP}:{GAP}{_ATTRIBUTES}")
_ALONE: Final = lazy_pattern(rf"{GAP}(?:,{GAP})?\)")
_TYPE: Final = lazy_pattern(rf"(?:\A|,){GAP}(?:type|\"type\"|'type'){GAP}:{GAP}(?P<type>{STRING})")


def import_type(text: str, reference: Reference) -> str:
    """The type that the import with the specifier `reference` names; empty where none, UNKNOWN where it is computed.

    `assert { type: "json" }`, of an earlier draft of the standard, names none: browsers refuse it.
    """
    behind = reference.end + 1  # the quote
    is_declaration = reference.kind is ReferenceKind.MODULE
    found = (_BEHIND if is_declaration else _SECOND).match(text, behind)
    if not found:
        return "" if is_declaration or _ALONE.match(text, behind) else UNKNOWN
    named = _TYPE.search(found["attributes"])
    if not named:
        return "" if is_declaration or not found["attributes"].strip() else UNKNOWN
    return unescaped(named["type"][1:-1]) or UNKNOWN


def has_old_word(text: str, reference: Reference) -> bool:
    """Whether the import has its attributes behind `assert`, the word of an earlier draft of the standard."""
    pattern = _OLD_BEHIND if reference.kind is ReferenceKind.MODULE else _OLD_SECOND
    return pattern.match(text, reference.end + 1) is not None
