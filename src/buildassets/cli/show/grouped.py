"""Groups diagnostics for a person: names of one missing asset are one fault, deprecations in packages one line."""

from collections.abc import Iterable, Sequence
from typing import Final

from buildassets.foundation.diagnostics import Diagnostic, Location, warning
from buildassets.foundation.frozen import replace

_DEPRECATED: Final = "scss/package-deprecated"
_MISSING: Final = "reference/missing"
_BY_TARGET: Final = (_MISSING, "template/missing")
_NOT_RUN: Final = "config/not-run"  # one for each file that a tool of the project would compile
_LOOKED_FOR: Final = (
    "looked in ",
    "a reference cannot leave ",
)  # not where the file was left out: an error in any case
_MOST_NAMED: Final = 5


def grouped(diagnostics: Iterable[Diagnostic], *, lists_all: bool = False) -> list[Diagnostic]:
    """`diagnostics` with one in place of all references to the same missing asset, at the place of the first.

    References of templates are apart from those of assets. Files that need the same program, which may not run, are one
    as well. If it `lists_all`, a note has all other places of each.

    Deprecations of Sass in packages, which the user cannot fix, are one of a single line.
    """
    groups: dict[object, list[Diagnostic]] = {}
    for number, one in enumerate(in_lines(diagnostics)):
        key = (one.severity, one.message) if one.code in (*_BY_TARGET, _NOT_RUN) else number
        groups.setdefault(key, []).append(one)
    together = [_together(several, lists_all=lists_all) for several in groups.values()]
    return list(map(_with_others, together)) if lists_all else together


def in_lines(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """`diagnostics` with one in place of all deprecations of Sass in packages."""
    found = list(diagnostics)
    deprecations = [one for one in found if one.code == _DEPRECATED]
    others = [one for one in found if one.code != _DEPRECATED]
    return [_counted(deprecations), *others] if deprecations else found


def error_count(diagnostics: Iterable[Diagnostic]) -> int:
    """How many errors a person sees."""
    return sum(one.is_error for one in grouped(diagnostics))


def way_around_missing(diagnostics: Iterable[Diagnostic]) -> str:
    """A clause on the setting that makes warnings of references to missing assets; empty unless of several errors."""
    errors = [one for one in grouped(diagnostics) if one.is_error]
    count = sum(one.code == _MISSING and any(map(_is_of_search, one.notes)) for one in errors)
    what = "missing references" if count == len(errors) else f"{count} of the errors"
    return f'; `missing = "warn"` makes {what} warnings' if count > 1 else ""


def _is_of_search(note: str) -> bool:
    return note.startswith(_LOOKED_FOR)


def _counted(deprecations: Sequence[Diagnostic]) -> Diagnostic:
    """One line for `deprecations` in packages."""
    count, where = len(deprecations), deprecations[0].location
    deprecated = "1 deprecation" if count == 1 else f"{count} deprecations"
    example = f", as in {_shown(where)}" if where else ""
    others = tuple(one.location for one in deprecations[1:] if one.location)
    return replace(warning(_DEPRECATED, f"{deprecated} in Sass sheets of packages{example}"), others=others)


def _together(several: Sequence[Diagnostic], *, lists_all: bool) -> Diagnostic:
    first, *more = several
    places = [_shown(one.location) for one in more if one.location]
    if not places:
        return first
    most = len(places) if lists_all else _MOST_NAMED
    rest = f" and {len(places) - most} more" if len(places) > most else ""
    also = "needed for" if first.code == _NOT_RUN else "referred to from"
    note = f"also {also} {', '.join(places[:most])}{rest}"
    return replace(first, notes=(*first.notes, note))


def _with_others(one: Diagnostic) -> Diagnostic:
    note = f"also {', '.join(map(_shown, one.others))}"
    return replace(one, notes=(*one.notes, note)) if one.others else one


def _shown(location: Location) -> str:
    return f"`{location.file}:{location.line}:{location.column}`" if location.line else f"`{location.file}`"
