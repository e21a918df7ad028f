"""Where the user wrote what stands in a compiled, minified text, such as a reference.

Only what is at fault is asked for, so everything here is read and scanned again on demand.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from buildassets.compiler.lines import Lines
from buildassets.compiler.model import Compiled, Draft, Reference, SourceMap
from buildassets.compiler.patterns import lazy_pattern
from buildassets.compiler.references import scan
from buildassets.compiler.references.asset_url import scan_written
from buildassets.compiler.source_map import origin_at, read_map
from buildassets.compiler.text import decoded
from buildassets.diagnostics import Diagnostic, Location, locate, place
from buildassets.media import Syntax, media_of
from buildassets.paths import from_url, split_url
from buildassets.plain_files import plain

_LINE: Final = lazy_pattern(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")


def place_of(draft: Draft, index: int, shown: Callable[[str], str]) -> Location:
    """The place of the reference `draft.references[index]` in the file that the user edits.

    `shown` turns a path into the name a user would write. Minifying keeps the order of references, so the one with
    the same number in the text before it is the one that was written, or else the first that says the same.
    """
    text = written_text(draft)
    written = _references(draft, text)
    number = _matching(written, draft.references[index], index)
    if number is None:
        return Location(draft.source.shown)
    return place_in(draft, text, written[number].start, written[number].end, shown)


def written_text(draft: Draft) -> str:
    """The draft's text before it was minified: what was compiled, or else what the source holds."""
    return _read_text(draft.source.path) if draft.compiled is None else draft.compiled.text


def place_in(draft: Draft, text: str, start: int, end: int, shown: Callable[[str], str]) -> Location:
    """Where the user wrote what stands at `start:end` in `text`, the draft's `written_text`."""
    if draft.compiled is None:
        return locate(draft.source.shown, text, start, end)
    return _place_in_compiled(draft, draft.compiled, start, end, shown)


def as_written(draft: Draft, found: Diagnostic, shown: Callable[[str], str]) -> Diagnostic:
    """`found`, which tells of a place in the draft's `written_text`, at the place where the user wrote that."""
    if draft.compiled is None or found.location is None or not found.location.line:
        return found
    text, told = draft.compiled.text, found.location
    start = sum(len(line) for line in _LINE.findall(text)[: told.line - 1]) + told.column - 1
    return replace(found, location=place_in(draft, text, start, start + told.length, shown))


def writers_of(draft: Draft) -> tuple[str | None, ...]:
    """The file that wrote each of the draft's references; None where no source map tells.

    With Sass that is the partial, or the one that sets the variable whose whole value it is.
    """
    if draft.compiled is None or draft.compiled.source_map is None:
        return (None,) * len(draft.references)
    written = _references(draft, draft.compiled.text)
    origins = _origins(draft.compiled, [(one.start, one.end) for one in written])
    # A source may be no file, such as a `data:` URL.
    files = [origin[0] if origin and os.path.isabs(origin[0]) else None for origin in origins]
    found = (_matching(written, one, index) for index, one in enumerate(draft.references))
    return tuple(None if number is None else files[number] for number in found)


def _references(draft: Draft, text: str) -> list[Reference]:
    syntax = media_of(draft.source.logical).syntax
    assert syntax is not None
    return scan_written(text, draft.source.logical) if syntax is Syntax.JAVASCRIPT else scan(syntax, text)


def _matching(written: Sequence[Reference], reference: Reference, index: int) -> int | None:
    """Which of `written` became `reference`, which has the number `index` after minifying, if any did."""
    if index < len(written) and written[index].url == reference.url:
        return index
    # A minifier may have merged what was there twice.
    return next((number for number, one in enumerate(written) if one.url == reference.url), None)


def _origins(compiled: Compiled, spans: Sequence[tuple[int, int]]) -> list[tuple[str, int, int] | None]:
    """The (file, line, column) that wrote what stands in each of `spans` of the compiled text; see `origin_at`."""
    source_map = read_map(compiled.source_map or "", Lines(compiled.text)) or SourceMap()
    text_of = cache(_source_text)
    return [
        origin and _corrected(origin, compiled.text[start:end], compiled.inputs, text_of)
        for start, end in spans
        for origin in (origin_at(source_map, start),)
    ]


def _corrected(
    origin: tuple[str, int, int], raw: str, inputs: Sequence[str], text_of: Callable[[str], str]
) -> tuple[str, int, int]:
    """`origin` of `raw`, or where that stands in truth.

    Dart Sass leaves out the mapping of a value that stands in a line of the same number as what is mapped before it, be
    it in another file (its `SourceMapBuffer`). So where the declaration does not have the text, and one other file has
    it in that line, it was written there.
    """
    path, line, column = origin
    if _span_declared(text_of(path), line, column, raw) is not None:
        return origin
    found = []
    for other in inputs:
        text = text_of(other)
        lines = Lines(text)
        start = lines.offset(line, 0)
        span = None if start is None or other == path else _span_written(text, start, lines.end_of(line), raw)
        if span is not None:
            found.append((other, *lines.place(span[0])))
    return found[0] if len(found) == 1 else origin


def _span_declared(text: str, line: int, column: int, raw: str) -> tuple[int, int] | None:
    """Where `raw`, or what there is of it, stands in the declaration that begins there."""
    declared = Lines(text).offset(line, column)
    if declared is None:
        return None
    end = text.find(";", declared)
    return _span_written(text, declared, end if end >= 0 else len(text), raw)


def _span_written(text: str, start: int, end: int, raw: str) -> tuple[int, int] | None:
    """Where `raw`, or as much of it as Sass did not compute, stands in `text[start:end]`."""
    for form in _written_forms(raw):
        if found := re.compile(rf"(?<![\w-]){re.escape(form)}(?![\w-])").search(text, start, end):
            return found.span()
    return None


def _place_in_compiled(draft: Draft, compiled: Compiled, start: int, end: int, shown: Callable[[str], str]) -> Location:
    if compiled.source_map is None:
        return _place_of_copy(draft, compiled.text[start:end])
    (found,) = _origins(compiled, [(start, end)])
    if found is None:
        return Location(draft.source.shown)
    path, line, column = found
    text = _source_text(path)
    # The map knows the declaration; the text itself, or what there is of it, stands behind that place.
    if exact := _span_declared(text, line, column, compiled.text[start:end]):
        return locate(shown(path), text, *exact)
    declared = Lines(text).offset(line, column)
    return place(shown(path), line + 1, column + 1) if declared is None else locate(shown(path), text, declared)


def _written_forms(raw: str) -> Iterator[str]:
    """What may stand in a sheet for `raw` in the CSS, the best first: itself, or as much of it as Sass did not compute.

    `asset-url("img/a b.png")` becomes `/assets/img/a%20b.png`, `url("#{$fonts}/a.woff2")` perhaps `../fonts/a.woff2`.
    """
    yield raw
    path = split_url(raw)[0]
    while path:
        yield from dict.fromkeys((path, from_url(path)))
        path = path.partition("/")[2]


def _place_of_copy(draft: Draft, words: str) -> Location:
    """The place of `words` in the source, if they stand in it once; what was made of it keeps a URL as it was."""
    text = _read_text(draft.source.path)
    if not words or text.count(words) != 1:
        return Location(draft.source.shown)
    start = text.find(words)
    return locate(draft.source.shown, text, start, start + len(words))


def _source_text(path: str) -> str:
    """The text that the source map of an engine speaks of."""
    return _read_text(path).removeprefix("\ufeff")


def _read_text(path: str) -> str:
    return text_at(path) or ""


def text_at(path: str) -> str | None:
    """The text of the file at `path`, a byte order mark kept; None where it cannot be read or is no UTF-8."""
    try:
        with open(plain(path), "rb") as file:
            text = decoded(file.read(), path)
    except OSError:
        return None
    return None if isinstance(text, Diagnostic) else text
