"""Values of a configuration, whose text names what is kept of its builds."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

from buildassets.compiler.config.values import Config


def _types_in(hint: Any) -> Iterator[Any]:
    yield hint
    for inner in get_args(hint):
        yield from _types_in(inner)


def _fields_in(cls: type, seen: set[type]) -> Iterator[tuple[str, Any]]:
    """List the fields of a class, and of the package's classes in it, with each type that they may have."""
    seen.add(cls)
    for name, hint in get_type_hints(cls).items():
        for inner in _types_in(hint):
            yield f"{cls.__name__}.{name}", inner
            if inspect.isclass(inner) and inner.__module__.startswith("buildassets.") and inner not in seen:
                yield from _fields_in(inner, seen)


def test_no_field_is_a_set_which_each_process_writes_in_another_order() -> None:
    fields = [*_fields_in(Config, set())]
    assert any(name.startswith("BlockPlan.") for name, _ in fields)
    assert [name for name, hint in fields if (get_origin(hint) or hint) in (set, frozenset)] == []
