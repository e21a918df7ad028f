"""A command that runs beside a watch, such as the web server of whoever develops."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from threading import Lock, Thread, main_thread
from time import sleep
from typing import TYPE_CHECKING, Final

import click

from buildassets.manifest import MANIFEST_NAME
from buildassets.typed import IS_WATCHED

if TYPE_CHECKING:
    from buildassets.compiler.config.values import Config
    from buildassets.compiler.watch.listener import PagesChanged, Rebuilt

# Ctrl-C at a terminal reaches the command by itself; what is left after this time is told to end.
_OWN_WAY_SECONDS: Final = 0.5
_ENDING_SECONDS: Final = 10.0
# How long a command may have ended before us for the same Ctrl-C.
_INTERRUPT_SECONDS: Final = 0.2


def run_once(command: Sequence[str]) -> None:
    """Run a command and wait for it; what it prints goes to stderr. What comes of it, it writes to files."""
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno(), check=False)  # noqa: S603 the project's


class Beside:
    """Starts `command` once there is a release, and ends it with the watch.

    It has our standard streams, but writes to stderr where stdout is ours.
    """

    def __init__(self, command: Sequence[str], *, stdout_is_ours: bool) -> None:
        if shutil.which(command[0]) is None:
            raise click.UsageError(f"there is no command `{command[0]}`")
        self._command = command
        self._stdout = sys.stderr.fileno() if stdout_is_ours else None
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = Lock()  # held by whoever first says why the watch ends
        self._exit_code: int | None = None

    def exit_code_of(self, watch: Callable[[], None]) -> int:
        """That of the command, where it is the command that ended `watch`."""
        try:
            watch()
        except SystemExit as end:
            if isinstance(end.__context__, KeyboardInterrupt):
                raise end.__context__ from None
            if self._exit_code is None:
                raise
        return self._exit_code or 0

    def start(self, config: "Config") -> None:
        """See Listener."""

    def rebuilt(self, rebuilt: "Rebuilt") -> None:
        """See Listener."""
        if self._process is None and os.path.exists(os.path.join(rebuilt.config.output, MANIFEST_NAME)):
            self._process = self._started()
            Thread(target=self._end_watch_after, args=(self._process,), daemon=True).start()

    def pages_changed(self, pages: "PagesChanged") -> None:
        """See Listener."""

    def stop(self) -> None:
        """See Listener."""
        self._ended.acquire(blocking=False)
        process = self._process
        if process is None:
            return
        for end, seconds in ((None, _OWN_WAY_SECONDS), (process.terminate, _ENDING_SECONDS), (process.kill, None)):
            if end is not None:
                end()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            return

    def _started(self) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, IS_WATCHED: "1"}  # whoever would start a watch of his own need not
        try:
            return subprocess.Popen(self._command, stdout=self._stdout, env=environment)  # noqa: S603 the user's own
        except OSError as fault:
            raise click.UsageError(f"cannot run `{self._command[0]}`: {(fault.strerror or '').lower()}") from None

    def _end_watch_after(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait until the command has ended; then the watch, which waits for changes, has to be told by a signal."""
        code = process.wait()
        sleep(_INTERRUPT_SECONDS)
        if self._ended.acquire(blocking=False):
            self._exit_code = code if code >= 0 else 128 - code
            signal.pthread_kill(main_thread().ident or 0, signal.SIGTERM)
