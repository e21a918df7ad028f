"""Reads the answers of Dart Sass for one sheet. Imported while it works.

Takes a process and its request, gives the result of the engine, or raises DiedError or TimeoutError.
"""

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from buildassets.compiler.engines.failures import DiedError
from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.engines.sass import embedded_protocol as sass_protocol
from buildassets.compiler.engines.sass.dart_messages import SheetFiles, failure, special_file, warnings_in
from buildassets.compiler.engines.sass.dart_process import SassProcess, url_of
from buildassets.compiler.engines.sass.embedded_protocol import (
    CompileResponse,
    EventKind,
    FunctionCall,
    LogEvent,
    Search,
)
from buildassets.compiler.engines.sass.functions import AssetCalls
from buildassets.compiler.engines.sass.imports import IMPORT_ONLY, merged_paths, path_of, resolve
from buildassets.compiler.engines.sass.survey import SassSurvey
from buildassets.foundation.frozen import replace

_MOST_EVENTS: Final = 1000  # an endless loop can warn for ever


def events_and_response(
    process: SassProcess, limit_seconds: float, calls: AssetCalls, *, files: SheetFiles
) -> tuple[list[LogEvent], CompileResponse]:
    """The events of Dart Sass for the sheet that it compiles, and its response. Raises DiedError and TimeoutError."""
    events: list[LogEvent] = []
    deprecations: Counter[tuple[str, str]] = Counter()  # in each file; more than two of a kind change no report
    for answer in process.messages(limit_seconds, partial(_answer, calls, files)):
        if isinstance(answer, CompileResponse):
            return events, answer
        if answer.kind is EventKind.DEBUG or len(events) >= _MOST_EVENTS:
            continue
        if answer.deprecation and answer.span is not None:
            deprecations[kind := (answer.deprecation, answer.span.url)] += 1
            if deprecations[kind] > 2:
                continue
        events.append(answer)
    raise DiedError("no response")


def _answer(calls: AssetCalls, files: SheetFiles, call: FunctionCall | Search) -> bytes:
    if isinstance(call, Search):
        return sass_protocol.file_response(call, _merged_url(files, call))
    try:
        text, is_quoted = calls.value(call.name, call.text, call.kind)
    except ValueError as fault:
        return sass_protocol.call_refusal(call, str(fault))
    return sass_protocol.call_response(call, text, is_quoted=is_quoted)


def _merged_url(files: SheetFiles, search: Search) -> str:
    """The URL of what `search` asks for in the folders that are merged, as Sass would name it; empty if none has it."""
    name, importer = path_of(search.name), files.path_of(search.importer)
    for path in merged_paths(name, importer, files.merged) if name else ():
        if resolve(path, importer, (), endings=IMPORT_ONLY).found:
            return url_of(path)
    return ""


def compiled(files: SheetFiles, survey: SassSurvey, events: Sequence[LogEvent], response: CompileResponse) -> Compiled:
    """The result of a sheet, with every file that was read for it."""
    read = {files.path_of(url) for url in response.urls if url.startswith("file:")} - {files.path}
    files = replace(files, read=read)
    diagnostics = warnings_in(files, events)
    if response.failure is not None:
        diagnostics.append(failure(files, response.failure))
    return Compiled(
        text=response.css + "\n" if response.css else "",
        inputs=tuple(sorted(read)),
        absences=tuple(sorted(survey.absences((files.path, *read)))),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
        source_map=_source_map(files, response) if response.failure is None else None,
    )


def unreadable(files: SheetFiles, survey: SassSurvey) -> Compiled:
    """The result of a sheet that loads what is not a file."""
    diagnostics = [special_file(files, special) for special in survey.special]
    read = {*survey.texts, *(special.path for special in survey.special)} - {files.path}
    return Compiled(
        "",
        inputs=tuple(sorted(read)),
        absences=tuple(sorted(survey.absences(tuple(survey.texts)))),
        diagnostics=tuple(dict.fromkeys(diagnostics)),
    )


def _source_map(files: SheetFiles, response: CompileResponse) -> str:
    """The source map with absolute paths as `sources`."""
    document: Any = json.loads(response.source_map)
    sources = [files.path_of(url) for url in document["sources"]]
    source_map = {"version": 3, "sources": sources, "names": [], "mappings": document["mappings"]}
    return json.dumps(source_map, separators=(",", ":"))
