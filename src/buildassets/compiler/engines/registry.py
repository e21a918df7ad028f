"""Starts engines by their names: the built-in ones, and those of installed packages.

The module of a built-in engine is imported when that is asked for; any other name is looked up among entry points.
"""

from collections.abc import Callable, Mapping
from typing import Final

from buildassets.compiler.engines.protocol import EngineOptions, KnownCompiler, KnownEngine

BUILT_IN: Final[Mapping[str, str]] = {
    "dart-sass": "buildassets.compiler.engines.sass.dart:dart_sass",
    "esbuild": "buildassets.compiler.engines.esbuild.minify:esbuild_engine",
    "libsass": "buildassets.compiler.engines.sass.libsass:libsass",
    "lightningcss": "buildassets.compiler.engines.lightningcss:lightningcss_engine",
    "rcssmin": "buildassets.compiler.engines.rcssmin:rcssmin_engine",
    "rjsmin": "buildassets.compiler.engines.rjsmin:rjsmin_engine",
    "sass": "buildassets.compiler.engines.sass.dart:sass_on_path",
}


def installed_engines() -> tuple[str, ...]:
    """The names of the engines that packages bring, sorted."""
    from buildassets.compiler.engines.entry_points import engine_names

    return engine_names()


def start_engine(name: str, options: EngineOptions) -> KnownEngine:
    """The engine of that name, built in or of a package; raises BuildError if there is none or it cannot start."""
    if name not in BUILT_IN:
        from buildassets.compiler.engines.entry_points import load_engine

        return load_engine(name, options)
    from importlib import import_module

    module, _, attribute = BUILT_IN[name].partition(":")
    start: Callable[[EngineOptions], KnownEngine] = getattr(import_module(module), attribute)
    return start(options)


def start_any(name: str, options: EngineOptions) -> KnownEngine | KnownCompiler:
    """The engine of that name in a package, a compiler or not; raises BuildError if it cannot start."""
    from buildassets.compiler.engines.entry_points import load_any

    return load_any(name, options)


def start_compiler(name: str, options: EngineOptions) -> KnownCompiler:
    """The compiler of that name in a package; raises BuildError if there is none or it cannot start."""
    from buildassets.compiler.engines.entry_points import load_compiler

    return load_compiler(name, options)
