"""Turns the messages of Dart Sass into diagnostics. Asks for a text only to show the line of a warning."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from buildassets.compiler.engines.failures import ELSEWHERE, sentence
from buildassets.compiler.engines.sass import imports as scss_imports
from buildassets.compiler.engines.sass.advice import IMPORT_LOOP, advice, with_name
from buildassets.compiler.engines.sass.embedded_protocol import EventKind, Failure, LogEvent, SourceSpan
from buildassets.compiler.engines.sass.survey import SpecialFile
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, looked_in, place, warning
from buildassets.foundation.frozen import frozen, replace
from buildassets.foundation.nearest import nearest
from buildassets.foundation.paths import from_url

_MOST_TRACES: Final = 8
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_FRAME: Final = re.compile(r"(.*?) (\d+):(\d+) {2,}[^\n]*")
_NAME: Final = re.compile(r"""["']([^"'\n]*)["']""")
_QUOTED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.DOTALL)
_UNREADABLE: Final = re.compile(
    r"Cannot (?:open|read|retrieve)\b|\w+ failed\b"
)  # Dart's wording for errors of the system
_ANNOUNCEMENT: Final = re.compile(r" Suggestions?:\Z")
_WRAPPED_FROM: Final = 60  # characters; Dart Sass wraps at 80
_BUILT_IN_MODULES: Final = ("color", "list", "map", "math", "meta", "selector", "string")


@frozen
class SheetFiles:
    """The sheet and the files that it reads, by path, with the names that a user would write for them.

    `text_of` gives the text of a file, which is empty if it cannot be read. `read` are the files that were read; empty
    until they are known. A deprecation in files that `is_of_others` hides none in the project's own.
    """

    path: str
    text_of: Callable[[str], str]
    shown: str
    shown_other: Callable[[str], str]
    load_paths: Sequence[str]
    read: Collection[str] = ()
    merged: scss_imports.Merged = ()
    is_of_others: Callable[[str], bool] = lambda _: False

    def path_of(self, url: str) -> str:
        """The path of a `file:` URL; any other URL unchanged."""
        if not url.startswith("file:"):
            return url
        path = from_url(url.removeprefix("file://"))
        has_drive = os.path.splitdrive(path.lstrip("/"))[0] != ""  # on Windows: `file:///C:/a.scss`
        return os.path.normpath(path.lstrip("/")) if has_drive else path

    def traced(self, name: str) -> str:
        """The path of the file with that `name` in a stack trace.

        The name is the path below `/`, or, for a file found by a load path, it may be the path below that.
        """
        tried = [os.path.normpath(os.path.join(folder, name.lstrip("/"))) for folder in ("/", *self.load_paths)]
        return next((path for path in tried if path in self.read), tried[0])

    def name_of(self, path: str) -> str:
        """The name that the user would write for `path`."""
        if path == self.path:
            return self.shown
        return self.shown_other(path) if os.path.isabs(path) else path

    def location(self, path: str, line: int, column: int, line_text: str, *, marked: str = "") -> Location:
        """A place from Dart's numbers, which count from 0 and in code units; `marked` is the text there."""
        length = max(1, len(_lines_of(marked)[0]))
        return place(self.name_of(path), line + 1, characters(line_text, column) + 1, line_text, length=length)

    def spanned(self, span: SourceSpan) -> Location:
        """The place of `span`."""
        return self.location(
            self.path_of(span.url), span.line, span.column, _lines_of(span.context)[0], marked=span.text
        )


Frame = tuple[str, int, int]  # path, line and column, both from 0


def _frames(files: SheetFiles, trace: str) -> list[Frame]:
    """The places in a stack trace, the innermost first."""
    frames = map(_FRAME.fullmatch, trace.split("\n"))
    return [(files.traced(frame[1]), int(frame[2]) - 1, int(frame[3]) - 1) for frame in frames if frame]


def _framed(files: SheetFiles, frame: Frame) -> Location:
    path, line, column = frame
    lines = _lines_of(files.text_of(path))
    return files.location(path, line, column, lines[line] if line < len(lines) else "")


def _reached_from(files: SheetFiles, frames: Iterable[Frame]) -> Iterator[str]:
    for frame in frames:
        location = _framed(files, frame)
        yield f"reached from `{location.file}:{location.line}:{location.column}`"


def warnings_in(files: SheetFiles, events: Iterable[LogEvent]) -> list[Diagnostic]:
    """The warnings in `events`; for each deprecation only the first, with a note if there are more.

    Those in third-party files are apart from those in the project's own.
    """
    warnings: dict[tuple[str, object], Diagnostic] = {}
    for event in events:
        if not event.deprecation:
            warnings.setdefault((event.message, event.trace), _warning(files, event))
            continue
        key = event.deprecation, files.is_of_others(_path(files, event))
        if key not in warnings:
            warnings[key] = _warning(files, event)
        elif ELSEWHERE not in warnings[key].notes:
            warnings[key] = replace(warnings[key], notes=(*warnings[key].notes, ELSEWHERE))
    return list(warnings.values())


def _path(files: SheetFiles, event: LogEvent) -> str:
    """The path of the file in which the reason for `event` is."""
    if event.span is not None:
        return files.path_of(event.span.url) or files.path
    frames = _frames(files, event.trace)
    return frames[0][0] if frames else files.path


def _warning(files: SheetFiles, event: LogEvent) -> Diagnostic:
    frames = _frames(files, event.trace)
    notes = list(_reached_from(files, frames[1 : 1 + _MOST_TRACES]))
    if event.span is not None:
        location = files.spanned(event.span)
    else:
        location = _framed(files, frames[0]) if frames else Location(files.shown)
    if event.kind is EventKind.WARNING and event.span is None:
        return warning("scss/warn", " ".join(event.message.split()), location, notes=notes)
    code = "scss/deprecated" if event.kind is EventKind.DEPRECATION else "scss/warn"
    message, more, hint = _parts(event.message)
    return warning(code, message, location, notes=[*more, *notes], hint=hint)


def _parts(text: str) -> tuple[str, list[str], str | None]:
    """The message, the notes and the hint in a `text` of Dart Sass."""
    first, *rest = _sentences(text) or ["Dart Sass gives no reason"]
    hints, notes = [], []
    awaits_code = _ANNOUNCEMENT.search(first) is not None
    for saying in rest:
        awaits_code = awaits_code and not saying.startswith("More info")
        if awaits_code:
            hints.append(f"`{saying}`")
        elif saying.startswith(("Recommendation: ", "Suggestion: ")):
            hints.append(_recommended(saying.partition(": ")[2]))
        elif saying.startswith(("Add ", "Use ")):
            advice, _, more = saying.partition(". ")
            hints.append(sentence(advice))
            notes += [sentence(more)] if more else []
        else:
            notes.append(saying if saying.startswith(("@", "$")) else saying[:1].lower() + saying[1:])
    message = _ANNOUNCEMENT.sub("", first)
    message = message.removesuffix(".") if message.startswith("Sass ") else sentence(message)
    hint = " or ".join(hints) or None
    return message, notes, f"use {hint}" if hint and hint.startswith("`") else hint


def _sentences(text: str) -> list[str]:
    """The lines of `text`, with wrapped lines joined, and lines that end in a colon joined with the code below."""
    sentences: list[str] = []
    before = ""
    for line in text.split("\n"):
        bare = line.strip()
        if sentences and line.startswith("    ") and sentences[-1].endswith(":"):
            sentences[-1] = f"{sentences[-1][:-1]} `{bare}`"
        elif sentences and len(before) > _WRAPPED_FROM and before[-1] not in ".:" and bare[:1].islower():
            sentences[-1] += f" {bare}"
        elif bare:
            sentences.append(bare)
        before = bare or before
    return sentences


def _recommended(advice: str) -> str:
    """The hint for what Dart Sass recommends, which is mostly code."""
    if advice.startswith("add "):
        return sentence(advice)
    return " or ".join(f"`{code}`" for code in advice.split(" or "))


def special_file(files: SheetFiles, special: SpecialFile) -> Diagnostic:
    """The error for a rule that loads what is not a file."""
    load = special.load
    location = locate(files.name_of(special.importer), files.text_of(special.importer), load.start, load.end)
    message = f"`{files.name_of(special.path)}` cannot be read: {special.reason}"
    return error("scss/unreadable", message, location)


def failure(files: SheetFiles, failed: Failure) -> Diagnostic:
    """The error for the message with which Dart Sass failed."""
    span = failed.span if failed.span and failed.span.url else None
    reached = list(_reached_from(files, _frames(files, failed.trace)[1 : 1 + _MOST_TRACES]))
    location = files.spanned(span) if span else Location(files.shown)
    if (span and span.text.startswith("@error")) or _QUOTED.fullmatch(failed.message):
        return error("scss/error", _unquoted(failed.message), location, notes=reached)
    if failed.message == "Invalid UTF-8.":
        return error("scss/unreadable", f"`{location.file}` is not UTF-8", location, notes=reached)
    if span and (not_loaded := _not_loaded(files, span, failed.message, reached)):
        return not_loaded
    message, notes, hint = _parts(failed.message)
    message = with_name(message, span.text) if span else message
    hint = hint or (_advice(files, span, failed.message) if span else None)
    return error("scss/syntax", message, location, notes=[*notes, *reached], hint=hint)


def _advice(files: SheetFiles, span: SourceSpan, message: str) -> str | None:
    path = files.path_of(span.url)
    text = files.text_of(path)
    lines = _lines_of(text)
    offset = sum(len(line) + 1 for line in lines[: span.line])
    offset += characters(lines[span.line], span.column) if span.line < len(lines) else 0
    known = (path, files.path, *files.read)
    return advice(message, span.text, text, offset, texts=lambda: map(files.text_of, dict.fromkeys(known)))


def _unquoted(message: str) -> str:
    """The user's text of an `@error`, without the quotes of a Sass string."""
    if _QUOTED.fullmatch(message):
        message = re.sub(r"\\a ?", "\n", re.sub(r"\\([^0-9a-f])", r"\1", message[1:-1]))
    return " ".join(message.split())


def _not_loaded(files: SheetFiles, span: SourceSpan, message: str, reached: Sequence[str]) -> Diagnostic | None:
    """The error for a file that cannot be loaded; None where `message` is about something else."""
    name, location = _loaded(files, span)
    if message.startswith("Can't find stylesheet to import"):
        importer = files.path_of(span.url)
        folders = scss_imports.resolve(name, importer, files.load_paths).folders
        looked = [] if ":" in name else [looked_in([files.name_of(folder) for folder in folders])]
        hint = _of_scheme(name) if ":" in name else scss_imports.instead(name, importer, folders, files.name_of)
        return error("scss/import", f"cannot find `{name}`", location, notes=[*looked, *reached], hint=hint)
    if message.startswith("It's not clear which file to import"):
        notes = [f"`{files.name_of(files.traced(line.strip()))}`" for line in message.split("\n")[1:]]
        message = f"`{name}` could be any of {len(notes)} files"
        return error("scss/import-ambiguous", message, location, notes=notes, hint="rename or delete all but one")
    if message.endswith("already being loaded."):
        return error("scss/import-loop", f"`{name}` loads itself", location, notes=reached, hint=IMPORT_LOOP)
    if _UNREADABLE.match(message):
        return error("scss/unreadable", f"`{name}` cannot be read", location, notes=reached)
    return None


def _loaded(files: SheetFiles, span: SourceSpan) -> tuple[str, Location]:
    """The name in a rule that loads a file, or the whole rule if that computes the name; and its place."""
    name = _NAME.search(span.text)
    if name is None or "\n" in span.text[: name.end()]:
        return span.text, files.spanned(span)
    column = span.column + name.start(1)
    return name[1], files.location(
        files.path_of(span.url), span.line, column, _lines_of(span.context)[0], marked=name[1]
    )


def _of_scheme(name: str) -> str | None:
    """The hint for a missing module, `sass:…`, or a missing package, `pkg:…`."""
    if name.startswith("pkg:"):
        return "install the package with npm in a folder above the sheet"
    near = nearest(name.removeprefix("sass:"), _BUILT_IN_MODULES) if name.startswith("sass:") else None
    return f"did you mean `sass:{near}`?" if near else None


def _lines_of(text: str) -> list[str]:
    """The lines of `text`, as editors and Dart count them."""
    return _LINE_END.split(text)


def characters(line: str, units: int) -> int:
    """The number of characters in the first `units` code units of `line`, as Dart counts columns."""
    return Lines(line).offset(0, units) or 0
