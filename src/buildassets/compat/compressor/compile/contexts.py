"""The contexts in which templates are rendered: COMPRESS_OFFLINE_CONTEXT.

Takes Django's settings, gives contexts one at a time. Imports Django.
"""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.module_loading import import_string

from buildassets.compat.compressor.run.state import State, states_in
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import error

__all__ = ["ProbedContexts", "offline_contexts", "thread_state"]

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


class ProbedContexts:
    """The contexts of a project: read once ahead of a collection, to compare builds, and again to collect blocks.

    A function may give them only once, as where it returns the same iterator each time: then those of the first reading
    serve for the second one.
    """

    def __init__(self) -> None:
        given = getattr(settings, "COMPRESS_OFFLINE_CONTEXT", None)
        self._first: list[dict[str, Any]] = []
        self._probed: str | None = None if _is_drawn(given) else ""
        self._collected: str | None = ""
        if isinstance(given, str):
            self._probe()

    def _probe(self) -> None:
        texts: list[str | None] = []
        try:
            for one in offline_contexts():
                texts.append(_as_text(one))
                self._first.append(one)
        except BuildError:
            texts.append(None)
        self._probed = _joined(texts)

    @property
    def text(self) -> str | None:
        """The contexts that a function gave, as a text by which two builds are compared.

        Empty if the setting itself contains them; None if one has a value that is not plain, or the function failed.
        """
        return self._probed

    @property
    def is_stable(self) -> bool:
        """Whether a text is known, and both readings gave the same one."""
        return self._probed is not None and self._probed == self._collected

    def each(self) -> Iterator[dict[str, Any]]:
        """Each context, as `offline_contexts` gives it; if it gives none any more, those of the first reading."""
        texts: list[str | None] = []
        for one in offline_contexts():
            texts.append(_as_text(one))
            yield one
        self._collected = _joined(texts) if self._probed else self._probed
        if not texts:
            self._collected = self._probed
            yield from self._first


def _as_text(context: dict[str, Any]) -> str | None:
    """A context with the state of the thread that it has; None where not all values are plain."""
    return repr((context, thread_state())) if _is_plain(context) else None


def _joined(texts: list[str | None]) -> str | None:
    known = [one for one in texts if one is not None]
    return "\n".join(known) if len(known) == len(texts) else None


def _is_drawn(value: object) -> bool:
    """Whether a value, or one in it, is only known once it is drawn from: by an iterator, which may read anything."""
    if isinstance(value, Mapping):
        return any(map(_is_drawn, value.values()))
    if isinstance(value, _SEQUENCES):
        return any(map(_is_drawn, value))
    is_counted = isinstance(value, Collection) or hasattr(value, "flatten")
    return isinstance(value, Iterable) and not is_counted


def _is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(one) for pair in value.items() for one in pair)
    return isinstance(value, _PLAIN) or (isinstance(value, _SEQUENCES) and all(map(_is_plain, value)))


def thread_state() -> State:
    """The state of this thread in the module of the function that COMPRESS_OFFLINE_CONTEXT names."""
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
    except (Exception, SystemExit) as fault:
        message = f"COMPRESS_OFFLINE_CONTEXT gives no context: {type(fault).__name__}: {fault}"
        raise BuildError([_fault(message)]) from None


def _called(name: str) -> Any:
    try:
        return import_string(name)()
    except (Exception, SystemExit) as fault:
        message = f"cannot call `{name}`, which COMPRESS_OFFLINE_CONTEXT names: {fault}"
        raise BuildError([_fault(message)]) from None


def _flat(context: Any) -> dict[str, Any]:
    return dict(context.flatten()) if hasattr(context, "flatten") else dict(context)


def _fault(message: str) -> Any:
    hint = "let the setting be a dict, a list of dicts, or the dotted name of a function that gives one"
    return error("compressor/setting", message, hint=hint)
