"""Describes how a process ended. Pure."""

import signal


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
