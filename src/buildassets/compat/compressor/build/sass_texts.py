"""Sass compiled here: where filters of the project's work on what it gives, or functions of its own are called.

Imports libsass and Django.
"""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.templatetags.static import static

from buildassets.compat.compressor.build.precompilers import Content, PrecompilerError
from buildassets.compat.compressor.build.static_files import plain_static_urls

__all__ = ["compiled_sass", "own_functions"]


def own_functions() -> dict[str, Any]:
    """The functions in LIBSASS_CUSTOM_FUNCTIONS, except `static`, which the engine of the build knows."""
    given = getattr(settings, "LIBSASS_CUSTOM_FUNCTIONS", None) or {}
    return {name: function for name, function in dict(given).items() if name != "static"}


def compiled_sass(content: Content, suffix: str, folders: Sequence[str]) -> tuple[str, set[str]]:
    """The CSS, and the files that were read for it. Raises PrecompilerError."""
    try:
        import sass
    except ImportError:
        raise PrecompilerError("libsass is not installed, which filters need for Sass") from None
    own = [os.path.dirname(content.file)] if content.file else []
    more = getattr(settings, "LIBSASS_ADDITIONAL_INCLUDE_PATHS", None) or ()
    functions: dict[str, Any] = {"static": lambda path: f'"{static(path)}"'}
    functions |= own_functions()
    try:
        with plain_static_urls():
            text = sass.compile(  # type: ignore[no-untyped-call]  # it has no types
                string=content.text,
                indented=suffix == ".sass",
                include_paths=[*own, *folders, *map(str, more)],
                custom_functions=functions,
            )
    except sass.CompileError as fault:
        raise PrecompilerError("Sass cannot compile this", str(fault)) from None
    return str(text), {content.file} if content.file else set()
