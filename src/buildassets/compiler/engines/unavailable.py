"""The exception for a tool that an engine needs and that is missing. Pure."""

import os
from collections.abc import Sequence
from errno import EAGAIN
from typing import Final

from buildassets.errors import BuildAssetsError
from buildassets.foundation.diagnostics import Diagnostic, Location, error, warning

NOT_RUN_HINT: Final = "for a project that you trust, leave `--no-run` out, or give `doctor` its option `--run`"
_MORE_PROCESSES: Final = "raise the limit of processes for this user, which `ulimit -u` shows, or for this container"


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
