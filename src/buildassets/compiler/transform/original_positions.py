"""Maps positions in a compiled, minified text, such as those of references, to the places that the user wrote.

Only faults need this, so everything is read and scanned again on demand, once for each draft.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
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
from buildassets.compiler.transform.tailwind import KIND as TAILWIND
from buildassets.disk.files import content_of
from buildassets.foundation.diagnostics import Diagnostic, Location, locate, place
from buildassets.foundation.frozen import replace
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.media import Syntax, media_of
from buildassets.foundation.paths import LogicalPath, from_url, split_url

_LINE: Final = lazy_pattern(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")


class OriginalPositions:
    """The original positions of one `draft`; `shown` turns a path into the name a user would write.

    `text` is the text from which the draft was made, if that differs from the content of the source. What is read for
    one place is kept for the next: a text can have thousands of faults.
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
        """The draft's text before minifying: the compiled text, or else the content of the source."""
        if self._draft.compiled is not None:
            return self._draft.compiled.text
        return self._source if self._text is None else self._text

    def number_of(self, reference: Reference) -> int:
        """The number of a reference of the draft."""
        return self._numbers[reference]

    @cached_property
    def _numbers(self) -> dict[Reference, int]:
        return {reference: number for number, reference in reversed(list(enumerate(self._draft.references)))}

    def place_of(self, index: int) -> Location:
        """The place of the reference `draft.references[index]` in the file that the user edits.

        Minifying keeps the order of references, so the original is the one with the same number in the text before
        minifying, or else the first of the same URL.
        """
        number = self._matching(index)
        if number is None:
            return Location(self._draft.source.shown)
        in_class = next(self.places_in_classes(index), None)
        return in_class or self.place_in(self._references[number].start, self._references[number].end)

    def places_in_classes(self, index: int) -> Iterator[Location]:
        """The places of the reference `draft.references[index]` in the classes of which Tailwind made it, if it did."""
        number = self._matching(index)
        if number is None or not self._is_of_class(number):
            return
        raw = self.text[self._references[number].start : self._references[number].end]
        in_class = re.compile(rf"\[[^\s\[\]]*?(?<![\w./-])({re.escape(raw)})(?![\w./-])")
        for path in self._draft.inputs:
            text = self._file(path).text
            yield from (locate(self._shown(path), text, *match.span(1)) for match in in_class.finditer(text))

    def _is_of_class(self, number: int) -> bool:
        """Whether Tailwind made the reference `number` of `text` of a class: then it maps nothing in its line."""
        if all(kind != TAILWIND for kind, _ in self._draft.engines):
            return False
        start = self._references[number].start
        line = self.text.rfind("\n", 0, start) + 1
        return not any(line <= mapping[0] <= start for mapping in self._source_map.mappings)

    def place_in(self, start: int, end: int) -> Location:
        """The original place of the span `start:end` in `text`."""
        if self._draft.compiled is None:
            return locate(self._draft.source.shown, self.text, start, end)
        return self._place_in_compiled(self._draft.compiled, start, end)

    def as_written(self, diagnostic: Diagnostic) -> Diagnostic:
        """`diagnostic`, which has a place in `text`, moved to the original place."""
        if self._draft.compiled is None or diagnostic.location is None or not diagnostic.location.line:
            return diagnostic
        place_found = diagnostic.location
        start = self._line_starts[min(place_found.line, len(self._line_starts)) - 1] + place_found.column - 1
        return replace(diagnostic, location=self.place_in(start, start + place_found.length))

    def writers(self) -> tuple[str | None, ...]:
        """The file that contains the original of each of the draft's references; None if no source map names it.

        With Sass that is the partial, or the file that sets the variable whose whole value the reference is.
        """
        compiled = self._draft.compiled
        if compiled is None or compiled.source_map is None:
            return (None,) * len(self._draft.references)
        origins = [self._origin(compiled, reference.start, reference.end) for reference in self._references]
        # A source may be no file, such as a `data:` URL.
        files = [origin[0] if origin and os.path.isabs(origin[0]) else None for origin in origins]
        originals = map(self._matching, range(len(self._draft.references)))
        return tuple(None if number is None else files[number] for number in originals)

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
        if syntax is not Syntax.JAVASCRIPT:
            return scan(syntax, self.text)

        return scan_written(self.text, logical)

    @cached_property
    def _by_url(self) -> dict[str, int]:
        """The first reference with each URL."""
        return {reference.url: number for number, reference in reversed(list(enumerate(self._references)))}

    def _matching(self, index: int) -> int | None:
        """The number in `text` of the original of the draft's reference `index`, if there is one."""
        url = self._draft.references[index].url
        if index < len(self._references) and self._references[index].url == url:
            return index
        return self._by_url.get(url)  # a minifier may have merged repeated references

    @cached_property
    def _source_map(self) -> SourceMap:
        compiled = self._draft.compiled
        given = compiled.source_map if compiled else None
        return read_map(given or "", Lines(self.text)) or SourceMap()

    def _origin(self, compiled: Compiled, start: int, end: int) -> tuple[str, int, int] | None:
        """The original (file, line, column) of the span `start:end` of the compiled text; see `origin_at`."""
        origin = origin_at(self._source_map, start)
        return origin and self._corrected(origin, compiled.text[start:end], compiled.inputs)

    def _corrected(self, origin: tuple[str, int, int], raw: str, inputs: Iterable[str]) -> tuple[str, int, int]:
        """The true origin of `raw`, which the source map puts at `origin`.

        Dart Sass omits the mapping of a value if its line has the same number as that of the mapping before it, even in
        another file (its `SourceMapBuffer`). So if the declaration does not contain the text, and exactly one other
        file contains it in the line of that number, that is the origin.
        """
        path, line, column = origin
        if self._file(path).span_declared(line, column, raw) is not None:
            return origin
        others = []
        for other in inputs:
            file = self._file(other)
            start = file.lines.offset(line, 0)
            span = None if start is None or other == path else file.span_of(start, file.lines.end_of(line), raw)
            if span is not None:
                others.append((other, *file.lines.place(span[0])))
        return others[0] if len(others) == 1 else origin

    def _file(self, path: str) -> "_File":
        if path not in self._files:
            self._files[path] = _File(_read_text(path).removeprefix("\ufeff"))
        return self._files[path]

    def _place_in_compiled(self, compiled: Compiled, start: int, end: int) -> Location:
        if compiled.source_map is None:
            return self._place_of_copy(compiled.text[start:end])
        origin = self._origin(compiled, start, end)
        if origin is None:
            return Location(self._draft.source.shown)
        path, line, column = origin
        file = self._file(path)
        # The map gives the declaration; the text itself, or the written part of it, follows that place.
        if exact := file.span_declared(line, column, compiled.text[start:end]):
            return locate(self._shown(path), file.text, *exact)
        declared = file.lines.offset(line, column)
        if declared is None:
            return place(self._shown(path), line + 1, column + 1)
        return locate(self._shown(path), file.text, declared)

    def _place_of_copy(self, words: str) -> Location:
        """The place of `words` in the source, if it contains them once: compiling keeps a URL unchanged."""
        text, shown = self._source, self._draft.source.shown
        if not words or text.count(words) != 1:
            return Location(shown)
        start = text.find(words)
        return locate(shown, text, start, start + len(words))

    @property
    def _is_source(self) -> bool:
        """Whether the draft's text is exactly the content of the source."""
        return self._draft.digest is not None and not isinstance(self._draft.body, bytes)

    @cached_property
    def _source(self) -> str:
        body = self._draft.body
        return body if self._is_source and isinstance(body, str) else _read_text(self._draft.source.path)


class _File:
    """The text of a file that an engine's source map names, and its lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)

    def span_declared(self, line: int, column: int, raw: str) -> tuple[int, int] | None:
        """The span of `raw`, or of its written part, in the declaration that begins at `line` and `column`."""
        declared = self.lines.offset(line, column)
        if declared is None:
            return None
        end = self.text.find(";", declared)
        return self.span_of(declared, end if end >= 0 else len(self.text), raw)

    def span_of(self, start: int, end: int, raw: str) -> tuple[int, int] | None:
        """The span in `text[start:end]` of `raw`, or of the part of it that Sass did not compute."""
        for form in _written_forms(raw):
            if match := re.compile(rf"(?<![\w-]){re.escape(form)}(?![\w-])").search(self.text, start, end):
                return match.span()
        return None


def _written_forms(raw: str) -> Iterator[str]:
    """The forms that `raw` in the CSS may have in a sheet, the best first: itself, or its part that is not computed.

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
    """The text of the file at `path`, with its byte order mark; None if it cannot be read or is not UTF-8."""
    try:
        text = decoded(content_of(path), path)
    except (OSError, ValueError):  # ValueError: a source in a map need not be a valid path
        return None
    return None if isinstance(text, Diagnostic) else text
