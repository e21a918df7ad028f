"""Diagnostics, and their form in a terminal, in JSON and in CI annotations.

Takes places in texts, gives values and their renderings. Pure; standard library only.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final, Self

from buildassets.foundation.credentials import masked
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.lazy_pattern import lazy_pattern

_EXCERPT_WIDTH: Final = 120  # the characters shown of a source line; a minified file is one line of megabytes
_EXCERPT_LEAD: Final = 40  # the characters of an excerpt before the place
_NARROWEST_EXCERPT: Final = 10  # cells of a terminal
_NEARBY: Final = 10_000  # characters up to a place that are searched for line ends each time
_MOST_FOLDERS: Final = 5  # of those that a note names
_LONGEST_URL: Final = 2000  # characters before and after an excerpt that are searched for the rest of a URL
_ABSENT: Final = "no such file or directory"
_OF_WINDOWS: Final[dict[int, str]] = {  # by its own numbers
    2: _ABSENT,
    3: _ABSENT,
    5: "permission denied",
    32: "another program has it open",
    206: "file name too long",
}
COMMAND: Final = lazy_pattern(r"##(?=[a-z]*\[)")  # a command of GitHub's older form, Azure Pipelines or TeamCity


class Severity(Enum):
    """The severity of a diagnostic; an error makes the build fail."""

    ERROR = "error"
    WARNING = "warning"

    def __reduce_ex__(self, proto: object) -> tuple[type[Self], tuple[str]]:
        """The class and the value, as in other versions of Python: 3.11.0 to 3.11.3 have `getattr` in the pickle."""
        return type(self), (self.value,)

    def __setstate__(self, state: object) -> None:
        """Refuse: a pickle from another process must not change the members, which all of this process shares."""
        raise TypeError("it has no state")


@frozen
class Location:
    """A place in a file that the user edits.

    `file` is a path as the user wrote it; `line` and `column` count from 1, `column` and `length` in characters.
    `excerpt` is the line, or a window of a long one, and `excerpt_column` the place in it, from 1. Where only the file
    is known, `line` is 0 and there is no excerpt.
    """

    file: str
    line: int = 0
    column: int = 0
    length: int = 1
    excerpt: str = ""
    excerpt_column: int = 1


@frozen
class Diagnostic:
    """An error or a warning. `code` is `topic/what`; `message` is what is wrong, only `hint` is what to do.

    Where it is one for several places, `location` is the first, and `others` are the rest.
    """

    severity: Severity
    code: str
    message: str
    location: Location | None = None
    notes: tuple[str, ...] = ()
    hint: str | None = None
    others: tuple[Location, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether this makes the build fail."""
        return self.severity is Severity.ERROR


def error(
    code: str,
    message: str,
    location: Location | None = None,
    *,
    notes: Iterable[str] = (),
    hint: str | None = None,
) -> Diagnostic:
    """A diagnostic that makes the build fail."""
    return Diagnostic(Severity.ERROR, code, message=message, location=location, notes=tuple(notes), hint=hint)


def warning(
    code: str,
    message: str,
    location: Location | None = None,
    *,
    notes: Iterable[str] = (),
    hint: str | None = None,
) -> Diagnostic:
    """A diagnostic that does not make the build fail."""
    return Diagnostic(Severity.WARNING, code, message=message, location=location, notes=tuple(notes), hint=hint)


def locate(file: str, text: str, start: int, end: int | None = None) -> Location:
    """The place of `text[start:end]` in `file`; one character where `end` is None. A leading BOM is not counted.

    Lines end at LF, CR LF and CR, as editors count them. A span that crosses a line end is cut there.
    """
    start = min(start, len(text))
    if start == 0 and text.startswith("\ufeff"):
        start = 1
    if text[start - 1 : start + 1] == "\r\n":
        start -= 1
    number, line_start = _line_before(text, start)
    line_end = len(text) if (found := text.find("\n", start)) < 0 else found
    if (found := text.find("\r", start, line_end)) >= 0:
        line_end = found
    length = max(1, min(start + 1 if end is None else end, line_end) - start)
    if line_start == 0 and text.startswith("\ufeff"):
        line_start = 1
    column = start - line_start + 1
    window_start, window_end = _window(column, line_end - line_start)
    excerpt = _excerpt(text, line_start + window_start, line_start + window_end)
    return Location(
        file, number + 1, column=column, length=length, excerpt=excerpt, excerpt_column=column - window_start
    )


def _line_before(text: str, place: int) -> tuple[int, int]:
    """How many line ends are before `place`, and where the line of it begins; `place` is not within a CR LF."""
    if place > _NEARBY:
        starts = _line_starts(text)
        number = bisect_right(starts, place) - 1
        return number, starts[number]
    head = text[:place]  # most faults are few for a text, and stand in its head
    number = head.count("\n")
    if "\r" in head:
        number += head.count("\r") - head.count("\r\n")
    return number, max(head.rfind("\n"), head.rfind("\r")) + 1


@lru_cache(maxsize=2)
def _line_starts(text: str) -> list[int]:
    """Where each line begins. Kept for the last two texts, as one text may have thousands of faults."""
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    sizes = map(len, text.split("\n")[:-1])
    return [0, *accumulate(map((1).__add__, sizes))]


def _window(column: int, length: int) -> tuple[int, int]:
    """The begin and end of the part that is shown of a line of `length` characters, for a place at `column`."""
    if length <= _EXCERPT_WIDTH:
        return 0, length
    start = max(0, min(column - 1 - _EXCERPT_LEAD, length - _EXCERPT_WIDTH))
    return start, start + _EXCERPT_WIDTH


def place(file: str, line: int, column: int, line_text: str = "", length: int = 1) -> Location:
    """A location from a parser's line and column, both from 1, with the text of that line for the excerpt."""
    window = _window(column, len(line_text))
    return Location(
        file,
        line,
        column=column,
        length=length,
        excerpt=_excerpt(line_text, *window),
        excerpt_column=column - window[0],
    )


def _excerpt(text: str, start: int, end: int) -> str:
    """`text[start:end]` without credentials in URLs; these are hidden character by character, so that columns stay."""
    head, shown, tail = text[max(0, start - _LONGEST_URL) : start], text[start:end], text[end : end + _LONGEST_URL]
    if head and not head[-1].isspace():  # then what is shown may begin within a URL, none of which has a space in it
        head = head.split()[-1]
        return masked(f"{head}{shown}{_first_word(tail)}", in_place=True)[len(head) :][: len(shown)]
    return masked(shown + _first_word(tail), in_place=True)[: len(shown)]


def _first_word(text: str) -> str:
    """The part of `text` before the first space."""
    return text.split(maxsplit=1)[0] if text and not text[0].isspace() else ""


def render_text(diagnostic: Diagnostic, columns: int | None = None) -> str:
    """The diagnostic as text for a terminal, without colour and without a newline at the end.

    In a terminal of so many `columns`, the excerpt is cut around its place, so that it stays one line; other lines end
    between words.
    """
    head = f"{diagnostic.severity.value}[{diagnostic.code}]: {diagnostic.message}"
    lines = [*wrapped(head, columns), *_rendered_location(diagnostic.location, columns)]
    lines += [line for note in diagnostic.notes for line in wrapped(f"note: {note}", columns)]
    if diagnostic.hint is not None:
        lines += ["", *wrapped(f"hint: {diagnostic.hint}", columns)]
    return "\n".join(lines)


def wrapped(line: str, columns: int | None) -> list[str]:
    """`line`, made printable, as lines of a terminal of so many `columns`; words that are longer stay whole."""
    line = printable(line)
    if columns is None or cells(line) <= columns:
        return [line]
    indent = " " * (len(line) - len(line.lstrip(" ")))
    first, *words = line[len(indent) :].split(" ")
    lines = [indent + first]
    for word in words:
        if cells(f"{lines[-1]} {word}") > columns:
            lines.append(indent + word)
        else:
            lines[-1] += f" {word}"
    return lines


def _rendered_location(location: Location | None, columns: int | None) -> list[str]:
    if location is None:
        return []
    if location.line == 0:
        return [printable(f"  --> {location.file}")]
    place_line = printable(f"  --> {location.file}:{location.line}:{location.column}")
    if not location.excerpt:
        return [place_line]
    gutter = max(3, len(str(location.line)) + 1)
    margin = " " * gutter + "|"
    if columns is not None:
        location = _cut(location, len(margin) + 1, columns)
    cut = location.excerpt_column - 1
    indent = _below(location.excerpt[:cut], " ")
    carets = _below(location.excerpt[cut : cut + location.length], "^") or "^"
    return [
        place_line,
        margin,
        f"{location.line:<{gutter}}| {_tabbed(location.excerpt)}",
        f"{margin} {indent}{carets}",
    ]


def _cut(location: Location, margin: int, columns: int) -> Location:
    """`location` with as much of its excerpt as fits behind `margin` cells of a terminal, with its place in it.

    An ellipsis stands for what is left out. Where something is, a tab becomes a space: its width depends on what is
    before it. A place behind the end of the line needs a cell of its own.
    """
    columns -= location.excerpt_column > len(location.excerpt)
    if cells((" " * margin + _tabbed(location.excerpt)).expandtabs(8)) <= columns:
        return location
    text = location.excerpt.replace("\t", " ")
    mark = min(location.excerpt_column - 1, len(text))
    widths = [cells(printable(character)) for character in text]
    start, end = _fitting(widths, mark, location.length, max(columns - margin, _NARROWEST_EXCERPT))
    lead, trail = "…" if start else "", "…" if end < len(text) else ""
    excerpt = f"{lead}{text[start:end]}{trail}"
    length = max(1, min(location.length, end - mark))
    return replace(location, excerpt=excerpt, excerpt_column=mark - start + len(lead) + 1, length=length)


def _fitting(widths: Sequence[int], mark: int, length: int, room: int) -> tuple[int, int]:
    """The span of characters of these `widths` around those at `mark` that fits into `room` cells.

    Two cells are left for an ellipsis at each side. About as much is before the mark as behind it.
    """
    if sum(widths) <= room:
        return 0, len(widths)
    room -= 2
    start, before = mark, 0
    while start and before + widths[start - 1] <= (room - min(sum(widths[mark : mark + length]), room)) // 2:
        start -= 1
        before += widths[start]
    end, taken = start, 0
    while end < len(widths) and taken + widths[end] <= room:
        taken += widths[end]
        end += 1
    while end == len(widths) and start and taken + widths[start - 1] <= room:
        start -= 1
        taken += widths[start]
    return start, end


def _below(text: str, mark: str) -> str:
    """`mark`, repeated to the width of `text` in a terminal; tabs stay tabs, however wide they are."""
    return "".join("\t" if character == "\t" else mark * _cells(character) for character in _tabbed(text))


def _tabbed(excerpt: str) -> str:
    """`excerpt`, made printable; its tabs stay, so that carets below it are aligned as in an editor."""
    return "\t".join(map(printable, excerpt.split("\t"))) if "\t" in excerpt else printable(excerpt)


def cells(text: str) -> int:
    """The width of `text`, which holds no tab, in cells of a terminal."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    """The width of a character in cells of a terminal (Unicode Standard Annex 11)."""
    if character.isascii():
        return 1
    from unicodedata import category, east_asian_width

    if category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1


def printable(line: str) -> str:
    """`line`, made safe for a terminal or a log: no part of it can act as a command.

    Control characters, line breaks, marks of direction and lone surrogates become escapes, and so does the begin of a
    command for a CI service: `::error::`, `##[error]`, `##vso[…]`. Credentials in URLs are hidden.
    """
    line = masked(line)
    if not line.isprintable():
        line = "".join(
            character
            if character.isprintable() or character == "\u3000"
            else character.encode("unicode_escape").decode("ascii")
            for character in line
        )
    if "::" in line and line.lstrip().startswith("::"):
        line = line.replace(":", r"\x3a", 1)
    return COMMAND.sub(r"\\x23#", line) if "##" in line else line


def to_json(diagnostic: Diagnostic) -> Mapping[str, Any]:
    """The diagnostic as a JSON object; `location` is null where no place is known. Credentials in URLs are hidden.

    One for several places has the rest of them in `others`.
    """
    location = diagnostic.location
    return {
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "message": masked(diagnostic.message),
        "location": None if location is None else location_to_json(location),
        "notes": list(map(masked, diagnostic.notes)),
        "hint": diagnostic.hint and masked(diagnostic.hint),
        **({"others": list(map(location_to_json, diagnostic.others))} if diagnostic.others else {}),
    }


def location_to_json(location: Location) -> Mapping[str, Any]:
    return {
        "file": masked(location.file),
        "line": location.line,
        "column": location.column,
        "length": location.length,
        "excerpt": location.excerpt,
        "excerpt_column": location.excerpt_column,
    }


def from_json(document: Mapping[str, Any]) -> Diagnostic:
    """The diagnostic that `to_json`, or `asdict`, gave. Raises KeyError, TypeError and ValueError where it is none."""
    location = Location(**document["location"]) if document["location"] else None
    others = tuple(Location(**place) for place in document.get("others", ()))
    severity, notes = Severity(document["severity"]), tuple(document["notes"])
    return Diagnostic(
        severity,
        document["code"],
        message=document["message"],
        location=location,
        notes=notes,
        hint=document["hint"],
        others=others,
    )


def render_annotation(diagnostic: Diagnostic, form: str = "github") -> str:
    """The diagnostic as a command for a CI service, which shows it next to the line: `::error file=…,line=…::…`.

    For Azure Pipelines it is `##vso[task.logissue type=error;sourcepath=…;linenumber=…]…`.
    """
    parts = [diagnostic.message, *diagnostic.notes, *([f"hint: {diagnostic.hint}"] if diagnostic.hint else [])]
    text = "\n".join(map(printable, parts))
    return _azure_issue(diagnostic, text) if form == "azure" else _workflow_command(diagnostic, text)


def _azure_issue(diagnostic: Diagnostic, text: str) -> str:
    location = diagnostic.location
    properties = {"type": diagnostic.severity.value, "code": printable(diagnostic.code)}
    if location is not None:
        properties["sourcepath"] = masked(location.file)
        if location.line:
            properties |= {"linenumber": str(location.line), "columnnumber": str(location.column)}
    listed = ";".join(f"{name}={_for_azure(value)}" for name, value in properties.items())
    return f"##vso[task.logissue {listed}]{_for_azure(text)}"


def _for_azure(text: str) -> str:
    """`text`, escaped for the properties and messages of Azure's commands."""
    text = text.replace("%", "%AZP25")
    for character in "\r\n;]":
        text = text.replace(character, f"%{ord(character):02X}")
    return printable(text)


def _workflow_command(diagnostic: Diagnostic, text: str) -> str:
    """The diagnostic as a command for GitHub Actions."""
    location = diagnostic.location
    properties = {"title": printable(diagnostic.code)}
    if location is not None:
        properties["file"] = masked(location.file)  # before its colons are escaped
        if location.line:
            properties |= {"line": str(location.line), "col": str(location.column)}
            properties["endColumn"] = str(location.column + location.length)
    listed = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in sorted(properties.items()))
    return f"::{diagnostic.severity.value} {listed}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    """`text`, escaped for the values of a workflow command, which GitHub decodes: line breaks of a file name return."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return printable(text)


def sort_key(diagnostic: Diagnostic) -> tuple[object, ...]:
    """The key to sort diagnostics by: file, then place, then code, then the rest of what is shown."""
    location = diagnostic.location or Location("")
    where = (location.file, location.line, location.column)
    return (
        *where,
        diagnostic.code,
        diagnostic.message,
        diagnostic.notes,
        diagnostic.hint or "",
        diagnostic.severity.value,
    )


def looked_in(folders: Sequence[str]) -> str:
    """The note on where something was looked for: at most five of `folders`, as a project may have hundreds."""
    named = [f"`{folder}/`" for folder in folders[:_MOST_FOLDERS]]
    more = len(folders) - len(named)
    *first, last = [*named, f"{more} more"] if more else named
    return f"looked in {', '.join(first)}{' and ' if first else ''}{last}"


def reason_text(fault: OSError) -> str:
    """The operating system's reason in the form of our messages, as `permission denied`.

    Windows gives its own reasons in the language of the user; the usual ones have the words of other systems here.
    """
    of_windows = _OF_WINDOWS.get(getattr(fault, "winerror", None) or 0)
    return of_windows or (fault.strerror or "unknown error").lower()
