"""Failures of tools: one that is missing, one that ended without an answer, and messages in our form. Pure."""

import os
import re
import signal
from collections.abc import Sequence
from errno import EAGAIN
from typing import Final

from buildassets.errors import BuildAssetsError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning

NOT_RUN_HINT: Final = "for a project that you trust, leave `--no-run` out, or give `doctor` its option `--run`"
_MORE_PROCESSES: Final = "raise the limit of processes for this user, which `ulimit -u` shows, or for this container"
_SENT_BY_OTHERS: Final = ("SIGKILL", "SIGTERM")
ELSEWHERE: Final = "and in other places"  # the note of a warning that stands for all of its kind in a sheet


def remedy(fault: OSError | str, otherwise: str) -> str:
    """The hint for a program that cannot be started because of `fault`, or whose last words that is."""
    lacks_processes = os.strerror(EAGAIN) in fault if isinstance(fault, str) else fault.errno == EAGAIN  # fork(2)
    return _MORE_PROCESSES if lacks_processes else otherwise


class UnavailableError(Exception):
    """The tool is not installed or does not run; `message` and `notes` give the reason, `hint` the remedy."""

    def __init__(self, message: str, hint: str, notes: Sequence[str] = ()) -> None:
        super().__init__(message, hint, notes)
        self.message, self.hint, self.notes = message, hint, notes

    @classmethod
    def of(cls, failure: BuildAssetsError) -> "UnavailableError":
        """The exception for a locked tool that cannot be used as it is locked."""
        first = failure.diagnostics[0]
        return cls(first.message, first.hint or "", first.notes)

    def diagnostic(self, code: str, place: Location | None) -> Diagnostic:
        """The diagnostic `code` at `place`: an error."""
        return error(code, self.message, place, notes=self.notes, hint=self.hint)


class NotRunError(UnavailableError):
    """The tool is there, but the project brings it, and nothing of the project may run; for `origin` see FoundTool."""

    def __init__(self, shown: str, origin: str) -> None:
        hint = f"{NOT_RUN_HINT}; or install one outside of the project, as `buildassets tools install` does"
        super().__init__(f"`{shown}` is not run: it lies in the project", hint)
        self.origin = origin

    def diagnostic(self, code: str, place: Location | None) -> Diagnostic:
        """A warning at `place`: what the tool would make is not known, and the rest of the project can be checked."""
        return warning("config/not-run", self.message, place, hint=self.hint)


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


def sentence(text: str) -> str:
    """`text` in our form: lower case at the start, names in backticks, no full stop."""
    text = text.strip().removesuffix(".").replace('was ""', "was the end")
    text = re.sub(r"`([^`']*)'", r"`\1`", text)
    text = re.sub(r'"\s*+([^"`]*?)\s*+"', r"`\1`", text)
    text = re.sub(r"(?<!\w)'([^'`]*)'(?!\w)", r"`\1`", text)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
