"""The child program that calls libsass: takes requests from a connection, gives results, and may crash.

It is started with its end of the connection. libsass prints warnings to file descriptor 2, which is a file here and is
read back after each sheet.

libsass gets a number for every file (`/7.scss`) in place of its name: numbers can be read back from messages, traces
and source maps, whatever characters a name contains. The diagnostics of a result contain `named(path)` for a file; the
parent replaces that by the name that the user would write.
"""

import faulthandler
import json
import os
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from socket import socket
from typing import Any, Final

from buildassets.compiler.engines.failures import sentence
from buildassets.compiler.engines.process.object_stream import ObjectStream
from buildassets.compiler.engines.protocol import Compiled, EngineInput
from buildassets.compiler.engines.sass import imports as scss_imports
from buildassets.compiler.engines.sass import libsass_faults as scss_syntax
from buildassets.compiler.engines.sass.advice import IMPORT_LOOP, advice
from buildassets.compiler.engines.sass.functions import FUNCTIONS, PARAMETER, AssetCalls
from buildassets.compiler.engines.sass.libsass_messages import (
    DART_SASS,
    LibsassMessage,
    Place,
    error_message,
    is_beyond_libsass,
    warning_messages,
)
from buildassets.compiler.engines.sass.libsass_texts import RecentTexts
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.mappings import decoded_mappings, encoded_mappings
from buildassets.compiler.languages.source_map.maps import origin_at, read_map
from buildassets.compiler.languages.source_map.values import SourceMap
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate, looked_in, place, warning

_MAX_TRACES: Final = 8
_MAX_WARNINGS_BYTES: Final = 1 << 20
_MAP_COMMENT: Final = "/*# sourceMappingURL=data:application/json;base64,"
_UNQUOTED_NAME: Final = re.compile(r"^(no mixin named )([\w-]+)$")
_PLAIN_IMPORT: Final = re.compile(r"(?:[\w+.-]+:)?//|.*\.css\Z", re.DOTALL)


def named(path: str) -> str:
    """`path` marked for the parent, which replaces it by the name that the user would write."""
    return f"\0{path}\0"


def normalised(text: str) -> str:
    """`text` without a BOM and with LF line ends: libsass ends lines and `//` comments at LF only, and stops at NUL."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


class LibsassFiles:
    """The files of one compilation, under the numbers by which libsass knows them; 0 is the sheet itself."""

    def __init__(
        self,
        given: EngineInput,
        load_paths: Sequence[str],
        merged: scss_imports.Merged,
        folders: ExitStack,
        *,
        recent: RecentTexts,
    ) -> None:
        self.paths = [given.path]
        self.texts = [recent.of(normalised(given.text))]
        self._recent = recent
        self._listings = scss_imports.Listings()
        self.unreadable: set[str] = set()
        self.absences: set[str] = set()
        self.faults: list[Diagnostic] = []
        self._load_paths = load_paths
        self._merged = merged
        self._folders = folders
        self._folder = ""
        self._open = [0]  # the files being parsed, each imported by the one before

    def import_file(self, name: str, importer_key: str) -> list[tuple[str, ...]] | None:
        """The answer to an `@import`: the files for libsass to read; None leaves it a plain CSS import."""
        importer = _number(importer_key)
        del self._open[self._open.index(importer) + 1 :]
        path, text = self.paths[importer], self.texts[importer]
        rule = text.import_rule(name, indented=path.endswith(".sass"))
        if _PLAIN_IMPORT.match(name) or (rule is not None and rule.has_conditions):
            return None

        def location() -> Location:  # only a fault needs it
            return locate(named(path), text.text, rule.start, rule.end) if rule else Location(named(path))

        resolution = scss_imports.resolve(name, path, self._load_paths, self._listings, merged=self._merged)
        self.absences.update(resolution.absences)
        number = self._numbered(name, importer, location, resolution)
        if number is None:
            # A faulty import counts as an empty sheet, so that the faults of the others are found, too.
            return [("/0.scss", "")]
        self._open.append(number)
        if self.paths[number].endswith(".sass"):
            return [(self._indented_copy(number),)]
        return [(f"/{number}.scss", self.texts[number].text)]

    def _numbered(
        self, name: str, importer: int, location: Callable[[], Location], resolution: scss_imports.ImportResolution
    ) -> int | None:
        if len(resolution.found) != 1:
            self.faults.append(_not_one(name, self.paths[importer], location(), resolution))
            return None
        path = resolution.found[0]
        number = self.paths.index(path) if path in self.paths else self._read(path, location)
        if number in self._open:
            loop = " → ".join(f"`{named(self.paths[each])}`" for each in (*self._open, number))
            message = f"`{name}` imports itself"
            self.faults.append(error("scss/import-loop", message, location(), notes=[loop], hint=IMPORT_LOOP))
            return None
        return number

    def _read(self, path: str, location: Callable[[], Location]) -> int | None:
        try:
            text = normalised(scss_imports.read(path))
        except ValueError as fault:
            self.unreadable.add(path)
            self.faults.append(error("scss/unreadable", f"`{named(path)}` {fault}", location()))
            return None
        self.paths.append(path)
        self.texts.append(self._recent.of(text))
        return len(self.paths) - 1

    def _indented_copy(self, number: int) -> str:
        """The path of a copy in the indented syntax, which libsass converts only in files that it reads itself."""
        if not self._folder:
            from tempfile import TemporaryDirectory  # 4 ms, for which Sass would begin later

            self._folder = self._folders.enter_context(TemporaryDirectory(prefix="buildassets-"))
        path = os.path.join(self._folder, f"{number}.sass")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(self.texts[number].text)
        return path

    def location(self, spot: Place, length: int = 0) -> Location:
        """The location of a place that libsass names; `length` 0 marks the word there."""
        number, line, column = spot
        lines = self.texts[number].text.split("\n")
        file = named(self.paths[number])
        if not 0 < line <= len(lines):
            return Location(file)
        text = lines[line - 1]
        column = min(column, len(text) + 1) or len(text) - len(text.lstrip()) + 1
        word = re.compile(r"[@$%#.&]?[\w-]*").match(text, column - 1)
        return place(file, line, column, text, length=length or max(1, len(word[0]) if word else 1))


def _number(key: str) -> int:
    name = key.rpartition("/")[2].partition(".")[0]
    return 0 if name == "stdin" else int(name)


def _not_one(name: str, importer: str, location: Location, resolution: scss_imports.ImportResolution) -> Diagnostic:
    """The error for an `@import` that matches no file, or several."""
    if resolution.found:
        notes = [f"`{named(path)}`" for path in resolution.found]
        return error(
            "scss/import-ambiguous",
            f"`{name}` could be any of {len(notes)} files",
            location,
            notes=notes,
            hint="rename or delete all but one",
        )
    looked = looked_in([*map(named, resolution.folders)])
    hint = DART_SASS if name.startswith("sass:") else scss_imports.instead(name, importer, resolution.folders, named)
    return error("scss/import", f"cannot find `{name}`", location, notes=[looked], hint=hint)


def compile_sheet(
    given: EngineInput,
    load_paths: Sequence[str],
    merged: scss_imports.Merged,
    url_prefix: str,
    *,
    digits: int,
    recent: RecentTexts,
) -> Compiled:
    """libsass's result for `given`, with diagnostics.

    `url_prefix` is the prefix of URLs that name assets, `digits` the number of those behind a point.
    """
    try:
        import sass
    except ImportError as fault:
        return Compiled("", diagnostics=(_unloadable(given, fault),))
    os.ftruncate(2, 0)
    os.lseek(2, 0, os.SEEK_SET)
    written, refusal = "", None
    calls = AssetCalls(url_prefix)
    with ExitStack() as folders:
        sheet = LibsassFiles(given, load_paths, merged, folders, recent=recent)
        try:
            written = sass.compile(  # type: ignore[no-untyped-call]  # the package has no types
                string=(sheet.texts[0].text or "\n").encode("utf-8", "replace"),  # libsass refuses an empty sheet
                indented=given.path.endswith(".sass"),
                output_style="expanded",
                precision=digits,
                importers=[(0, sheet.import_file)],
                custom_functions=_functions(calls),
                source_map_embed=True,
                omit_source_map_url=False,
            )
        except sass.CompileError as fault:
            refusal = error_message(str(fault))
    return _result(sheet, written, refusal, calls)


def _unloadable(given: EngineInput, fault: ImportError) -> Diagnostic:
    location, notes = Location(named(given.path)), [sentence(str(fault))]
    hint = f'run `pip install "buildassets[libsass]"`, or {DART_SASS}'
    return error("scss/unavailable", "libsass cannot be loaded", location, notes=notes, hint=hint)


def _functions(calls: AssetCalls) -> list[Any]:
    """The functions for assets, as libsass takes them."""
    import sass

    def value(name: str, given: object) -> object:
        try:
            # libsass accepts no string in quotes. One without can be joined with others all the same.
            return calls.value(name, given if isinstance(given, str) else None, _kind(given))[0]
        except ValueError as fault:
            return sass.SassError(str(fault))  # type: ignore[no-untyped-call]  # the package has no types

    # libsass would report no place for a missing argument.
    parameters = (f"{PARAMETER}: null",)
    return [sass.SassFunction(name, parameters, partial(value, name)) for name in FUNCTIONS]  # type: ignore[no-untyped-call]  # the package has no types


def _kind(given: object) -> str:
    if given is None:
        return "null"
    name = type(given).__name__.removeprefix("Sass").lower()
    return "a boolean" if name == "bool" else f"a {name}"


def _result(sheet: LibsassFiles, written: str, refusal: LibsassMessage | None, calls: AssetCalls) -> Compiled:
    text, source_map = _text_and_map(sheet, written)
    os.lseek(2, 0, os.SEEK_SET)
    warnings = warning_messages(os.read(2, _MAX_WARNINGS_BYTES).decode("utf-8", "replace").replace("\r\n", "\n"))
    diagnostics = [*sheet.faults, *_unsupported(sheet), *(_diagnosed(sheet, each) for each in warnings)]
    # An error of libsass after a missing import or an unknown rule may only follow from that.
    if not any(diagnostic.is_error for diagnostic in diagnostics):
        diagnostics += _left_over(sheet, text, source_map) if refusal is None else [_refused(sheet, refusal)]
    return Compiled(
        text=text,
        inputs=tuple(sorted({*sheet.paths[1:], *sheet.unreadable})),
        absences=tuple(sorted(sheet.absences)),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        source_map=source_map or None,
        asset_urls=tuple(sorted(calls.urls)),
    )


def _text_and_map(sheet: LibsassFiles, written: str) -> tuple[str, str]:
    """The CSS without the map that libsass embeds at its end, and that map, with paths as `sources`."""
    css, comment, encoded = written.rpartition(_MAP_COMMENT)
    if not comment:
        return written, ""
    document: Any = json.loads(b64decode(encoded.partition(" ")[0]))
    numbers = [_number(source) for source in document["sources"]]
    mappings = _in_code_units(document["mappings"], css, [sheet.texts[number].text for number in numbers])
    sources = [sheet.paths[number] for number in numbers]
    source_map = {"version": 3, "sources": sources, "names": [], "mappings": mappings}
    return _terminated(css.rstrip("\n")), json.dumps(source_map, separators=(",", ":"))


def _in_code_units(mappings: str, css: str, sources: Sequence[str]) -> str:
    """libsass's `mappings`, whose columns count characters, with columns in UTF-16 code units."""
    if all(text.isascii() or max(text) <= "\uffff" for text in (css, *sources)):
        return mappings
    css_lines, source_lines = Lines(css), [Lines(text) for text in sources]
    return encoded_mappings(
        (line, css_lines.units(line, column), source, there, source_lines[source].units(there, there_column), name)
        for line, column, source, there, there_column, name in decoded_mappings(mappings)
    )


def _terminated(css: str) -> str:
    """`css` with the `;` that libsass drops behind a last `@layer x`, and a line end."""
    if css.endswith("}"):
        return css + "\n"
    end = len(scss_syntax.blanked(css, line_comments=False).rstrip())
    if end and css[end - 1] not in "};/":
        css = css[:end] + ";" + css[end:]
    return css + "\n" if css else ""


def _unsupported(sheet: LibsassFiles) -> Iterator[Diagnostic]:
    for path, text in zip(sheet.paths, sheet.texts, strict=True):
        for finding in text.silently_wrong:
            location = locate(named(path), text.text, finding.start, finding.end)
            yield error("scss/unsupported", finding.message, location, hint=finding.hint)


def _left_over(sheet: LibsassFiles, css: str, source_map: str) -> Iterator[Diagnostic]:
    functions = {name for text in sheet.texts for name in text.functions}
    findings = scss_syntax.left_over(scss_syntax.blanked(css, line_comments=False), functions)
    read = (read_map(source_map, Lines(css)) if findings else None) or SourceMap()
    for finding in findings:
        written = origin_at(read, finding.start)
        if written is None:
            location = Location(named(sheet.paths[0]))
        else:
            location = _exact(sheet, written, css[finding.start : finding.end])
        yield error("scss/unsupported", finding.message, location, hint=finding.hint)


def _exact(sheet: LibsassFiles, written: tuple[str, int, int], words: str) -> Location:
    """The place of `words` in the statement that begins at the place in the source map."""
    path, line, column = written
    number = sheet.paths.index(path)
    text = sheet.texts[number].text
    lines = Lines(text)
    start = lines.offset(line, column) or 0
    begin = text.find(words, start)
    if begin < 0 or ";" in text[start:begin]:
        return sheet.location((number, line + 1, start - lines.start_of(line) + 1))
    return locate(named(path), text, begin, begin + len(words))


def _diagnosed(sheet: LibsassFiles, reported: LibsassMessage) -> Diagnostic:
    """The diagnostic for a warning of libsass or of an `@warn`."""
    location = sheet.location(reported.places[0]) if reported.places else Location(named(sheet.paths[0]))
    if reported.by_user:
        return warning("scss/warn", " ".join(reported.lines), location, notes=_traces(sheet, reported))
    message = sentence(reported.lines[0]) if reported.lines else "libsass warns"
    if message.startswith("passing a percentage as the alpha value"):
        return error("scss/unsupported", "libsass takes an alpha of `%` for opaque", location, hint=DART_SASS)
    return warning("scss/deprecated", " ".join((message, *reported.lines[1:])).removesuffix("."), location)


def _refused(sheet: LibsassFiles, reported: LibsassMessage) -> Diagnostic:
    """The error for the message with which libsass failed."""
    message = reported.lines[0] if reported.lines else "libsass gives no reason"
    location = sheet.location(reported.places[0]) if reported.places else _incompatible_units(sheet, message)
    if location.excerpt[location.excerpt_column - 1 :].startswith("@error"):
        return error("scss/error", " ".join(reported.lines), location, notes=_traces(sheet, reported))
    hint = f"libsass does not know all of today's CSS; {DART_SASS}" if is_beyond_libsass(message) else None
    notes = [sentence(line) for line in reported.lines[1:]]
    if notes and notes[0].startswith("use `@extend"):
        hint = notes.pop(0)
    hint = hint or _advice(sheet, reported, message)
    message = _UNQUOTED_NAME.sub(r"\1`\2`", sentence(message))
    return error("scss/syntax", message, location, notes=[*notes, *_traces(sheet, reported)], hint=hint)


def _advice(sheet: LibsassFiles, reported: LibsassMessage, message: str) -> str | None:
    if not reported.places:
        return None
    number, line, column = reported.places[0]
    text = sheet.texts[number].text
    before = text.split("\n")[: line - 1]
    offset = sum(len(each) + 1 for each in before) + max(column - 1, 0)
    return advice(
        message, text[offset:].partition("\n")[0], text, offset, texts=lambda: [one.text for one in sheet.texts]
    )


def _traces(sheet: LibsassFiles, reported: LibsassMessage) -> list[str]:
    return [
        f"reached from `{named(sheet.paths[number])}:{line}:{column}`"
        for number, line, column in reported.places[1 : 1 + _MAX_TRACES]
        if (number, line, column) != reported.places[0]
    ]


def _incompatible_units(sheet: LibsassFiles, message: str) -> Location:
    """The place of the first `min()` or `max()` with incompatible units, for which libsass reports none."""
    units = re.findall(r"'([^']+)'", message)
    for path, text in zip(sheet.paths, sheet.texts, strict=True):
        for call in re.finditer(r"\b(?:min|max)\([^;{}]*", text.blank):
            if units and all(re.search(rf"\d{re.escape(unit)}", call[0]) for unit in units):
                return locate(named(path), text.text, call.start(), call.start() + 3)
    return Location(named(sheet.paths[0]))


def main(end: socket) -> None:
    """Answer requests, which hold the arguments of `compile_sheet` and a limit, until the other end is closed.

    What takes longer than the limit ends the process.
    """
    connection = ObjectStream(end)
    recent = RecentTexts()
    while True:
        try:
            text, path, shown, load_paths, merged, url_prefix, digits, limit_seconds = connection.receive()
        except EOFError:
            return
        # A sheet may have no end, and who started this may be killed before its own limit is reached.
        faulthandler.dump_traceback_later(
            limit_seconds, exit=True
        )  # works even while libsass holds the interpreter's lock
        compiled = compile_sheet(
            EngineInput(text, path, shown), load_paths, merged, url_prefix, digits=digits, recent=recent
        )
        faulthandler.cancel_dump_traceback_later()
        with suppress(ConnectionError):  # the parent is gone, and `receive` reports that next
            connection.send(compiled)
