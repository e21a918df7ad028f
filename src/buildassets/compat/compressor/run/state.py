"""Reads state of the thread on which blocks can depend, such as the theme that a visitor chose.

Takes names, `module:variable` of a context variable or `module:variable.attribute` of a `threading.local`, gives their
values. Imports no module: what is not loaded has set nothing.
"""

import sys
from collections.abc import Iterable
from contextvars import ContextVar
from threading import local
from types import ModuleType
from typing import Any, Final

__all__ = ["State", "state_of", "states_in"]

State = tuple[tuple[str, Any], ...]
_PLAIN: Final = (str, int, float, bool, type(None))


def states_in(module: ModuleType) -> State:
    """All such state of this thread that variables of `module` hold, by name; plain values only."""
    found: list[tuple[str, Any]] = []
    for variable, value in sorted(vars(module).items()):
        name = f"{module.__name__}:{variable}"
        if isinstance(value, local):
            found += ((f"{name}.{attribute}", one) for attribute, one in sorted(vars(value).items()))
        elif isinstance(value, ContextVar):
            found.append((name, value.get(None)))
    return tuple((name, value) for name, value in found if isinstance(value, _PLAIN))


def state_of(names: Iterable[str]) -> State:
    """The present values of these names; None for those that are not set."""
    return tuple((name, _value(name)) for name in names)


def _value(name: str) -> Any:
    module, _, path = name.partition(":")
    variable, _, attribute = path.partition(".")
    holder = getattr(sys.modules.get(module), variable, None)
    value = holder.get(None) if isinstance(holder, ContextVar) else getattr(holder, attribute, None)
    return value if isinstance(value, _PLAIN) else None
