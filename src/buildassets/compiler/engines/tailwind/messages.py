"""Messages of Tailwind on stderr, as diagnostics with places in the sheets that the user edits."""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from buildassets.compiler.engines.tailwind.rules import rules
from buildassets.compiler.engines.tailwind.sheets import Piece, TailwindSheet, starts
from buildassets.foundation.diagnostics import Diagnostic, Location, error

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_FRAMED: Final = "│"
_KIND: Final = re.compile(r"(?:[A-Za-z]*(?:Error|Message)): ")
_PLACE: Final = re.compile(r"(?:[^\s:]|:(?!\d))*stdin\.css:(\d+):(\d+): ")
_FOLDER: Final = re.compile(r" in '[^']*'$")
_NAMED: Final = re.compile(r"[`'\"]([^`'\"]+)[`'\"]")
_APPLIED: Final = re.compile(r"@apply\b[^;{}]*")
_UNKNOWN: Final = "Cannot apply unknown utility class"
_UNRESOLVED: Final = "Can't resolve "
_MOST_NOTES: Final = 8
_LOST: Final = "babel.cjs"  # what the program lacks to translate a script that raises, or that it cannot parse


class TailwindFault(NamedTuple):
    """The message, the lines that follow, and the line and column in the whole text, from 1; 0 where it has none."""

    message: str
    notes: tuple[str, ...] = ()
    line: int = 0
    column: int = 0


def fault_in(output: str) -> TailwindFault | None:
    """The error in what Tailwind has written; None if there is none."""
    framed = (line for line in _COLOUR.sub("", output).split("\n") if line.startswith(_FRAMED))
    lines = [text for line in framed if (text := line.removeprefix(_FRAMED).strip())]
    if not lines:
        return None
    message = _KIND.sub("", lines[0], count=1) if _KIND.match(lines[0]) else lines[0]
    notes = tuple(lines[1:])[:_MOST_NOTES]
    if place := _PLACE.match(message):
        return TailwindFault(message[place.end() :], notes, int(place[1]), int(place[2]))
    return TailwindFault(message, notes)


def diagnostic(fault: TailwindFault, sheet: TailwindSheet) -> Diagnostic:
    """The error for `fault`, at its place; at the sheet itself where that is not known."""
    if _LOST in fault.message and (unloadable := _unloadable(sheet)):
        return unloadable
    message, _, rest = _FOLDER.sub("", fault.message).partition(". ")
    notes = (*([rest.rstrip(".")] if rest else []), *fault.notes)
    hint = None
    if message.startswith(_UNKNOWN):
        hint = "correct its name, or define it with `@utility` or in `@theme`"
    elif message.startswith(_UNRESOLVED):
        hint = "install the package in the project with npm, or correct the name"
        named = _NAMED.search(message.removeprefix(_UNRESOLVED))
        message = f"cannot find `{named[1]}`" if named else message
    where = _place(fault, sheet) or Location(next(iter(sheet.shown.values())))
    return error("tailwind/failed", _lowered(message).rstrip("."), where, notes=notes, hint=hint)


def _unloadable(sheet: TailwindSheet) -> Diagnostic | None:
    """The error for a script that cannot be loaded, of which Tailwind shows neither name nor fault."""
    for path, text in sheet.texts.items():
        for rule in rules(text):
            if rule.name in ("@plugin", "@config") and (rule.value or "").startswith((".", "/")):
                place = sheet.place(path, rule.value_start, rule.value_end)
                hint = "look for errors in it and in what it imports, and whether all of that is installed"
                return error("tailwind/failed", f"`{rule.value}` cannot be loaded", place, hint=hint)
    return None


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _place(fault: TailwindFault, sheet: TailwindSheet) -> Location | None:
    if fault.line:
        lines = sheet.whole.split("\n")
        offset = sum(len(line) + 1 for line in lines[: fault.line - 1]) + fault.column - 1
        return _at(sheet, offset, offset + 1)
    named = _NAMED.search(fault.message.removeprefix(_UNRESOLVED))
    return _first(sheet, named[1], is_applied=fault.message.startswith(_UNKNOWN)) if named else None


def _at(sheet: TailwindSheet, start: int, end: int) -> Location | None:
    """The place of a span of the whole text, if it is in a file."""
    number = bisect_right(starts(sheet.pieces), start) - 1
    while number >= 0 and not sheet.pieces[number].path:
        number -= 1
    if number < 0:
        return None
    piece = sheet.pieces[number]
    inside = min(start - starts(sheet.pieces)[number], max(len(piece.text) - 1, 0))
    return sheet.place(piece.path, piece.offset + inside, piece.offset + inside + end - start)


def _first(sheet: TailwindSheet, name: str, *, is_applied: bool) -> Location | None:
    """The first place at which `name` stands, after `@apply` if it `is_applied`."""
    for piece in sheet.pieces:
        for start, end in _spans(piece, is_applied=is_applied):
            found = re.compile(rf"(?<![-\w:]){re.escape(name)}(?![-\w:])").search(piece.text, start, end)
            if found and piece.path:
                return sheet.place(piece.path, piece.offset + found.start(), piece.offset + found.end())
    return None


def _spans(piece: Piece, *, is_applied: bool) -> list[tuple[int, int]]:
    return [match.span() for match in _APPLIED.finditer(piece.text)] if is_applied else [(0, len(piece.text))]
