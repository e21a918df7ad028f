"""Where the user wrote what stands in a compiled, minified text, such as a reference.

Only what is at fault is asked for, so everything here is read and scanned again on demand.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from buildassets.compiler.engines.sass_columns import lines_of
from buildassets.compiler.model import Compiled, Draft, Reference
from buildassets.compiler.references import scan
from buildassets.compiler.source_map import original_position
from buildassets.compiler.text import decoded
from buildassets.diagnostics import Diagnostic, Location, locate, place
from buildassets.media import media_of

_LINE: Final = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n|\Z)")


def place_of(draft: Draft, index: int, shown: Callable[[str], str]) -> Location:
    """The place of the reference `draft.references[index]` in the file that the user edits.

    `shown` turns a path into the name a user would write. Minifying keeps the order of references, so the one with
    the same number in the text before it is the one that was written.
    """
    text = written_text(draft)
    written = _reference(draft, text, index)
    if written is None:
        return Location(draft.source.shown)
    return place_in(draft, text, written.start, written.end, shown)


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


def _reference(draft: Draft, text: str, index: int) -> Reference | None:
    syntax = media_of(draft.source.logical).syntax
    assert syntax is not None
    found = scan(syntax, text)
    return found[index] if index < len(found) and found[index].url == draft.references[index].url else None


def _place_in_compiled(draft: Draft, compiled: Compiled, start: int, end: int, shown: Callable[[str], str]) -> Location:
    if compiled.source_map is None:
        return _place_of_copy(draft, compiled.text[start:end])
    before = compiled.text[:start]
    found = original_position(compiled.source_map, before.count("\n"), len(before) - before.rfind("\n") - 1)
    if found is None:
        return Location(draft.source.shown)
    path, line, column = found
    lines = lines_of(_read_text(path).removeprefix("\ufeff"))
    line_text = lines[line] if line < len(lines) else ""
    # The map knows the declaration; the text itself, where it is written out, stands behind that place.
    exact = line_text.find(compiled.text[start:end], column)
    if exact < 0:
        return place(shown(path), line + 1, column + 1, line_text)
    return place(shown(path), line + 1, exact + 1, line_text, end - start)


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
