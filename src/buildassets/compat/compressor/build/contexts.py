"""The contexts in which templates are rendered: COMPRESS_OFFLINE_CONTEXT.

Takes Django's settings, gives contexts one at a time. Imports Django.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string

from buildassets.compat.compressor.run.state import State, states_in
from buildassets.diagnostics import error
from buildassets.errors import BuildError

__all__ = ["given_contexts", "offline_contexts", "thread_state"]

_PLAIN: Final = (str, int, float, bool, type(None))
_SEQUENCES: Final = (list, tuple)


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


def given_contexts() -> str | None:
    """What a function gives for COMPRESS_OFFLINE_CONTEXT, as a text: by it two builds are seen to have the same.

    Empty where the setting names no function; None where something in it is no plain value, or cannot be had.
    """
    if not isinstance(getattr(settings, "COMPRESS_OFFLINE_CONTEXT", None), str):
        return ""
    try:
        found = [(one, thread_state()) for one in offline_contexts()]
    except BuildError:
        return None
    return repr(found) if all(_is_plain(one) for one, _ in found) else None


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(one) for pair in value.items() for one in pair)
    return isinstance(value, _PLAIN) or (isinstance(value, _SEQUENCES) and all(map(_is_plain, value)))


def thread_state() -> State:
    """What the module of the function that COMPRESS_OFFLINE_CONTEXT names holds of the state of this thread."""
    given = getattr(settings, "COMPRESS_OFFLINE_CONTEXT", None)
    try:
        module = sys.modules[import_string(given).__module__] if isinstance(given, str) else None
    except (ImportError, AttributeError, KeyError):
        return ()
    return states_in(module) if module else ()


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
