"""The engines of one build, started as the configuration has them: in the process that builds, and in its workers.

Takes a Config, gives Engines that the caller's stack closes, or BuildError.
"""

from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial

from buildassets.compiler.compile import Engines
from buildassets.compiler.config.shown import place_of_setting, shown_path
from buildassets.compiler.config.values import Config, Mode
from buildassets.compiler.engines.protocol import EngineOptions, KnownCompiler, KnownEngine
from buildassets.compiler.engines.registry import start_compiler, start_engine
from buildassets.diagnostics import Diagnostic, sort_key
from buildassets.errors import BuildError


def started_engines(config: Config, mode: Mode, stack: ExitStack) -> Engines:
    """The engines that `config` names, started; raises BuildError with what is wrong with all that cannot be."""
    options = EngineOptions(config.folder, partial(shown_path, config), config.load_paths, config.url, config.browsers)
    named = {"scss": config.engines.scss}
    if mode == "production" and config.minify:
        minifiers = {"css": config.engines.css, "js": config.engines.js}
        named |= {kind: name for kind, name in minifiers.items() if name != "none"}
    started: dict[str, KnownEngine] = {}
    compilers: dict[str, KnownCompiler] = {}
    faults: list[Diagnostic] = []
    for kind, name in (*named.items(), *sorted(config.engines.compilers.items())):
        try:
            if kind in config.engines.compilers:
                compilers["." + kind] = stack.enter_context(closing(start_compiler(name, options)))
            else:
                started[kind] = stack.enter_context(closing(start_engine(name, options)))
        except BuildError as fault:
            place = place_of_setting(config, "engines", kind)
            faults += (replace(found, location=place) for found in fault.diagnostics)
    if faults:
        raise BuildError(sorted(faults, key=sort_key))
    css, js = started.get("css"), started.get("js")
    return Engines(started["scss"], css, js, options.shown, compilers, config.source_maps)


class RunningEngines:
    """Engines that stay started from one build to the next, for as long as the settings are the same."""

    def __init__(self) -> None:
        self._ends = ExitStack()
        self._started: tuple[Config, Mode, Engines] | None = None

    def started(self, config: Config, mode: Mode) -> Engines:
        """The engines that `config` names; raises BuildError with what is wrong with all that cannot be started."""
        if self._started is None or self._started[:2] != (config, mode):
            self.close()
            with ExitStack() as stack:
                self._started = config, mode, started_engines(config, mode, stack)
                self._ends = stack.pop_all()
        return self._started[2]

    def close(self) -> None:
        """End what was started."""
        self._started = None
        self._ends.close()
