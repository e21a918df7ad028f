"""Commands in processes of their own, and what the system lists of processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.command import environment

_SIGNALS = "from signal import *; signal(SIGHUP, SIG_DFL); signal(SIGTERM, SIG_DFL); "


def command_of(
    *arguments: str, module: str = "buildassets.cli.main", constants: Mapping[str, float] | None = None
) -> list[str]:
    """Return the command `buildassets`, in which a `module` has other `constants`.

    It ends by each signal, also where this process ignores one, as it does SIGHUP below `nohup`.
    """
    changes = f"import {module} as changed; vars(changed).update({dict(constants or {})!r}); "
    return [sys.executable, "-c", f"{_SIGNALS}{changes}from buildassets.cli.main import main; main()", *arguments]


@contextmanager
def started(folder: Path, *arguments: str, **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """Start `buildassets` in `folder`, in a session of its own, with more `options` of Popen; kill what is left."""
    kill_group = os.killpg
    keywords = {"env": environment(), "stderr": subprocess.PIPE, **options}
    with subprocess.Popen(command_of(*arguments), cwd=folder, text=True, start_new_session=True, **keywords) as process:
        try:
            yield process
        finally:
            if not is_gone(process.pid):
                kill_group(process.pid, signal.SIGKILL)


def is_gone(group: int) -> bool:
    """Return whether no process of that group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def is_running(process: int) -> bool:
    """Return whether a process runs; one that has ended and that nobody has waited for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def program_of(process: int) -> str:
    """Return the command line of a process; empty if it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
