"""Source maps (ECMA-426, version 3): read, written, composed, and kept true to a text that is edited or joined. Pure.

A map is a `SourceMap`, whose mappings say offsets in the text, so that moving a place is an addition. Lines and columns
of the text appear only where a map is read or written.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from buildassets.compiler.edits import Edit, distances
from buildassets.compiler.lines import Lines
from buildassets.compiler.mappings import NONE, Segment, decoded_mappings, encoded_mappings
from buildassets.compiler.model import Compiled, Mapped, Origin, SourceMap
from buildassets.media import Syntax

_GUARD: Final = ")]}'"  # what may stand before the JSON, so that no script can read it
_FAULTS: Final = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)

_NOWHERE: Final = [NONE, 0, 0, NONE]


def read_map(map_json: str, lines: Lines) -> SourceMap | None:
    """The map of the text that has these `lines`; None where `map_json` is no source map.

    Maps of maps (`sections`) are read too. The names of origins are what `sources` says, after `sourceRoot`. What is
    mapped beyond the text's last line is left out.
    """
    text = map_json.removeprefix("\ufeff")
    if text.startswith(_GUARD):
        text = text[text.find("\n") + 1 :]
    try:
        document: Any = json.loads(text)
        if "sections" not in document:
            return _section(lines, **document)
        joined = joined_maps(_section(lines, **one["offset"], **one["map"]) for one in document["sections"])
        return replace(joined, mappings=tuple(sorted(joined.mappings)))
    except _FAULTS:
        return None


def _section(
    lines: Lines,
    *,
    version: int,
    mappings: str,
    sources: Sequence[str | None],
    names: Sequence[str] = (),
    sourceRoot: str | None = None,  # noqa: N803 - as the standard has it
    sourcesContent: Sequence[str | None] | None = None,  # noqa: N803
    line: int = 0,
    column: int = 0,
    **_others: object,
) -> SourceMap:
    """One map, which begins at `line` and `column` of the text; raises where it is damaged."""
    if version != 3:
        raise ValueError("no version 3")
    root = f"{sourceRoot.rstrip('/')}/" if sourceRoot else ""
    contents = [content if isinstance(content, str) else None for content in sourcesContent or ()]
    contents += [None] * len(sources)
    origins = [Origin(root + (source or ""), content) for source, content in zip(sources, contents, strict=False)]
    found: list[Mapped] = []
    for at_line, at_column, source, source_line, source_column, name in decoded_mappings(mappings):
        if source >= len(sources) or name >= len(names):
            raise ValueError("a number beyond the list")
        offset = lines.offset(line + at_line, at_column + (column if at_line == 0 else 0))
        if offset is None:
            break
        known = source if source != NONE and sources[source] is not None else NONE
        found.append((offset, known, source_line, source_column, name if known != NONE else NONE))
    return SourceMap(tuple(found), tuple(origins), tuple(map(str, names)))


def engine_map(compiled: Compiled, syntax: Syntax | None) -> SourceMap:
    """What an engine told of the text that it gave, whose syntax that is; an empty map where it told nothing.

    A source that is no absolute path is taken for a URL, such as the `data:` URL of a sheet without a file.
    """
    found = read_map(compiled.source_map or "", Lines(compiled.text, syntax)) or SourceMap()
    origins = (origin._replace(is_url=not origin.name.startswith("/")) for origin in found.origins)
    return replace(found, origins=tuple(origins))


def origin_at(source_map: SourceMap, offset: int) -> tuple[str, int, int] | None:
    """The (name, line, column) of what stands at `offset`, by the last mapping there or before, or else the first."""
    mappings = source_map.mappings
    if not mappings:
        return None
    _, origin, line, column, _ = mappings[max(0, bisect_right(mappings, offset, key=_offset) - 1)]
    return None if origin == NONE else (source_map.origins[origin].name, line, column)


def _offset(mapping: Mapped) -> int:
    return mapping[0]


def map_of_pairs(pairs: Iterable[tuple[int, int]], origin: Origin, lines: Lines) -> SourceMap:
    """The map of a text made from one other, which has these `lines`; `pairs` are offsets here and there, sorted."""
    known = list(pairs)
    places = lines.places(there for _, there in known)
    mappings = ((here, 0, line, column, NONE) for (here, _), (line, column) in zip(known, places, strict=True))
    return SourceMap(tuple(mappings), (origin,))


def composed(outer: SourceMap, inner: SourceMap, lines: Lines) -> SourceMap:
    """`outer`, the map of a text made from one that has these `lines`, with the origins that `inner` tells of that one.

    A place counts for what stands behind it in its line, as whoever reads a map takes it; what has no origin there is
    mapped to none.
    """
    names = (*inner.names, *outer.names)
    inner_mappings = inner.mappings
    found: list[Mapped] = []
    for offset, origin, line, column, name in outer.mappings:
        middle = None if origin == NONE else lines.offset(line, column)
        index = -1 if middle is None else bisect_right(inner_mappings, middle, key=_offset) - 1
        if index < 0 or inner_mappings[index][0] < lines.start_of(line):
            found.append((offset, NONE, 0, 0, NONE))
            continue
        start, origin, line, column, inner_name = inner_mappings[index]
        if start != middle or inner_name == NONE:
            inner_name = NONE if NONE in (name, origin) else name + len(inner.names)
        found.append((offset, origin, line, column, inner_name))
    return SourceMap(tuple(found), inner.origins, names)


def edited_map(source_map: SourceMap, ordered: Iterable[Edit], offset: int = 0) -> SourceMap:
    """The map of the text after edits that are `in_order`, if `offset` characters come before it."""
    mappings = source_map.mappings
    moves = zip(mappings, distances(((start, start + 1) for start, *_ in mappings), ordered), strict=True)
    moved = (
        (offset + distance + start, origin, line, column, name)
        for (start, origin, line, column, name), distance in moves
        if distance is not None
    )
    return SourceMap(tuple(moved), source_map.origins, source_map.names)


def joined_maps(maps: Iterable[SourceMap]) -> SourceMap:
    """One map of what the `maps`, each in its place, tell; each origin and name once."""
    mappings: list[Mapped] = []
    origins: dict[Origin, int] = {}
    names: dict[str, int] = {}
    for one in maps:
        to_origin = [origins.setdefault(origin, len(origins)) for origin in one.origins] + [NONE]
        to_name = [names.setdefault(name, len(names)) for name in one.names] + [NONE]
        mappings += (
            (offset, to_origin[origin], line, column, to_name[name])
            for offset, origin, line, column, name in one.mappings
        )
    return SourceMap(tuple(mappings), tuple(origins), tuple(names))


def encoded_map(source_map: SourceMap, lines: Lines) -> str:
    """The map as an engine gives it, of a text that has these `lines`: every origin by its name, without content."""
    names = [origin.name for origin in source_map.origins]
    return _document(encoded_mappings(_segments(source_map, lines)), names, source_map.names)


def written_map(
    source_map: SourceMap, lines: Lines, name_of: Callable[[Origin], str], content_of: Callable[[Origin], str | None]
) -> str:
    """The map as JSON, for a text that has these `lines`.

    `name_of` and `content_of` say what `sources` and `sourcesContent` hold. Origins and names stand in the order in
    which the mappings use them, each once; those that none uses are left out, and so is `sourcesContent` if all are
    None.
    """
    sources: dict[str, int] = {}
    contents: list[str | None] = []
    names: dict[str, int] = {}
    to_source: dict[int, int] = {NONE: NONE}
    to_name: dict[int, int] = {NONE: NONE}
    segments = list(_segments(source_map, lines))
    for _, _, origin, _, _, name in segments:
        if origin not in to_source:
            source = name_of(source_map.origins[origin])
            if source not in sources:
                contents.append(content_of(source_map.origins[origin]))
            to_source[origin] = sources.setdefault(source, len(sources))
        if name not in to_name:
            to_name[name] = names.setdefault(source_map.names[name], len(names))
    renumbered = (
        (line, column, to_source[source], source_line, source_column, to_name[name])
        for line, column, source, source_line, source_column, name in segments
    )
    return _document(encoded_mappings(renumbered), list(sources), list(names), contents)


def _segments(source_map: SourceMap, lines: Lines) -> Iterator[Segment]:
    """The mappings by lines, without those that tell what the one before them in their line tells already."""
    last_line, last = -1, _NOWHERE
    places = lines.places(mapping[0] for mapping in source_map.mappings)
    for (_, *there), (line, column) in zip(source_map.mappings, places, strict=True):
        if there != (last if line == last_line else _NOWHERE):
            origin, origin_line, origin_column, name = there
            yield line, column, origin, origin_line, origin_column, name
            last_line, last = line, there


def _document(mappings: str, sources: Sequence[str], names: Sequence[str], contents: Sequence[str | None] = ()) -> str:
    document: dict[str, object] = {"version": 3, "sources": sources, "names": names, "mappings": mappings}
    if any(content is not None for content in contents):
        document["sourcesContent"] = contents
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
