"""Reads the keys of a TOML document one by one, and collects their faults with places.

Takes text, gives typed values and diagnostics. Pure; imports the vocabulary and `toml_positions`.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, TypeVar

from buildassets.compiler.config.toml_faults import syntax_fault
from buildassets.compiler.config.toml_positions import KeyPath, KeyPositions, Span, find_places, key_name
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, locate
from buildassets.foundation.frozen import replace
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.nearest import nearest
from buildassets.foundation.toml_values import toml_values

_Choice = TypeVar("_Choice", bound=str)

_TYPE_NAMES: Final[Mapping[type, str]] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "a table",
}

_ESCAPED: Final = lazy_pattern("[\b\f]")  # `public\\build` and `site\\fonts`: no name has these characters
_DIGITS: Final = lazy_pattern("[0-9]+")
_FORMS: Final[Mapping[type, str]] = {
    str: 'text in quotes, as in `"text"`',
    bool: "`true` or `false`",
    int: "a whole number without quotes",
    float: "a number without quotes",
    list: 'an array, as in `["a", "b"]`',
    dict: "a table, as in `{ key = value }`",
}


class Document:
    """A TOML text, our table in it, and the faults found so far.

    `shown` is the file as the user wrote it, `root` the path of our table in the text.
    """

    def __init__(self, values: Mapping[str, Any], text: str = "", shown: str = "", root: tuple[str, ...] = ()) -> None:
        self.faults: list[Diagnostic] = []
        self.table = Table(self, (), values)
        self._values = values
        self._text = text
        self._shown = shown
        self._root = root

    def above(self, values: Mapping[str, Any], **further: Iterable[Any]) -> "Document":
        """A document with `values` for keys that are absent here, and `further` elements appended to arrays."""
        longer = {key: [*self._values[key], *elements] for key, elements in further.items() if elements}
        return Document({**values, **self._values, **longer}, self._text, self._shown, self._root)

    @cached_property
    def _places(self) -> KeyPositions:
        return find_places(self._text)

    def locate_key(self, path: KeyPath) -> Location | None:
        """The place of the key at `path`, or of what encloses it; None without a file."""
        return self._location(self._places.of_key((*self._root, *path)))

    def locate_value(self, path: KeyPath) -> Location | None:
        """The place of the value at `path`, or of what encloses it; None without a file."""
        return self._location(self._places.of_value((*self._root, *path)))

    def _location(self, span: Span | None) -> Location | None:
        if not self._shown:
            return None
        return locate(self._shown, self._text, *span) if span else Location(self._shown)


def parse(text: str, shown: str) -> dict[str, Any]:
    """The values of the TOML `text`, whose line ends are LF; raises ConfigError if it is invalid."""
    try:
        return toml_values(text)
    except ValueError as fault:
        raise ConfigError([syntax_fault(str(fault), text, shown)]) from None


class Table:
    """One table: each method reads a key, and gives the default if the key is absent or wrong."""

    def __init__(self, document: Document, path: KeyPath, values: Mapping[str, Any]) -> None:
        self._document = document
        self._path = path
        self._values = values
        self._known: dict[str, None] = {}  # keys in the order in which they were asked for

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def has(self, key: str) -> bool:
        """Whether `key` is present; it counts as a known key in either case."""
        self._known[key] = None
        return key in self._values

    @property
    def fault_count(self) -> int:
        """The number of faults in the whole document so far."""
        return len(self._document.faults)

    def name(self, *keys: str | int) -> str:
        """The name of the value at `keys`: `sources[1].prefix`, `budgets."app.css"`."""
        return key_name((*self._path, *keys))

    def fault(self, code: str, message: str, *keys: str | int, hint: str | None = None) -> None:
        """Record a fault of the value at `keys`."""
        where = self._document.locate_value((*self._path, *keys))
        self._document.faults.append(error(code, message, where, hint=hint))

    def refuse(self, complaint: str, *keys: str | int, hint: str | None = None) -> None:
        """Record that the value at `keys` is not allowed; `complaint` continues the sentence after its name."""
        self.fault("config/value", f"`{self.name(*keys)}` {complaint}", *keys, hint=hint)

    def refuse_unseen(self, complaint: str, key: str, hint: str) -> None:
        """Record that the value of `key` is not allowed, without showing it, since it contains a secret."""
        where = self._document.locate_value((*self._path, key))
        unseen = where and replace(where, excerpt="")
        self._document.faults.append(error("config/value", f"`{self.name(key)}` {complaint}", unseen, hint=hint))

    def refuse_key(self, complaint: str, key: str, hint: str | None = None) -> None:
        """Record that `key` itself is not allowed here."""
        self._fault_at_key("config/value", f"`{self.name(key)}` {complaint}", key, hint)

    def _fault_at_key(self, code: str, message: str, key: str, hint: str | None) -> None:
        where = self._document.locate_key((*self._path, key))
        self._document.faults.append(error(code, message, where, hint=hint))

    def peek(self, key: str) -> Any:
        """The unchecked value at `key`, which does not make it a known key."""
        return self._values.get(key)

    def take(self, key: str) -> Any:
        """The unchecked value at `key`, None if it is absent."""
        self._known[key] = None
        return self._values.get(key)

    def flag(self, key: str, *, default: bool) -> bool:
        """`true` or `false`."""
        value = self.take(key)
        return value if value is not None and self.is_one_of((bool,), value, key) else default

    def text(self, key: str, default: str) -> str:
        """A string, which may be empty."""
        value = self.take(key)
        return value if value is not None and self._is_text(value, key) else default

    def filled_text(self, key: str, default: str) -> str:
        """A string that is not empty."""
        value = self.take(key)
        return value if value is not None and self._is_filled(value, key) else default

    def _is_text(self, value: Any, *keys: str | int) -> bool:
        if not self.is_one_of((str,), value, *keys):
            return False
        if "\0" in value:
            self.refuse("holds a NUL character", *keys)
            return False
        if slip := _ESCAPED.search(value):
            hint = "write `/`, or put the text in single quotes: between double ones a backslash begins an escape"
            self.refuse(f"holds a control character, `\\{'b' if slip[0] == chr(8) else 'f'}`", *keys, hint=hint)
        return slip is None

    def _is_filled(self, value: Any, *keys: str | int) -> bool:
        if value == "":
            self.refuse("is empty", *keys)
        return value != "" and self._is_text(value, *keys)

    def number(
        self, key: str, kinds: tuple[type, ...], default: float, least: float = 0, *, most: float = sys.float_info.max
    ) -> float:
        """A number of one of `kinds` from `least` to `most`; by default finite and not negative."""
        value = self.take(key)
        if value is None or not self.is_one_of(kinds, value, key):
            return default
        if not least <= value <= most:
            up = "up" if most == sys.float_info.max else f"to {most}"
            self.refuse(f"is {value}, which is out of range", key, hint=f"use a number from {least} {up}")
            return default
        return float(value) if isinstance(value, float) else int(value)

    def choice(self, key: str, known: Iterable[_Choice], default: _Choice) -> _Choice:
        """One of the strings `known`."""
        value, names = self.take(key), tuple(known)
        if value is None or not self.is_one_of((str,), value, key, hint=f"use one of {_listed(names)}"):
            return default
        return self._chosen(value, names, key) or default

    def choices(self, key: str, known: Iterable[_Choice], default: tuple[_Choice, ...]) -> tuple[_Choice, ...]:
        """Some of the strings `known`, each once."""
        names = tuple(known)
        chosen = [self._chosen(value, names, key, index) for index, value in self._filled_elements(key)]
        return tuple(dict.fromkeys(value for value in chosen if value is not None)) if key in self else default

    def _chosen(self, value: str, known: tuple[_Choice, ...], *keys: str | int) -> _Choice | None:
        for one in known:
            if one == value:
                return one
        meant = nearest(value, known)
        is_slip = meant and _DIGITS.sub("0", meant) != _DIGITS.sub("0", value)  # `sha1` is no slip of `sha512`
        hint = f"did you mean `{meant}`?" if is_slip else f"use one of {_listed(known)}"
        self.refuse(f"cannot be `{value}`", *keys, hint=hint)
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """An array of strings that are not empty; no elements if it is absent."""
        return tuple(value for _, value in self._filled_elements(key))

    def _filled_elements(self, key: str) -> list[tuple[int, str]]:
        return [(index, value) for index, value in self.elements(key) if self._is_filled(value, key, index)]

    def elements(self, key: str) -> list[tuple[int, Any]]:
        """The elements of the array at `key`, numbered; their types are not checked."""
        value = self.take(key)
        return list(enumerate(value)) if value is not None and self.is_one_of((list,), value, key) else []

    def table(self, key: str) -> "Table":
        """The table at `key`; an empty one if it is absent or wrong."""
        value = self.take(key)
        return self.inner({} if value is None else value, key)

    def inner(self, value: object, *keys: str | int) -> "Table":
        """`value`, found at `keys`, as a table; an empty one if it is not a table."""
        values = value if isinstance(value, dict) else {}
        self.is_one_of((dict,), value, *keys)
        return Table(self._document, (*self._path, *keys), values)

    def is_one_of(self, kinds: tuple[type, ...], value: object, *keys: str | int, hint: str | None = None) -> bool:
        """Whether `value`, found at `keys`, is of one of the types `kinds`; records a fault if not."""
        if type(value) in kinds:
            return True
        expected = " or ".join(_TYPE_NAMES[kind] for kind in kinds)
        found = _TYPE_NAMES.get(type(value), "a date")
        hint = hint or _as_type(kinds, value)
        self.fault("config/type", f"`{self.name(*keys)}` is {found}, not {expected}", *keys, hint=hint)
        return False

    def close(self, elsewhere: Mapping[str, str] = {}) -> None:
        """Record a fault for every unknown key; `elsewhere` has hints for keys that belong into other tables."""
        for key in self._values:
            if key not in self._known:
                meant = nearest(key, self._known)
                hint = f"did you mean `{meant}`?" if meant else f"use one of {_listed(sorted(self._known))}"
                hint = elsewhere.get(key, hint)
                self._fault_at_key("config/unknown-key", f"unknown key `{self.name(key)}`", key, hint)


def _as_type(kinds: tuple[type, ...], value: object) -> str:
    """The hint for `value`, which is of none of the types `kinds`."""
    if bool in kinds and (len(kinds) == 1 or isinstance(value, str)):
        return "write `true` or `false`, without quotes"
    if list in kinds and isinstance(value, str):
        return f'write it in brackets: `["{value}"]`'
    if list in kinds and value is False:
        return "write `[]` for none"
    wanted = [kind for kind in kinds if not (kind is int and float in kinds)]
    return "write " + (", or " if bool in kinds else " or ").join(_FORMS[kind] for kind in wanted)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
