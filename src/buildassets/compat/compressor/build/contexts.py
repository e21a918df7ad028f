"""The contexts in which templates are rendered: COMPRESS_OFFLINE_CONTEXT.

Takes Django's settings, gives contexts one at a time. Imports Django.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from buildassets.compat.compressor.run.state import State, states_in
from buildassets.diagnostics import error
from buildassets.errors import BuildError

__all__ = ["contexts_text", "offline_contexts", "thread_state"]


def offline_contexts() -> Iterator[dict[str, Any]]:
    """Each context, made when it is asked for: a generator may set state of this thread between two of them.

    Raises BuildError where the setting names what cannot be imported or called, or holds no contexts.
    """
    given = getattr(settings, "COMPRESS_OFFLINE_CONTEXT", None) or {}
    if isinstance(given, str):
        given = _called(given)
    if isinstance(given, Mapping) or hasattr(given, "flatten"):
        given = [given]
    if not isinstance(given, Iterable):
        raise BuildError([_fault(f"COMPRESS_OFFLINE_CONTEXT holds {type(given).__name__}, and no contexts")])
    contexts = iter(given)
    while (one := _next(contexts)) is not None:
        yield {"STATIC_URL": settings.STATIC_URL, **one}


def thread_state() -> State:
    """What the module of the function that COMPRESS_OFFLINE_CONTEXT names holds of the state of this thread."""
    given = getattr(settings, "COMPRESS_OFFLINE_CONTEXT", None)
    try:
        module = sys.modules[import_string(given).__module__] if isinstance(given, str) else None
    except (ImportError, AttributeError, KeyError):
        return ()
    return states_in(module) if module else ()


def contexts_text() -> str | None:
    """What a function of the project's gives now, as a text to compare; empty where the setting names none.

    None where that cannot be known: it fails, or gives what is no plain data. State that a generator sets beside is
    taken to follow from what it gives.
    """
    if not isinstance(getattr(settings, "COMPRESS_OFFLINE_CONTEXT", None), str):
        return ""
    try:
        found = [*offline_contexts()]
    except BuildError:
        return None
    return repr(found) if all(map(_is_plain, found)) else None


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(one) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | bytes | int | float)


def _next(contexts: Iterator[Any]) -> dict[str, Any] | None:
    """The next context as a dictionary; None behind the last one."""
    try:
        return _flat(next(contexts))
    except StopIteration:
        return None
    except Exception as fault:
        message = f"COMPRESS_OFFLINE_CONTEXT gives no context: {type(fault).__name__}: {fault}"
        raise BuildError([_fault(message)]) from None


def _called(name: str) -> Any:
    try:
        return import_string(name)()
    except Exception as fault:
        message = f"cannot call `{name}`, which COMPRESS_OFFLINE_CONTEXT names: {fault}"
        raise BuildError([_fault(message)]) from None


def _flat(context: Any) -> dict[str, Any]:
    return dict(context.flatten()) if hasattr(context, "flatten") else dict(context)


def _fault(message: str) -> Any:
    hint = "let the setting be a dict, a list of dicts, or the dotted name of a function that gives one"
    return error("compressor/setting", message, hint=hint)
