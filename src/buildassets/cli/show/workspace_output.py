"""The output of one project among those of a workspace: its name is before each line and around each document."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from buildassets.cli.show.output import Output
from buildassets.foundation.diagnostics import Diagnostic, to_json
from buildassets.foundation.frozen import frozen

if TYPE_CHECKING:
    from buildassets.workspace.project import Project


@frozen
class ProjectOutput:
    """Prints for `project` as Output does."""

    show: Output
    project: "Project"

    @property
    def as_json(self) -> bool:
        """Whether documents are printed, and no lines."""
        return self.show.as_json

    def document(self, *, ok: bool, diagnostics: Iterable[Diagnostic], document: Mapping[str, Any]) -> None:
        """See Output."""
        found = [to_json(diagnostic) for diagnostic in diagnostics]
        own = {"ok": ok, **document, "diagnostics": found}
        self.show.document(ok=ok, diagnostics=[], document={"projects": {self.project.name: own}})

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """See Output; places are relative to the workspace."""
        self.show.diagnostics(map(self.project.shown, diagnostics))

    def report(self, line: str) -> None:
        """See Output."""
        self.show.report(f"{self.project.name}: {line}")

    def detail(self, lines: Iterable[str]) -> None:
        """See Output."""
        self.show.detail(f"{self.project.name}: {line}" for line in lines)
