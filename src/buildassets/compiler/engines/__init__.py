"""The one protocol behind which compilers and minifiers stand, and the list of those that are built in.

Stages know engines only by this protocol; the modules of the built-in ones are imported when one is asked for, and
any other name is looked for among the entry points of the packages that are installed.
"""

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from buildassets.compiler.model import Compiled, EngineInput
from buildassets.frozen import frozen


class Engine(Protocol):
    """A compiler or a minifier.

    `name` and `version` stand in the manifest. `run` never raises for what a user can have caused: its result then
    carries diagnostics with at least one error, and its text is not used. An engine may own a process: `close` ends it,
    and `run` after `close` starts it anew.
    """

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        ...

    @property
    def version(self) -> str:
        """Its name and version, as in `libsass 3.6.6`."""
        ...

    def run(self, given: EngineInput) -> Compiled:
        """What the engine makes of `given`, with everything that it read on the way."""
        ...

    def close(self) -> None:
        """Let go of processes and pipes."""
        ...


class KnownEngine(Engine, Protocol):
    """An engine of which is known what decides its results besides its version and the files that it reads.

    `programs` are the files that its code is in, absolute; `reads` the names of the EngineOptions that it goes by, and
    of environment variables, in small letters.
    """

    @property
    def programs(self) -> tuple[str, ...]:
        """Looked for when it is asked for."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """Such as `url`."""
        ...


class KnownCompiler(KnownEngine, Protocol):
    """The same of a Compiler."""

    @property
    def compiles_to(self) -> str:
        """The suffix of what it makes, as in `.css`."""
        ...


class Compiler(Engine, Protocol):
    """An engine that makes something else of a source, as a Sass compiler makes style sheets."""

    @property
    def compiles_to(self) -> str:
        """The suffix of what it makes, as in `.css`."""
        ...


@frozen
class EngineOptions:
    """What an engine may want to know of the configuration.

    `folder` and `load_paths` are absolute folders; `url` is the prefix under which a reference means a logical path;
    `shown` turns an absolute path into what the user would write; `browsers` are those that have to understand the
    result, as in `safari 16.4`, and none where it is not to be translated.
    """

    folder: str
    shown: Callable[[str], str]
    load_paths: tuple[str, ...] = ()
    url: str = "/assets/"
    browsers: tuple[str, ...] = ()


BUILT_IN: Final[Mapping[str, str]] = {
    "dart-sass": "buildassets.compiler.engines.scss_dart:dart_sass",
    "esbuild": "buildassets.compiler.engines.js_esbuild:esbuild_engine",
    "libsass": "buildassets.compiler.engines.scss_libsass:libsass",
    "lightningcss": "buildassets.compiler.engines.css_lightningcss:lightningcss_engine",
    "rcssmin": "buildassets.compiler.engines.css_rcssmin:rcssmin_engine",
    "rjsmin": "buildassets.compiler.engines.js_rjsmin:rjsmin_engine",
    "sass": "buildassets.compiler.engines.scss_dart:sass_on_path",
}


def installed_engines() -> tuple[str, ...]:
    """The names of the engines that packages bring, sorted."""
    from buildassets.compiler.engines.entry_points import engine_names

    return engine_names()


def start_engine(name: str, options: EngineOptions) -> KnownEngine:
    """The engine of that name, built in or of a package; raises BuildError where there is none that can be started."""
    if name not in BUILT_IN:
        from buildassets.compiler.engines.entry_points import load_engine

        return load_engine(name, options)
    from importlib import import_module

    module, _, attribute = BUILT_IN[name].partition(":")
    start: Callable[[EngineOptions], KnownEngine] = getattr(import_module(module), attribute)
    return start(options)


def start_compiler(name: str, options: EngineOptions) -> KnownCompiler:
    """The engine of that name in a package, which says what it compiles to; raises BuildError where there is none."""
    from buildassets.compiler.engines.entry_points import load_compiler

    return load_compiler(name, options)
