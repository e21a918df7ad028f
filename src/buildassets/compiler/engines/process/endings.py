"""Describes how a process ended. Pure."""

import signal
from typing import Final

_SENT_BY_OTHERS: Final = ("SIGKILL", "SIGTERM")


class DiedError(Exception):
    """The process ended, or broke its protocol, instead of giving an answer; the text describes how."""


def ending(return_code: int) -> str:
    """Describes `return_code` of a `subprocess.Popen`: `SIGSEGV`, or `exit status 3`."""
    if return_code >= 0:
        return f"exit status {return_code}"
    try:
        return signal.Signals(-return_code).name
    except ValueError:
        return f"signal {-return_code}"


def crash_hint(how: DiedError, usual: str) -> str:
    """The hint for a compiler that died: `usual`, unless another process ended it, such as Linux short of memory."""
    if str(how) in _SENT_BY_OTHERS:
        return "another process ended it, or the system was out of memory: build with a lower `--jobs`"
    return usual
