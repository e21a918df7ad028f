"""Compares a value that came from elsewhere with the types that its classes declare: pickles carry any.

Takes a value and a type, gives a judgement. Knows the kinds of types that exchanged values have.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from itertools import chain
from types import UnionType
from typing import Any, Final, Literal, NewType, Union, get_args, get_origin, get_type_hints

from buildassets.compiler.engines.process.object_stream import EXCHANGED

_UNIONS: Final = (Union, UnionType)
_PLAIN: Final = (str, int, bool, bytes, float, type(None))


def is_of_type(value: object, wanted: Any) -> bool:
    """Whether `value` and everything in it has the type `wanted`, exactly: no `bool` is an `int`."""
    if isinstance(wanted, NewType):
        wanted = wanted.__supertype__
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin in _UNIONS:
        return any(is_of_type(value, one) for one in arguments)
    if origin is Literal:
        return any(value is one or (type(value) is type(one) and value == one) for one in arguments)
    if origin is tuple:
        return type(value) is tuple and _are_members(value, arguments)
    if origin is list:
        return type(value) is list and _are_members(value, (*arguments, ...))
    if origin is Mapping:
        of_keys, of_values = ((one, ...) for one in arguments)
        return type(value) is dict and _are_members(value, of_keys) and _are_members(value.values(), of_values)
    return type(value) is wanted and (wanted in _PLAIN or _has_fields(value, wanted))


def _are_members(values: Any, wanted: tuple[Any, ...]) -> bool:
    """Whether each of `values` has its type; one type and an ellipsis stand for any number of values."""
    if wanted[-1:] != (...,):
        return len(values) == len(wanted) and all(map(is_of_type, values, wanted))
    member, members = wanted[0], get_args(wanted[0])
    if member in _PLAIN:  # the usual ones at once: a source map has 100,000 members
        return set(map(type, values)) <= {member}
    if get_origin(member) is tuple and set(members) == {int}:
        return all(type(one) is tuple and len(one) == len(members) for one in values) and _are_members(
            chain.from_iterable(values), (int, ...)
        )
    return all(is_of_type(one, member) for one in values)


def _has_fields(value: object, kind: type) -> bool:
    try:
        return all(is_of_type(getattr(value, name), wanted) for name, wanted in _fields(kind).items())
    except AttributeError:  # a pickle need not set all
        return False


@lru_cache(maxsize=64)
def _fields(kind: type) -> Mapping[str, Any]:
    """The types of the fields of `kind`, by name; an enumeration has none."""
    exchanged = {name: getattr(import_module(module), name) for module, name in EXCHANGED}
    hints = get_type_hints(kind, localns=exchanged)
    return {name: hint for name, hint in hints.items() if name in getattr(kind, "__match_args__", ())}
