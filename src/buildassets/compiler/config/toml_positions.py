"""Finds the positions of keys and values in a TOML text, which `tomllib` does not report.

Takes a text that `tomllib` has accepted, gives spans in characters. Pure; imports the vocabulary only. For an invalid
text the spans are useless, but nothing is raised.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.toml_values import toml_values

KeyPath = tuple[str | int, ...]  # ("sources", 1, "prefix"): an array's elements are counted from 0
Span = tuple[int, int]  # text[start:end]

_MOST_PARTS: Final = 100  # recorded parts of a key; a setting has at most five

_TOKEN: Final = lazy_pattern(
    r"""
      (?P<skip> [ \t\r]++ | \#[^\n]*+ )
    | (?P<newline> \n )
    | (?P<punctuation> [\[\]{},=.] )
    | (?P<quoted> "{3}(?:\\.|(?!"{3})[^\\])*+"{3,5} | '{3}(?:(?!'{3}).)*+'{3,5} | "(?:\\.|[^"\\\n])*+" | '[^'\n]*+' )
    | (?P<bare> [^\s\[\]{},=.\#"']++ | . )
    """,
    re.VERBOSE | re.DOTALL,
)


_BARE: Final = lazy_pattern(r"[A-Za-z0-9_-]+")


@frozen
class RepeatedKey:
    """A key that is set twice, or a table with two headers: its name in TOML, and its places."""

    name: str
    first: Span
    span: Span
    is_table: bool


@frozen
class KeyPositions:
    """Spans by key path: of the key in a statement or a header, and of the value."""

    keys: Mapping[KeyPath, Span]
    values: Mapping[KeyPath, Span]

    def of_key(self, path: KeyPath) -> Span | None:
        """The span of the key at `path`, or of what encloses it; None if neither is known."""
        return self.keys.get(path) or self.of_value(path[:-1])

    def of_value(self, path: KeyPath) -> Span | None:
        """The span of the value at `path`, or of its key, or of what encloses it; None if none is known."""
        for length in range(len(path), 0, -1):
            known = path[:length]
            if span := self.values.get(known) or self.keys.get(known):
                return span
        return None


def find_places(text: str) -> KeyPositions:
    """The spans of all keys and values of `text`, which is TOML 1.0 with line ends LF."""
    walk = _TomlWalk()
    for _ in walk.over(text):
        pass
    return KeyPositions(walk.keys, walk.values)


def find_repeated(text: str) -> RepeatedKey | None:
    """The first repeated key or header of `text`, which is valid TOML up to there.

    The rest is not read: in invalid TOML, brackets can stay open without end.
    """
    walk = _TomlWalk()
    return next((walk.repeated for _ in walk.over(text) if walk.repeated), None)


class _Frame:
    """A table or an array that is open; `index` counts an array's elements and is None for a table."""

    __slots__ = ("index", "path", "start")

    def __init__(self, path: KeyPath, start: int, index: int | None = None) -> None:
        self.path = path
        self.start = start
        self.index = index


class _TomlWalk:
    """Goes over the tokens of a text once. A word is a bare key, a quoted string or a piece of a scalar."""

    def __init__(self) -> None:
        self.keys: dict[KeyPath, Span] = {}
        self.values: dict[KeyPath, Span] = {}
        self._frames = [_Frame((), 0)]  # the first is the table that a header opened
        self._parts: list[tuple[str, Span]] = []  # of the current key or header
        self._header_brackets = 0
        self._value: KeyPath | None = None  # of the value that comes next, or continues
        self._table_counts: dict[KeyPath, int] = {}  # number of tables in each array of tables
        self._set: dict[KeyPath, Span] = {}  # the last part of each key that has a value
        self._declared: dict[KeyPath, Span] = {}  # the last part of each table's header
        self.repeated: RepeatedKey | None = None  # the first repeated key or header

    def over(self, text: str) -> Iterator[None]:
        """Read `text`, and yield after each key."""
        for match in _TOKEN.finditer(text):
            kind, token, start, end = match.lastgroup, match.group(), match.start(), match.end()
            if kind == "punctuation":
                self.punctuation(token, start, end)
                yield
            elif kind == "newline":
                self.end_line()
            elif kind != "skip":
                self.word(token, start, end)

    def word(self, token: str, start: int, end: int) -> None:
        """Handle a part of a key or a piece of a value."""
        if self._value is None:
            self._parts.append((_key_text(token), (start, end)))
        else:
            self.values[self._value] = (self.values.get(self._value, (start, end))[0], end)

    def end_line(self) -> None:
        """End the statement, unless a bracket is open."""
        if len(self._frames) == 1:
            self._value = None
            self._parts.clear()
            self._header_brackets = 0

    def punctuation(self, mark: str, start: int, end: int) -> None:
        """Handle a bracket, a comma, a dot or an equals sign."""
        if mark in "[{":
            self._open(mark, start)
        elif mark in "]}":
            self._close(end)
        elif mark == ",":
            self._next_element()
        elif mark == "=":
            span = self._parts[-1][1] if self._parts else (start, end)
            self._value = self._name(self._frames[-1].path)
            self._note(self._set, self._value, span)
        elif self._value is not None:
            self.word(mark, start, end)  # the decimal point of a number

    def _open(self, bracket: str, start: int) -> None:
        if self._value is None:
            self._header_brackets += 1
            return
        self._frames.append(_Frame(self._value, start, 0 if bracket == "[" else None))
        self._value = (*self._value, 0) if bracket == "[" else None

    def _close(self, end: int) -> None:
        if len(self._frames) > 1:
            frame = self._frames.pop()
            self.values[frame.path] = (frame.start, end)
            self._value = None
            self._parts.clear()
        elif self._parts:
            self._frames = [_Frame(self._header_path(), end)]

    def _note(self, known: dict[KeyPath, Span], path: KeyPath, span: Span) -> None:
        """Record the `span` of the key or header at `path`, and whether it is a repetition."""
        if not self.repeated and (path in known or path in self._set):
            first = known.get(path) or self._set[path]
            self.repeated = RepeatedKey(key_name(path), first, span, known is self._declared)
        known.setdefault(path, span)

    def _next_element(self) -> None:
        frame = self._frames[-1]
        self._value = None
        if frame.index is not None:
            frame.index += 1
            self._value = (*frame.path, frame.index)

    def _header_path(self) -> KeyPath:
        """The path of the table that the header opens; in an array of tables, of its last one."""
        is_array = self._header_brackets > 1
        *_, (_, last_span) = self._parts
        path = self._name((), resolved_to=len(self._parts) - is_array)
        if is_array:
            count = self._table_counts.get(path, 0)
            self._table_counts[path] = count + 1
            path = (*path, count)
            self.keys[path] = last_span
        self._note(self._declared, path, last_span)
        return path

    def _name(self, path: KeyPath, resolved_to: int = 0) -> KeyPath:
        """The path of the parts that were read, below `path`. Records the span of each part.

        The first `resolved_to` parts are looked up among the arrays of tables.
        """
        for number, (name, span) in enumerate(self._parts):
            if len(path) == _MOST_PARTS:
                break
            path = (*path, name)
            self.keys.setdefault(path, span)
            if number < resolved_to and path in self._table_counts:
                path = (*path, self._table_counts[path] - 1)
        self._parts.clear()
        return path


def key_name(path: KeyPath) -> str:
    """`path` in TOML's notation, with elements of arrays as in `sources[1].prefix`."""
    return "".join(map(_part_name, path)).removeprefix(".")


def _part_name(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    # A basic string of TOML is written as in JSON.
    return f".{part}" if _BARE.fullmatch(part) else f".{json.dumps(part, ensure_ascii=False)}"


def _key_text(token: str) -> str:
    if token.startswith("'"):
        return token[1:-1]
    if token.startswith('"'):
        return _unescaped(token) if "\\" in token else token[1:-1]
    return token


def _unescaped(token: str) -> str:
    try:
        return str(toml_values(f"key = {token}")["key"])
    except ValueError:
        return token[1:-1]
