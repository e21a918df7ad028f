"""Where the user wrote what stands in a compiled, minified text, such as a reference.

Only what is at fault is asked for, so everything here is read and scanned again on demand: once for each draft.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from typing import Final

from buildassets.compiler.engines.protocol import Compiled
from buildassets.compiler.languages.javascript.asset_url import scan_written
from buildassets.compiler.languages.reference import Reference
from buildassets.compiler.languages.scan import scan
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.maps import origin_at, read_map
from buildassets.compiler.languages.source_map.values import SourceMap
from buildassets.compiler.languages.utf8 import decoded
from buildassets.compiler.model import Draft
from buildassets.diagnostics import Diagnostic, Location, locate, place
from buildassets.lazy_pattern import lazy_pattern
from buildassets.media import Syntax, media_of
from buildassets.paths import LogicalPath, from_url, split_url
from buildassets.plain_files import plain

_LINE: Final = lazy_pattern(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")


class OriginalPositions:
    """Where the user wrote what stands in `draft`; `shown` turns a path into the name a user would write.

    `text` is what the draft was made of where the source holds something else. What is read for one place is kept for
    the next: a text can have thousands of faults.
    """

    def __init__(self, draft: Draft, shown: Callable[[str], str], text: str | None = None) -> None:
        self._draft = draft
        self._shown = shown
        self._text = text
        self._files: dict[str, _File] = {}

    @property
    def logical(self) -> LogicalPath:
        """The asset that the draft becomes."""
        return self._draft.source.logical

    @cached_property
    def text(self) -> str:
        """The draft's text before it was minified: what was compiled, or else what the source holds."""
        if self._draft.compiled is not None:
            return self._draft.compiled.text
        return self._source if self._text is None else self._text

    def number_of(self, reference: Reference) -> int:
        """The number of a reference of the draft."""
        return self._numbers[reference]

    @cached_property
    def _numbers(self) -> dict[Reference, int]:
        return {one: number for number, one in reversed(list(enumerate(self._draft.references)))}

    def place_of(self, index: int) -> Location:
        """The place of the reference `draft.references[index]` in the file that the user edits.

        Minifying keeps the order of references, so the one with the same number in the text before it is the one that
        was written, or else the first of the same URL.
        """
        number = self._matching(index)
        if number is None:
            return Location(self._draft.source.shown)
        return self.place_in(self._references[number].start, self._references[number].end)

    def place_in(self, start: int, end: int) -> Location:
        """Where the user wrote what stands at `start:end` in `text`."""
        if self._draft.compiled is None:
            return locate(self._draft.source.shown, self.text, start, end)
        return self._place_in_compiled(self._draft.compiled, start, end)

    def as_written(self, found: Diagnostic) -> Diagnostic:
        """`found`, which has a place in `text`, at the place where the user wrote that."""
        if self._draft.compiled is None or found.location is None or not found.location.line:
            return found
        place_found = found.location
        start = self._line_starts[min(place_found.line, len(self._line_starts)) - 1] + place_found.column - 1
        return replace(found, location=self.place_in(start, start + place_found.length))

    def writers(self) -> tuple[str | None, ...]:
        """The file that wrote each of the draft's references; None where no source map names it.

        With Sass that is the partial, or the one that sets the variable whose whole value it is.
        """
        compiled = self._draft.compiled
        if compiled is None or compiled.source_map is None:
            return (None,) * len(self._draft.references)
        origins = [self._origin(compiled, one.start, one.end) for one in self._references]
        # A source may be no file, such as a `data:` URL.
        files = [origin[0] if origin and os.path.isabs(origin[0]) else None for origin in origins]
        found = map(self._matching, range(len(self._draft.references)))
        return tuple(None if number is None else files[number] for number in found)

    @cached_property
    def _line_starts(self) -> list[int]:
        return list(accumulate(map(len, _LINE.findall(self.text)), initial=0))

    @cached_property
    def _references(self) -> list[Reference]:
        logical = self._draft.source.logical
        if self._is_source:
            return list(self._draft.references)
        syntax = media_of(logical).syntax
        assert syntax is not None
        return scan_written(self.text, logical) if syntax is Syntax.JAVASCRIPT else scan(syntax, self.text)

    @cached_property
    def _by_url(self) -> dict[str, int]:
        """The first reference with each URL."""
        return {one.url: number for number, one in reversed(list(enumerate(self._references)))}

    def _matching(self, index: int) -> int | None:
        """Which reference of `text` became the draft's, which has the number `index` after minifying, if any did."""
        url = self._draft.references[index].url
        if index < len(self._references) and self._references[index].url == url:
            return index
        return self._by_url.get(url)  # a minifier may have merged what was there twice

    @cached_property
    def _source_map(self) -> SourceMap:
        compiled = self._draft.compiled
        given = compiled.source_map if compiled else None
        return read_map(given or "", Lines(self.text)) or SourceMap()

    def _origin(self, compiled: Compiled, start: int, end: int) -> tuple[str, int, int] | None:
        """The (file, line, column) that wrote what stands at `start:end` of the compiled text; see `origin_at`."""
        origin = origin_at(self._source_map, start)
        return origin and self._corrected(origin, compiled.text[start:end], compiled.inputs)

    def _corrected(self, origin: tuple[str, int, int], raw: str, inputs: Iterable[str]) -> tuple[str, int, int]:
        """`origin` of `raw`, or where that stands in truth.

        Dart Sass leaves out the mapping of a value that stands in a line of the same number as what is mapped before
        it, be it in another file (its `SourceMapBuffer`). So where the declaration does not have the text, and one
        other file has it in that line, it was written there.
        """
        path, line, column = origin
        if self._file(path).span_declared(line, column, raw) is not None:
            return origin
        found = []
        for other in inputs:
            file = self._file(other)
            start = file.lines.offset(line, 0)
            span = None if start is None or other == path else file.span_of(start, file.lines.end_of(line), raw)
            if span is not None:
                found.append((other, *file.lines.place(span[0])))
        return found[0] if len(found) == 1 else origin

    def _file(self, path: str) -> "_File":
        if path not in self._files:
            self._files[path] = _File(_read_text(path).removeprefix("\ufeff"))
        return self._files[path]

    def _place_in_compiled(self, compiled: Compiled, start: int, end: int) -> Location:
        if compiled.source_map is None:
            return self._place_of_copy(compiled.text[start:end])
        found = self._origin(compiled, start, end)
        if found is None:
            return Location(self._draft.source.shown)
        path, line, column = found
        file = self._file(path)
        # The map knows the declaration; the text itself, or what there is of it, stands behind that place.
        if exact := file.span_declared(line, column, compiled.text[start:end]):
            return locate(self._shown(path), file.text, *exact)
        declared = file.lines.offset(line, column)
        if declared is None:
            return place(self._shown(path), line + 1, column + 1)
        return locate(self._shown(path), file.text, declared)

    def _place_of_copy(self, words: str) -> Location:
        """The place of `words` in the source, if they stand in it once; what was made of it keeps a URL as it was."""
        text, shown = self._source, self._draft.source.shown
        if not words or text.count(words) != 1:
            return Location(shown)
        start = text.find(words)
        return locate(shown, text, start, start + len(words))

    @property
    def _is_source(self) -> bool:
        """Whether the draft's text is all that the source holds, as it is there."""
        return self._draft.digest is not None and isinstance(self._draft.body, str)

    @cached_property
    def _source(self) -> str:
        body = self._draft.body
        return body if self._is_source and isinstance(body, str) else _read_text(self._draft.source.path)


class _File:
    """A text that an engine's source map names, and where its lines are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)

    def span_declared(self, line: int, column: int, raw: str) -> tuple[int, int] | None:
        """Where `raw`, or what there is of it, stands in the declaration that begins there."""
        declared = self.lines.offset(line, column)
        if declared is None:
            return None
        end = self.text.find(";", declared)
        return self.span_of(declared, end if end >= 0 else len(self.text), raw)

    def span_of(self, start: int, end: int, raw: str) -> tuple[int, int] | None:
        """Where `raw`, or as much of it as Sass did not compute, stands in `text[start:end]`."""
        for form in _written_forms(raw):
            if found := re.compile(rf"(?<![\w-]){re.escape(form)}(?![\w-])").search(self.text, start, end):
                return found.span()
        return None


def _written_forms(raw: str) -> Iterator[str]:
    """What may stand in a sheet for `raw` in the CSS, the best first: itself, or as much of it as Sass did not compute.

    `asset-url("img/a b.png")` becomes `/assets/img/a%20b.png`, `url("#{$fonts}/a.woff2")` perhaps `../fonts/a.woff2`.
    """
    yield raw
    path = split_url(raw)[0]
    while path:
        yield from dict.fromkeys((path, from_url(path)))
        path = path.partition("/")[2]


def _read_text(path: str) -> str:
    return text_at(path) or ""


def text_at(path: str) -> str | None:
    """The text of the file at `path`, a byte order mark kept; None where it cannot be read or is no UTF-8."""
    try:
        with open(plain(path), "rb") as file:
            text = decoded(file.read(), path)
    except (OSError, ValueError):  # ValueError: no path, as a map may name for a source
        return None
    return None if isinstance(text, Diagnostic) else text
