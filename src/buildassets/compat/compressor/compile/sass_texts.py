"""Sass compiled here: where filters of the project's work on what it gives, or functions of its own are called.

Imports libsass and Django.
"""

import os
import re
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.templatetags.static import static

from buildassets.compat.compressor.compile.precompilers import PrecompilerError, SourceToCompile
from buildassets.compat.compressor.compile.static_files import plain_static_urls
from buildassets.compiler.engines.sass.libsass import PRECISION

__all__ = ["compiled_sass", "own_functions", "sass_digits"]

_SUFFIXES: Final = (".scss", ".sass", ".css")
# libsass takes these for rules of CSS and writes them as they are.
_MODULE_RULE: Final = re.compile(r"(?:^|[;{}])\s*@(?:use|forward)\s+[\"']")


def sass_digits() -> int:
    """The digits behind the point that LIBSASS_PRECISION asks for; 0 without the setting."""
    given = getattr(settings, "LIBSASS_PRECISION", None)
    return given if isinstance(given, int) else 0


def own_functions() -> dict[str, Any]:
    """The functions in LIBSASS_CUSTOM_FUNCTIONS, except `static`, which the engine of the build knows."""
    given = getattr(settings, "LIBSASS_CUSTOM_FUNCTIONS", None) or {}
    return {name: function for name, function in dict(given).items() if name != "static"}


def compiled_sass(content: SourceToCompile, suffix: str, folders: Sequence[str], read: set[str]) -> str:
    """The CSS; what it imports, or would if it were there, is added to `read`. Raises PrecompilerError."""
    try:
        import sass
    except ImportError:
        raise PrecompilerError("libsass is not installed, which filters need for Sass") from None
    own = [os.path.dirname(content.file)] if content.file else []
    more = getattr(settings, "LIBSASS_ADDITIONAL_INCLUDE_PATHS", None) or ()
    include_paths = [*own, *folders, *map(str, more)]

    def importing(name: str, importer: str) -> None:
        read.update(_candidates(name, [os.path.dirname(importer), *include_paths]))

    functions: dict[str, Any] = {"static": lambda path: f'"{static(path)}"'}
    functions |= own_functions()
    try:
        with plain_static_urls():
            text = sass.compile(  # type: ignore[no-untyped-call]  # it has no types
                string=content.text,
                indented=suffix == ".sass",
                include_paths=include_paths,
                importers=[(0, importing)],
                custom_functions=functions,
                precision=sass_digits() or PRECISION,
            )
    except sass.CompileError as fault:
        raise PrecompilerError("libsass, which filters need for Sass, cannot compile this", str(fault)) from None
    if _MODULE_RULE.search(text):
        raise PrecompilerError("libsass, which filters need for Sass, knows no `@use` and no `@forward`: use `@import`")
    return str(text)


def _candidates(name: str, folders: Sequence[str]) -> list[str]:
    """The files that an import of `name` may mean: those that are there; where none is, everything that would do."""
    folder, base = os.path.split(name)
    suffixes = ("",) if base.endswith(_SUFFIXES) else _SUFFIXES
    found = [
        os.path.join(root, folder, prefix + base + suffix)
        for root in dict.fromkeys(filter(None, folders))
        for prefix in ("", "_")
        for suffix in suffixes
    ]
    return list(filter(os.path.isfile, found)) or found
