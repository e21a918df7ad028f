"""Runs the commands that the configuration names next to a watch, each in a process group of its own.

What they print goes to our streams, each line behind the name of its command.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from subprocess import DEVNULL, PIPE
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING, Final

import click

from buildassets.cli.termination import send_to_main_thread
from buildassets.compiler.engines.commands.program import Program, find_program, places_of
from buildassets.compiler.engines.commands.running import end_group, uninterrupted
from buildassets.compiler.engines.failures import UnavailableError, ending
from buildassets.errors import BuildAssetsError, ConfigError
from buildassets.foundation.diagnostics import error, reason_text
from buildassets.foundation.typed import IS_WATCHED
from buildassets.manifest.model import MANIFEST_NAME
from buildassets.programs.start import Permitted, named, start

if TYPE_CHECKING:
    from buildassets.cli.watching.beside import Beside
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.watch.listener import Rebuilt, TemplatesChanged

# Those that ignore our own signal are sent SIGTERM after so many seconds, and killed after as many more.
_GRACE_SECONDS: Final = 5.0
_REST_SECONDS: Final = 2.0  # for what a command that has ended had started itself
_LOOK_SECONDS: Final = 0.02
# A command that ended by Ctrl-C may be noticed this much earlier than our own Ctrl-C.
_INTERRUPT_SECONDS: Final = 0.2
_SIGHUP: Final = 1
_LONGEST_LINE_BYTES: Final = 1 << 16
_COLOURS: Final = ("cyan", "magenta", "yellow", "green", "blue", "bright_cyan", "bright_magenta", "bright_yellow")


def exit_code_of_any(commands: "Iterable[Beside | Together]", watch: Callable[[], None]) -> int:
    """Run `watch`; the exit code is that of the first one of `commands` that ended it, 0 if it ended by itself."""
    try:
        watch()
    except SystemExit as end:
        if isinstance(end.__context__, KeyboardInterrupt):
            raise end.__context__ from None
        codes = [one.exit_code for one in commands if one.exit_code is not None]
        if not codes:
            raise
        return codes[0]
    return 0


class Together:
    """Starts the commands of the configuration once there is a release; when one ends, so do all, and the watch.

    With `stdout_is_ours`, what they print goes to stderr. `prefix` is before their names.
    """

    def __init__(self, *, stdout_is_ours: bool, prefix: str = "") -> None:
        self._prefix = prefix
        self._streams = (2, 2) if stdout_is_ours else (1, 2)
        self._programs: dict[str, Permitted] = {}
        self._running: list[_Beside] = []
        self._writing = Lock()
        self._ended = Lock()  # taken by the first cause of the end: a command, or a stop of the watch
        self.exit_code: int | None = None  # that of the command that ended the watch

    def start(self, config: "Config") -> None:
        """Find the programs; raises ConfigError for those that are not there."""
        if config.run:
            self._programs = programs_of(config)

    def rebuilt(self, rebuilt: "Rebuilt") -> None:
        """See Listener."""
        config = rebuilt.config
        if self._programs and not self._running and os.path.exists(os.path.join(config.output, MANIFEST_NAME)):
            uninterrupted(partial(self._start_all, config))

    def _start_all(self, config: "Config") -> None:
        width = max(map(len, self._programs))
        for number, (name, command) in enumerate(self._programs.items()):
            label = f"{_coloured(self._prefix + name.ljust(width), number)} | ".encode("utf-8", "replace")
            try:
                one = _Beside(command, config, label, self._streams, writing=self._writing)
            except OSError as fault:
                raise _unstartable(config, name, fault) from None
            self._running.append(one)
            Thread(target=self._end_watch_after, args=(one,), daemon=True).start()

    def templates_changed(self, pages: "TemplatesChanged") -> None:
        """See Listener."""

    def stop(self) -> None:
        """End all commands by the signal that ends us; they have some time for that."""
        self._ended.acquire(blocking=False)
        try:
            for number, seconds in ((_signal_of(sys.exception()), _GRACE_SECONDS), (signal.SIGTERM, _GRACE_SECONDS)):
                for one in self._running:
                    one.signal(number)
                deadline = monotonic() + seconds
                while monotonic() < deadline and not all(one.has_ended.is_set() for one in self._running):
                    sleep(_LOOK_SECONDS)
                if all(one.has_ended.is_set() for one in self._running):
                    break
            deadline = monotonic() + _REST_SECONDS
            for one in self._running:
                one.drain(deadline)
        finally:  # also when a second signal interrupts the wait
            for one in self._running:
                one.end()

    def _end_watch_after(self, one: "_Beside") -> None:
        """Wait for the end of a command, then end the watch by a signal, as it is waiting for changes."""
        code = one.wait()
        sleep(_INTERRUPT_SECONDS)
        if self._ended.acquire(blocking=False):
            self.exit_code = code if code >= 0 else 128 - code
            one.note(f"ended with {_how(code)}")
            send_to_main_thread(signal.SIGTERM)


class _Beside:
    """One command that runs, and the threads that read what it prints."""

    def __init__(
        self, program: Permitted, config: "Config", label: bytes, streams: tuple[int, int], *, writing: Lock
    ) -> None:
        # Python keeps what it prints to a pipe until there is much of it.
        environment = {"PYTHONUNBUFFERED": "1", **os.environ, IS_WATCHED: "1"}
        self.has_ended = Event()
        self._label = label
        self._writing = writing
        self._process = start(
            program,
            cwd=config.folder,
            env=environment,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
        )
        self._readers = [
            Thread(target=self._copy, args=(stream, to), daemon=True)
            for stream, to in zip((self._process.stdout, self._process.stderr), streams, strict=True)
        ]
        for reader in self._readers:
            reader.start()

    def wait(self) -> int:
        """Wait for the end of the command; the return code as `subprocess.Popen` has it.

        Where the system allows it, the process keeps its number until `end`, so that no other group can get it.
        """
        if not hasattr(os, "waitid"):
            code = self._process.wait()
        else:
            found = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            assert found is not None
            code = found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
        self.has_ended.set()
        return code

    def signal(self, number: int | None) -> None:
        """Send a signal to the whole group; without a number, kill it."""
        end_group(self._process, number)

    def drain(self, deadline: float) -> None:
        """Wait until nothing of the group can print any more, or for the deadline."""
        for reader in self._readers:
            reader.join(max(0.0, deadline - monotonic()))

    def end(self) -> None:
        """Kill what is left of the group."""
        self.signal(None)
        self._process.wait()

    def note(self, text: str) -> None:
        """Write a line of our own behind the name."""
        self._write(2, text.encode())

    def _copy(self, stream: IO[bytes], to: int) -> None:
        while line := stream.readline(_LONGEST_LINE_BYTES):
            self._write(to, line.rstrip(b"\r\n"))

    def _write(self, to: int, line: bytes) -> None:
        rest = memoryview(self._label + line + b"\n")
        with self._writing, suppress(OSError):  # nobody reads any more: the command need not end for that
            while rest:
                rest = rest[os.write(to, rest) :]


def programs_of(config: "Config") -> dict[str, Permitted]:
    """The commands with the absolute paths of their programs. Raises ConfigError."""
    found: dict[str, Permitted] = {}
    faults = []
    places: list[str] = []
    for name, command in config.run.items():
        try:
            program: Program = find_program(config.folder, command[0])
            found[name] = named((*program.command, *command[1:]), permission=config.permission)
        except UnavailableError as why:
            faults.append(why.diagnostic("command/absent", config.place("run", name)))
            places += places_of(config.folder, command[0])
    if faults:
        raise ConfigError(faults, looked_at=places)
    return found


def _unstartable(config: "Config", name: str, fault: OSError) -> BuildAssetsError:

    message = f"`{config.run[name][0]}` cannot be started: {reason_text(fault)}"
    hint = "check the program: a script begins with the line `#!/usr/bin/env INTERPRETER`, without a carriage return"
    return ConfigError([error("command/absent", message, config.place("run", name), hint=hint)])


def _signal_of(cause: BaseException | None) -> int:
    """The signal that raised `cause`."""
    if isinstance(cause, KeyboardInterrupt):
        return signal.SIGINT
    code = cause.code if isinstance(cause, SystemExit) and isinstance(cause.code, int) else 0
    return code - 128 if code == 128 + _SIGHUP else signal.SIGTERM


def _coloured(name: str, number: int) -> str:
    if os.environ.get("NO_COLOR") or not sys.stderr.isatty() or not sys.stdout.isatty():
        return name

    return click.style(name, fg=_COLOURS[number % len(_COLOURS)])


def _how(code: int) -> str:
    return ending(code)
