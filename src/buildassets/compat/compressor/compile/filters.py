"""Filters of the project's own, and those of django-compressor that the compiler has nothing for.

Takes texts, gives texts, or the reason why there is none. Imports Django.
"""

from typing import Any, Final

from django.conf import settings
from django.template import Context, Template
from django.utils.module_loading import import_string

from buildassets.compat.compressor.compile.precompilers import PrecompilerError, SourceToCompile

__all__ = ["Filters"]

_TEMPLATE: Final = "compressor.filters.template.TemplateFilter"


class Filters:
    """The filters of one kind, by their dotted names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def __bool__(self) -> bool:
        return bool(self._names)

    def on_content(self, content: SourceToCompile) -> str:
        """The result of their `input` for one file or inline text. Raises PrecompilerError."""
        text = content.text
        for name in self._names:
            if name == _TEMPLATE:
                text = _as_template(text)
            else:
                given: dict[str, Any] = {"filename": content.file, "basename": content.path, "charset": content.charset}
                given |= {"kind": "file" if content.file else "inline", "elem": None}
                text = _applied(name, text, content.kind, "input", given=given)
        return text

    def on_whole(self, text: str, kind: str) -> str:
        """`text`, all contents of a file together, after the `output` of each filter. Raises PrecompilerError."""
        for name in self._names:
            if name != _TEMPLATE:
                text = _applied(name, text, kind, "output", given={})
        return text

    def has_output(self) -> bool:
        """Whether any of them works on whole files. Raises PrecompilerError."""
        return any(name != _TEMPLATE and _overrides(_class(name), "output") for name in self._names)


def _overrides(made: Any, method: str) -> bool:
    """Whether a class has a `method` of its own, besides that of the base class, which does nothing."""
    found = getattr(made, method, None)
    return found is not None and getattr(found, "__qualname__", "") != f"FilterBase.{method}"


def _class(name: str) -> Any:
    try:
        return import_string(name)
    except ImportError as fault:
        raise PrecompilerError(f"cannot import the filter `{name}`: {fault}") from None


def _applied(name: str, text: str, kind: str, method: str, *, given: dict[str, Any]) -> str:
    made = _class(name)
    try:
        apply = getattr(made(text, filter_type=kind), method, None)
        return str(apply(**given)) if callable(apply) else text
    except NotImplementedError:
        return text
    except Exception as fault:
        raise PrecompilerError(f"the filter `{name}` failed", f"{type(fault).__name__}: {fault}") from None


def _as_template(text: str) -> str:
    values = getattr(settings, "COMPRESS_TEMPLATE_FILTER_CONTEXT", None) or {"STATIC_URL": settings.STATIC_URL}
    try:
        return str(Template(text).render(Context(values)))
    except Exception as fault:
        raise PrecompilerError("the filter `TemplateFilter` failed", f"{type(fault).__name__}: {fault}") from None
