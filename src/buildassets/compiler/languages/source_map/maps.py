"""Reads, writes, composes source maps (ECMA-426, version 3), and keeps them true to a text that is edited. Pure.

A map is a `SourceMap`, whose mappings have offsets in the text, so that moving a place is an addition. Lines and
columns of the text appear only where a map is read or written.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from types import NoneType
from typing import Any, Final, NamedTuple

from buildassets.compiler.languages.edits import Edit, distances
from buildassets.compiler.languages.source_map.lines import Lines
from buildassets.compiler.languages.source_map.mappings import NONE, Segment, decoded_mappings, encoded_mappings
from buildassets.compiler.languages.source_map.values import Mapped, Origin, SourceMap
from buildassets.foundation.frozen import replace

_GUARD: Final = ")]}'"  # what may stand before the JSON, so that no script can read it
_FAULTS: Final = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)

_NOWHERE: Final = [NONE, 0, 0, NONE]


def read_map(map_json: str, lines: Lines) -> SourceMap | None:
    """The map of the text that has these `lines`; None where `map_json` is not a source map.

    Of the faults that ECMA-426 lets a reader pass over, none is; but what is optional may be null, as some tools have
    it. Maps of maps (`sections`) are read too. The names of origins are what `sources` holds, after `sourceRoot`. What
    is mapped beyond the text's last line is left out.
    """
    text = map_json.removeprefix("\ufeff")
    if text.startswith(_GUARD):
        text = text[text.find("\n") + 1 :]
    try:
        document: Any = json.loads(text)
        if "sections" not in document:
            return _placed(_part(document), lines, 0, 0)
        joined = joined_maps(_placed(part, lines, *place) for place, part in _sections(document))
        return replace(joined, mappings=tuple(sorted(joined.mappings)))
    except _FAULTS:
        return None


class _Part(NamedTuple):
    """The content of one map, not yet for a text. An origin without a name is None."""

    segments: list[Segment]
    origins: tuple[Origin | None, ...]
    names: tuple[str, ...]


def _sections(document: Any) -> Iterator[tuple[tuple[int, int], _Part]]:
    """The line and column at which each part of a map of maps begins (ECMA-426, section 10); raises where damaged."""
    if "mappings" in document:
        raise ValueError("both mappings and sections")
    _check(document, {"file": str})
    lowest = 0, 0
    for section in _list_of(dict, document["sections"]):
        line, column = _list_of(int, [section["offset"]["line"], section["offset"]["column"]])
        if column < 0 or (line, column) < lowest:
            raise ValueError("sections that overlap")
        part = _part(section["map"])
        yield (line, column), part
        lowest = line, column
        if part.segments:
            last_line, last_column, *_ = part.segments[-1]
            lowest = max((line, column + 1), (line + last_line, last_column + (0 if last_line else column)))


def _part(document: Any) -> _Part:
    """A section of an index map, or a whole map. Raises ValueError, TypeError or KeyError if it is damaged."""
    _check(document, {"file": str, "sourceRoot": str, "ignoreList": list})
    sources = _list_of((str, NoneType), document["sources"])
    contents = _list_of((str, NoneType), document.get("sourcesContent") or [])
    names = tuple(_list_of(str, document.get("names") or []))
    if any(not 0 <= index < len(sources) for index in _list_of(int, document.get("ignoreList") or [])):
        raise ValueError("an index beyond the list")
    segments = decoded_mappings(document["mappings"])
    if any(source >= len(sources) or name >= len(names) for _, _, source, _, _, name in segments):
        raise ValueError("a number beyond the list")
    root = document.get("sourceRoot") or ""
    root = f"{root.rstrip('/')}/" if root else ""
    named = zip_longest(sources, contents[: len(sources)])
    origins = tuple(None if source is None else Origin(root + source, content) for source, content in named)
    return _Part(segments, origins, names)


def _check(document: Any, kinds: Mapping[str, type]) -> None:
    """Raise where the document is none of version 3, or has something else than these kinds of values."""
    if document["version"] != 3 or isinstance(document["version"], bool):
        raise ValueError("no version 3")
    for key, kind in kinds.items():
        if not isinstance(document.get(key), (kind, NoneType)):
            raise TypeError(key)


def _list_of(kinds: type | tuple[type, ...], values: Any) -> list[Any]:
    """The list `values`; raises where it is none, or has others than of these kinds. A boolean is not a number."""
    if not isinstance(values, list) or any(not isinstance(one, kinds) or isinstance(one, bool) for one in values):
        raise TypeError("a list of other things")
    return values


def _placed(part: _Part, lines: Lines, line: int, column: int) -> SourceMap:
    """The map of a section, which begins at `line` and `column` of the text, with offsets in the text."""
    origins = part.origins
    found: list[Mapped] = []
    for at_line, at_column, source, source_line, source_column, name in part.segments:
        offset = lines.offset(line + at_line, at_column + (column if at_line == 0 else 0))
        if offset is None:
            break
        known = source if source != NONE and origins[source] is not None else NONE
        found.append((offset, known, source_line, source_column, name if known != NONE else NONE))
    return SourceMap(tuple(found), tuple(origin or Origin("") for origin in origins), part.names)


def origin_at(source_map: SourceMap, offset: int) -> tuple[str, int, int] | None:
    """The (name, line, column) of what is at `offset`, by the last mapping there or before, or else the first."""
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
    """The map of a text to the origins of `inner`: `outer` maps it to a text with these `lines`, which `inner` maps.

    A mapping holds up to the next one in its line, as readers of maps take it. What has no origin in `inner` is mapped
    to none.
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
    """One map with the mappings of all `maps`, whose offsets are those of the whole; each origin and name once."""
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

    `name_of` and `content_of` give what `sources` and `sourcesContent` hold. Origins and names are in the order in
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
    """The mappings by lines, without those that repeat the one before them in their line."""
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
