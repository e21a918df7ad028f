"""Compiles TypeScript and JSX to JavaScript with esbuild, one file at a time, and puts the values of `define` in.

esbuild is looked for, and what runs it imported, when the first file needs it: most projects have no such file. One
process compiles all files; it reads none: what `tsconfig.json` decides is read here and handed to it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from buildassets.compiler.engines.esbuild.command import find_esbuild
from buildassets.compiler.engines.esbuild.tsconfig import TsConfig, tsconfig_of
from buildassets.compiler.engines.failures import UnavailableError
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.reader import Reader
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Location
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import suffix

if TYPE_CHECKING:
    from buildassets.compiler.engines.esbuild.one_file import OneFileEsbuild

_LOADERS: Final = {".ts": "ts", ".mts": "ts", ".cts": "ts", ".tsx": "tsx", ".jsx": "jsx"}
_TARGET: Final = "es2022"  # what browsers since 2022 know; it has neither decorators nor `accessor`


class EsbuildTransform:
    """Compiles TypeScript and JSX for `browsers`, or else for ES2022; other scripts only get the values of `define`.

    `define` are the values of names, as JavaScript.
    """

    name = "esbuild transform"
    reads: tuple[str, ...] = ("browsers",)

    def __init__(self, options: EngineOptions, define: Mapping[str, str]) -> None:
        self._options = options
        self._define = tuple(f"--define:{name}={value}" for name, value in sorted(define.items()))
        self._running: OneFileEsbuild | None = None

    @property
    def version(self) -> str:
        """Name, version and origin of esbuild; only its name if there is none."""
        try:
            return self._started().version
        except UnavailableError:
            return "esbuild"

    @property
    def programs(self) -> tuple[str, ...]:
        """The command, once it was looked for."""
        return self._running.programs if self._running else ()

    def run(self, given: EngineInput) -> Compiled:
        """The script that `given` compiles to, with a source map; an error if it cannot be compiled.

        A script that is not to be compiled and has no name that is defined stays as written.
        """
        given = replace(given, reader=Reader(self._options.shown))
        compiled = self._compiled(given)
        inputs, absences = (tuple(sorted(paths)) for paths in (given.reader.inputs, given.reader.absences))
        return replace(compiled, inputs=inputs, absences=absences)

    def _compiled(self, given: EngineInput) -> Compiled:
        try:
            settings = self._settings(given)
            running = self._started()
        except BuildError as fault:
            return Compiled("", diagnostics=tuple(fault.diagnostics))
        except UnavailableError as fault:
            aim = "compile" if _is_compiled(given) else "put the values of `define` into"
            found = fault.diagnostic("js/unavailable", Location(given.shown))
            if found.is_error:
                found = replace(found, message=f"cannot {aim} `{given.shown}`: {fault.message}")
            return Compiled("", diagnostics=(found,))
        if any(one.is_error for one in settings.diagnostics):
            return Compiled("", diagnostics=settings.diagnostics)
        flags = (*self._flags(given, settings, knows_attributes=running.knows_attributes),)
        compiled = running.transformed(given, (*flags, *self._define))
        if not _is_compiled(given) and running.transformed(given, flags).text == compiled.text:
            return Compiled(given.text)
        return replace(compiled, diagnostics=(*settings.diagnostics, *compiled.diagnostics))

    def close(self) -> None:
        """End the process."""
        if self._running:
            self._running.close()

    def _started(self) -> "OneFileEsbuild":
        if self._running is None:
            from buildassets.compiler.engines.esbuild.one_file import OneFileEsbuild

            options = self._options
            self._running = OneFileEsbuild(find_esbuild(options.folder, permission=options.permission))
        return self._running

    def _settings(self, given: EngineInput) -> TsConfig:
        if not _is_compiled(given):
            return TsConfig()
        return tsconfig_of(given.path, self._options.folder, given.read, self._options.shown)

    def _flags(self, given: EngineInput, settings: TsConfig, *, knows_attributes: bool) -> Iterator[str]:
        yield f"--sourcefile={given.shown}"
        if not _is_compiled(given):
            yield "--loader=js"
            return
        yield f"--loader={_LOADERS[suffix(given.path)]}"
        yield "--target=" + ",".join(browser.replace(" ", "") for browser in self._options.browsers or (_TARGET,))
        if knows_attributes and not self._options.browsers:
            yield "--supported:import-attributes=true"  # without them browsers would refuse `import d from "./d.json"`
        if "jsx" not in settings.compiling:
            yield "--jsx=automatic"
        yield f"--tsconfig-raw={json.dumps({'compilerOptions': settings.compiling})}"


def _is_compiled(given: EngineInput) -> bool:
    return suffix(given.path) in _LOADERS
