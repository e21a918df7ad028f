"""Starts engines by their names: the built-in ones, and those of installed packages.

The module of a built-in engine is imported when that is asked for; any other name is looked up among entry points.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

from buildassets.foundation.frozen import frozen

if TYPE_CHECKING:
    from buildassets.compiler.engines.protocol import EngineOptions, KnownCompiler, KnownEngine


@frozen
class BuiltIn:
    """What is known of a built-in engine before it is started.

    `key` is the one in `engines` that may name it; `start` makes it, as `module:function`. `requires` is the module of
    a package that every installation has. It may report syntax that is not closed (`reports_unclosed`), take a tenth
    of the time with the native lexers (`is_fast_natively`), or work in a process of its own (`runs_apart`), in which a
    thread that waits for it does all that a worker would.
    """

    key: str
    start: str
    requires: str = ""
    reports_unclosed: bool = False
    is_fast_natively: bool = False
    runs_apart: bool = False


_OF_A_PACKAGE: Final = BuiltIn("", "")
_ALIASES: Final[Mapping[str, str]] = {"rcssmin": "builtin"}
# In the order in which diagnostics and the schema list them.
BUILT_IN: Final[Mapping[str, BuiltIn]] = {
    "libsass": BuiltIn("scss", "buildassets.compiler.engines.sass.libsass:libsass"),
    "dart-sass": BuiltIn("scss", "buildassets.compiler.engines.sass.chosen:dart_sass"),
    "sass": BuiltIn("scss", "buildassets.compiler.engines.sass.chosen:sass_on_path"),
    "builtin": BuiltIn(
        "css", "buildassets.compiler.engines.sheets:sheet_engine", reports_unclosed=True, is_fast_natively=True
    ),
    "lightningcss": BuiltIn(
        "css", "buildassets.compiler.engines.lightningcss:lightningcss_engine", reports_unclosed=True
    ),
    "rjsmin": BuiltIn(
        "js",
        "buildassets.compiler.engines.rjsmin:rjsmin_engine",
        requires="rjsmin",
        reports_unclosed=True,
        is_fast_natively=True,
    ),
    "esbuild": BuiltIn(
        "js",
        "buildassets.compiler.engines.esbuild.minify:esbuild_engine",
        reports_unclosed=True,
        is_fast_natively=True,
        runs_apart=True,
    ),
}


def engines_for(key: str) -> tuple[str, ...]:
    """The names of the built-in engines that `key` in `engines` may have, with their aliases."""
    own = tuple(name for name, one in BUILT_IN.items() if one.key == key)
    return (*own, *(alias for alias, name in _ALIASES.items() if name in own))


def canonical(name: str) -> str:
    """The name of the engine that a configuration may also name `name`."""
    return _ALIASES.get(name, name)


def known_of(name: str) -> BuiltIn:
    """What is known of the engine `name`: of one of a package, nothing."""
    return BUILT_IN.get(name, _OF_A_PACKAGE)


def installed_engines() -> tuple[str, ...]:
    """The names of the engines that packages bring, sorted."""
    from buildassets.compiler.engines.entry_points import engine_names

    return engine_names()


def start_engine(name: str, options: "EngineOptions") -> "KnownEngine":
    """The engine of that name, built in or of a package; raises BuildError if there is none or it cannot start."""
    if name not in BUILT_IN:
        from buildassets.compiler.engines.entry_points import load_engine

        return load_engine(name, options)

    module, _, attribute = BUILT_IN[name].start.partition(":")
    start: Callable[[EngineOptions], KnownEngine] = getattr(import_module(module), attribute)
    return start(options)


def start_compiler(name: str, options: "EngineOptions") -> "KnownCompiler":
    """The compiler of that name in a package; raises BuildError if there is none or it cannot start."""
    from buildassets.compiler.engines.entry_points import load_compiler

    return load_compiler(name, options)
