"""Where keys and values stand in a TOML text, which `tomllib` does not say.

Takes a text that `tomllib` has accepted, gives spans in characters. Pure; imports the vocabulary only. For a text
that is no TOML the spans are of no use, but nothing is raised.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from buildassets.frozen import frozen
from buildassets.lazy_pattern import lazy_pattern

KeyPath = tuple[str | int, ...]  # ("sources", 1, "prefix"): an array's elements are counted from 0
Span = tuple[int, int]  # text[start:end]

_MOST_PARTS: Final = 100  # of a key that are noted; a setting has at most five

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
class Repeated:
    """A key that is set twice, or a table that has two headers: its name as TOML writes it, and where it stands."""

    name: str
    first: Span
    span: Span
    is_table: bool


@frozen
class KeyPositions:
    """Spans by key path: of the key as a statement or a table's header names it, and of the value."""

    keys: Mapping[KeyPath, Span]
    values: Mapping[KeyPath, Span]

    def of_key(self, path: KeyPath) -> Span | None:
        """Where the key at `path` stands, else what encloses it; None where nothing is known."""
        return self.keys.get(path) or self.of_value(path[:-1])

    def of_value(self, path: KeyPath) -> Span | None:
        """Where the value at `path` stands, else its key, else what encloses it; None where nothing is known."""
        for length in range(len(path), 0, -1):
            known = path[:length]
            if found := self.values.get(known) or self.keys.get(known):
                return found
        return None


def find_places(text: str) -> KeyPositions:
    """The places of all keys and values of `text`, which is TOML 1.0 with line ends LF."""
    walk = _Walk()
    for _ in walk.over(text):
        pass
    return KeyPositions(walk.keys, walk.values)


def find_repeated(text: str) -> Repeated | None:
    """The first key or header of `text` that stands there a second time: up to it the text is TOML.

    What follows is not read: in what is no TOML, brackets can be open without end.
    """
    walk = _Walk()
    return next((walk.repeated for _ in walk.over(text) if walk.repeated), None)


@dataclass(slots=True)
class _Frame:
    """A table or an array that is open; `index` counts an array's elements and is None for a table."""

    path: KeyPath
    start: int
    index: int | None = None


class _Walk:
    """Goes over the tokens of a text once. A word is a bare key, a quoted string or a piece of a scalar."""

    def __init__(self) -> None:
        self.keys: dict[KeyPath, Span] = {}
        self.values: dict[KeyPath, Span] = {}
        self._frames = [_Frame((), 0)]  # the first is the table that a header opened
        self._parts: list[tuple[str, Span]] = []  # of the key or the header that is being read
        self._header_brackets = 0
        self._value: KeyPath | None = None  # whose value comes next, or goes on
        self._table_counts: dict[KeyPath, int] = {}  # of arrays of tables
        self._set: dict[KeyPath, Span] = {}  # the last parts of keys that have a value
        self._declared: dict[KeyPath, Span] = {}  # and of the headers of tables
        self.repeated: Repeated | None = None  # the first that is

    def over(self, text: str) -> Iterator[None]:
        """Go over `text`, and stop behind each key."""
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
        """A key's part or a piece of a value."""
        if self._value is None:
            self._parts.append((_key_text(token), (start, end)))
        else:
            self.values[self._value] = (self.values.get(self._value, (start, end))[0], end)

    def end_line(self) -> None:
        """Outside of brackets a statement ends."""
        if len(self._frames) == 1:
            self._value = None
            self._parts.clear()
            self._header_brackets = 0

    def punctuation(self, mark: str, start: int, end: int) -> None:
        """A bracket, a comma, a dot or an equals sign."""
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
            self.word(mark, start, end)  # the point in a number

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
        """Note that the key, or the header of the table, at `path` stands at `span`, perhaps once more."""
        if not self.repeated and (path in known or path in self._set):
            first = known.get(path) or self._set[path]
            self.repeated = Repeated(key_name(path), first, span, known is self._declared)
        known.setdefault(path, span)

    def _next_element(self) -> None:
        frame = self._frames[-1]
        self._value = None
        if frame.index is not None:
            frame.index += 1
            self._value = (*frame.path, frame.index)

    def _header_path(self) -> KeyPath:
        """The path of the table that the header opens; in an array of tables the last one is meant."""
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
        """The path of the parts that were read, below `path`. Notes where each part stands.

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
    """`path` as TOML writes it, with elements of arrays as `sources[1].prefix`."""
    return "".join(map(_part_name, path)).removeprefix(".")


def _part_name(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    # A basic string of TOML, which JSON writes the same.
    return f".{part}" if _BARE.fullmatch(part) else f".{json.dumps(part, ensure_ascii=False)}"


def _key_text(token: str) -> str:
    if token.startswith("'"):
        return token[1:-1]
    if token.startswith('"'):
        return _unescaped(token) if "\\" in token else token[1:-1]
    return token


def _unescaped(token: str) -> str:
    try:
        return str(tomllib.loads(f"key = {token}")["key"])
    except ValueError:
        return token[1:-1]
