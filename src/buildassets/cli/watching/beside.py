"""Runs a command next to a watch, such as the web server of a developer."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from threading import Lock, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

import click

from buildassets.cli.termination import send_to_main_thread
from buildassets.cli.watching.descendants import Descendant, descendants, running, send
from buildassets.foundation.permission import Permission
from buildassets.foundation.typed import IS_WATCHED
from buildassets.manifest.model import MANIFEST_NAME
from buildassets.programs.start import named, run, start

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.watch.listener import Rebuilt, TemplatesChanged

# Ctrl-C at a terminal also reaches the command. If it still runs after this time, it is sent SIGTERM,
_OWN_WAY_SECONDS: Final = 0.5
# and after this time it is killed.
_ENDING_SECONDS: Final = 10.0
# A command that ended by Ctrl-C may be noticed this much earlier than our own Ctrl-C.
_INTERRUPT_SECONDS: Final = 0.2
_LOOK_SECONDS: Final = 0.02


def run_once(command: Sequence[str], *, permission: Permission) -> None:
    """Run a command that writes files, and wait for it. Its output goes to stderr; its exit code is ignored."""
    run(named(command, permission=permission), stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno())


class Beside:
    """Starts `command` once there is a release, and ends it with the watch.

    The command inherits our standard streams, but with `stdout_is_ours` its stdout is our stderr.
    """

    def __init__(self, command: Sequence[str], *, stdout_is_ours: bool, permission: Permission) -> None:
        if shutil.which(command[0]) is None:
            raise click.UsageError(f"there is no command `{command[0]}`")
        self._command = command
        self._program = named(command, permission=permission)
        self._stdout = sys.stderr.fileno() if stdout_is_ours else None
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = Lock()  # taken by the first cause of the end: the command, or a stop of the watch
        self.exit_code: int | None = None  # that of the command, if it ended the watch

    def start(self, config: "Config") -> None:
        """See Listener."""

    def rebuilt(self, rebuilt: "Rebuilt") -> None:
        """See Listener."""
        if self._process is None and os.path.exists(os.path.join(rebuilt.config.output, MANIFEST_NAME)):
            self._process = self._started()
            Thread(target=self._end_watch_after, args=(self._process,), daemon=True).start()

    def templates_changed(self, pages: "TemplatesChanged") -> None:
        """See Listener."""

    def stop(self) -> None:
        """See Listener."""
        self._ended.acquire(blocking=False)
        process = self._process
        if process is None:
            return
        started = descendants(process.pid) if process.returncode is None else []
        for end, seconds in ((None, _OWN_WAY_SECONDS), (process.terminate, _ENDING_SECONDS), (process.kill, None)):
            if end is not None:
                end()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                started = descendants(process.pid)
                continue
            break
        _end(started)

    def _started(self) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, IS_WATCHED: "1"}  # so that the command starts no watch of its own
        try:
            return start(self._program, stdout=self._stdout, env=environment)
        except OSError as fault:
            raise click.UsageError(f"cannot run `{self._command[0]}`: {(fault.strerror or '').lower()}") from None

    def _end_watch_after(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait for the end of the command, then end the watch by a signal, as it is waiting for changes."""
        code = process.wait()
        sleep(_INTERRUPT_SECONDS)
        if self._ended.acquire(blocking=False):
            self.exit_code = code if code >= 0 else 128 - code
            send_to_main_thread(signal.SIGTERM)


def _end(started: Sequence[Descendant]) -> None:
    """End what a command that has ended had started, as a shell does not pass on a signal."""
    if not started:
        return
    for number, seconds in ((None, _OWN_WAY_SECONDS), (signal.SIGTERM, _ENDING_SECONDS), (signal.SIGKILL, 0.0)):
        later = (new for one in running(started) for new in descendants(one.number))  # as a server that reloads
        started = [*dict.fromkeys([*started, *later])]
        if number is not None:
            send(started, number)
        deadline = monotonic() + seconds
        while running(started):
            if monotonic() >= deadline:
                break
            sleep(_LOOK_SECONDS)
        else:
            return
