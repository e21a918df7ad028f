"""Where the user wrote what stands in a compiled, minified text, such as a reference.

Only what is at fault is asked for, so everything here is read and scanned again on demand.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from buildassets.compiler.lines import Lines
from buildassets.compiler.model import Compiled, Draft, Reference, SourceMap
from buildassets.compiler.references import scan
from buildassets.compiler.references.asset_url import scan_written
from buildassets.compiler.source_map import origin_at, read_map
from buildassets.compiler.text import decoded
from buildassets.diagnostics import Diagnostic, Location, locate, place
from buildassets.media import Syntax, media_of
from buildassets.paths import from_url, split_url

_LINE: Final = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")


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
    """The file that wrote each of the draft's references; None where no source map tells. Reads nothing.

    With Sass that is the partial, or the one that declares the variable in which the reference stands.
    """
    if draft.compiled is None or draft.compiled.source_map is None:
        return (None,) * len(draft.references)
    written = _references(draft, draft.compiled.text)
    origins = _origins(draft.compiled, [one.start for one in written])
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


def _origins(compiled: Compiled, offsets: Sequence[int]) -> list[tuple[str, int, int] | None]:
    """The (file, line, column) that wrote what stands at each of `offsets` in the compiled text; see `origin_at`."""
    source_map = read_map(compiled.source_map or "", Lines(compiled.text)) or SourceMap()
    return [origin_at(source_map, offset) for offset in offsets]


def _place_in_compiled(draft: Draft, compiled: Compiled, start: int, end: int, shown: Callable[[str], str]) -> Location:
    if compiled.source_map is None:
        return _place_of_copy(draft, compiled.text[start:end])
    (found,) = _origins(compiled, [start])
    if found is None:
        return Location(draft.source.shown)
    path, line, column = found
    text = _read_text(path).removeprefix("\ufeff")
    # The map knows the declaration; the text itself, or what there is of it, stands behind that place.
    declared = Lines(text).offset(line, column)
    if declared is None:
        return place(shown(path), line + 1, column + 1)
    ends = text.find(";", declared)
    for form in _written_forms(compiled.text[start:end]):
        whole = re.compile(rf"(?<![\w-]){re.escape(form)}(?![\w-])")
        if exact := whole.search(text, declared, ends if ends >= 0 else len(text)):
            return locate(shown(path), text, *exact.span())
    return locate(shown(path), text, declared)


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


def _read_text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            text = decoded(file.read(), path)
    except OSError:
        return ""
    return "" if isinstance(text, Diagnostic) else text
