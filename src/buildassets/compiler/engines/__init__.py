"""The one protocol behind which compilers and minifiers stand, and the list of those that are built in.

Stages know engines only by this protocol; the modules of the built-in ones are imported when one is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, cast

from buildassets.compiler.model import Compiled, EngineInput


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


BUILT_IN: Final[Mapping[str, str]] = {
    "dart-sass": "buildassets.compiler.engines.scss_dart:DartSassEngine",
    "libsass": "buildassets.compiler.engines.scss_libsass:LibsassEngine",
    "rcssmin": "buildassets.compiler.engines.css_rcssmin:RcssminEngine",
    "rjsmin": "buildassets.compiler.engines.js_rjsmin:RjsminEngine",
    "sass": "buildassets.compiler.engines.scss_dart:SassEngine",
}


def engine_class(name: str) -> type[Engine]:
    """The built-in engine of that name; KeyError where there is none."""
    from importlib import import_module

    module, _, attribute = BUILT_IN[name].partition(":")
    return cast("type[Engine]", getattr(import_module(module), attribute))


def sass_engine(name: str, load_paths: Sequence[str], shown: Callable[[str], str]) -> Engine:
    """The built-in Sass engine of that name.

    It looks in `load_paths` too, absolute folders; `shown` turns an absolute path into what the user would write.
    """
    return cast("Callable[..., Engine]", engine_class(name))(load_paths, shown)
