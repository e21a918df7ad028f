"""The exception for a tool that an engine needs and that is missing. Pure."""

from collections.abc import Sequence

from buildassets.diagnostics import Diagnostic, Location, error
from buildassets.errors import BuildAssetsError


class UnavailableError(Exception):
    """The tool is not installed or does not run; `message` and `notes` give the reason, `hint` the remedy."""

    def __init__(self, message: str, hint: str, notes: Sequence[str] = ()) -> None:
        super().__init__(message, hint, notes)
        self.message, self.hint, self.notes = message, hint, notes

    @classmethod
    def of_the_project(cls, shown: str) -> "UnavailableError":
        """The exception for a program of the project, where none of these is to be run."""
        hint = "leave `--no-run` out for a project that you trust, or install one outside of the project"
        return cls(f"`{shown}` is not run: it lies in the project", hint)

    @classmethod
    def of(cls, failure: BuildAssetsError) -> "UnavailableError":
        """The exception for a locked tool that cannot be used as it is locked."""
        first = failure.diagnostics[0]
        return cls(first.message, first.hint or "", first.notes)

    def diagnostic(self, code: str, place: Location | None) -> Diagnostic:
        """An error diagnostic at `place`."""
        return error(code, self.message, place, notes=self.notes, hint=self.hint)
