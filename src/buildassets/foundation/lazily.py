"""Mappings whose values are made when they are read, each once. Pure; imports nothing of the package."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Lazily(MutableMapping[_Key, _Value]):
    """Values by `keys`, in that order; `make` gives that of a key when it is read first. Iterating items makes all."""

    def __init__(self, keys: Iterable[_Key], make: Callable[[_Key], _Value]) -> None:
        self._keys = dict.fromkeys(keys)
        self._make = make
        self._values: dict[_Key, _Value] = {}

    def copy(self) -> "Lazily[_Key, _Value]":
        """A copy, with the values that are made by now."""
        copied = Lazily(self._keys, self._make)
        copied._values = {**self._values}
        return copied

    def forget(self, keys: Iterable[_Key]) -> None:
        """Make the values of these keys again when they are read."""
        for key in keys:
            self._values.pop(key, None)

    def __getitem__(self, key: _Key) -> _Value:
        if key in self._values:
            return self._values[key]
        if key not in self._keys:
            raise KeyError(key)
        value = self._values[key] = self._make(key)
        return value

    def __setitem__(self, key: _Key, value: _Value) -> None:
        self._keys[key] = None
        self._values[key] = value

    def __delitem__(self, key: _Key) -> None:
        del self._keys[key]
        self._values.pop(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
