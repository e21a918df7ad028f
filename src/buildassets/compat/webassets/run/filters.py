"""Filters of the project's own, as modules that define bundles may have them. A web process runs none. Pure."""

from collections.abc import Callable
from typing import Any

__all__ = ["ExternalTool", "Filter", "get_filter", "register_filter"]


class Filter:
    """The base of the project's own filters."""

    name: str | None = None
    options: Any = {}  # noqa: RUF012 as webassets declares it
    max_debug_level: Any = False

    def __init__(self, **given: Any) -> None:
        self.given = given


class ExternalTool(Filter):
    """The base of those that run a program."""

    argv: Any = ()
    method: str | None = None


class _Called(Filter):
    """A filter of webassets with options, or a function."""

    def __init__(self, name: str, function: Callable[..., Any] | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.name = name
        self.function = function


def get_filter(name: Any, *_: Any, **given: Any) -> Filter:
    """The filter `name` with its options; a function, a class or a filter is one already."""
    if isinstance(name, Filter):
        return name
    if isinstance(name, type):
        made: Filter = name(**given)
        return made
    if callable(name):
        return _Called(getattr(name, "__name__", "function"), name, **given)
    return _Called(str(name), **given)


def register_filter(filter_class: type) -> None:
    """Accept a filter of the project's own: a build names where it is used."""
    if not isinstance(filter_class, type) or not issubclass(filter_class, Filter):
        raise ValueError("Must be a subclass of 'Filter'")
