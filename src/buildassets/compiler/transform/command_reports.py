"""Turns what a command printed into diagnostics, with the places that it names.

Takes the output of a run, gives diagnostics. Reads the lines that are shown.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from buildassets.compiler.config.values import ConfiguredCommand
from buildassets.compiler.engines.commands.problems import Problem, lines_of, problems
from buildassets.compiler.engines.commands.running import ProgramOutcome
from buildassets.compiler.languages.utf8 import decoded
from buildassets.compiler.model import Source
from buildassets.compiler.transform.command_values import Surroundings
from buildassets.disk.files import content_of
from buildassets.foundation.diagnostics import Diagnostic, Location, error, place

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_MOST_NOTES: Final = 8
_MOST_PROBLEMS: Final = 100
_STANDARD_INPUT: Final = ("-", "stdin", "<stdin>", "/dev/stdin")


class Reports:
    """The diagnostics for one run of `command` on `source`."""

    def __init__(self, command: ConfiguredCommand, around: Surroundings, source: Source) -> None:
        self._command = command
        self._around = around
        self._source = source
        self._is_of_source = source.root >= 0
        self.program = f"`{command.run[0]}`"
        self.files: list[str] = []  # that problems were found in

    @property
    def own_place(self) -> Location | None:
        """The source, or where the command is configured if it has none."""
        return Location(self._source.shown) if self._is_of_source else self._around.place

    def fault(self, code: str, what: str, notes: Sequence[str] = (), hint: str | None = None) -> Diagnostic:
        """The error with that code for `what`, the predicate of a sentence about the program."""
        return error(code, f"{self.program} {what}", self.own_place, notes=notes, hint=hint)

    def found(
        self, outcome: ProgramOutcome, severity: Callable[..., Diagnostic], *, in_stdout: bool
    ) -> Iterator[Diagnostic]:
        """The faults that `problem` finds in the lines of stderr and, `in_stdout`, then in those of stdout.

        `severity` is `error` or `warning`.
        """
        if not self._command.problem:
            return
        outputs = (outcome.err, outcome.out) if in_stdout else (outcome.err,)
        found = [one for output in outputs for one in problems(self._command.problem, output)]
        for one in list(dict.fromkeys(found))[:_MOST_PROBLEMS]:
            message = one.message or f"{self.program} reports a problem here"
            notes = [] if one.message else notes_of(outcome)
            yield severity("command/problem", message, self._place_of(one), notes=notes)

    def _place_of(self, problem: Problem) -> Location | None:
        path = self._file_of(problem.file)
        if path is None:
            return self.own_place
        self.files.append(path)
        shown = self._source.shown if path == self._source.path else self._around.shown(path)
        if not problem.line:
            return Location(shown)
        line = _line(path, problem.line)
        column = problem.column if problem.column <= len(line) + 1 else 0
        return place(shown, problem.line, column or 1 + len(line) - len(line.lstrip()), line)

    def _file_of(self, name: str) -> str | None:
        """The file that a problem names: relative to the working directory, or to the source's folder."""
        own = self._source.path if self._is_of_source else None
        if not name or name in _STANDARD_INPUT:
            return own
        name = name.removeprefix("file://")
        for folder in (self._around.folder, os.path.dirname(self._source.path)):
            path = os.path.normpath(os.path.join(folder, name))
            if "\0" not in path and os.path.isfile(path):
                return path
        return own


def notes_of(outcome: ProgramOutcome) -> list[str]:
    """The lines that best show why it failed: the first of stderr, or else of stdout."""
    lines = lines_of(outcome.err) or lines_of(outcome.out)
    rest = len(lines) - _MOST_NOTES
    shown = [line[:400] for line in lines[:_MOST_NOTES]]
    return [*shown, f"… and {rest} more lines"] if rest > 1 else [line[:400] for line in lines[: _MOST_NOTES + 1]]


def _line(path: str, number: int) -> str:
    """The text of a line of a file, without its end."""
    try:
        text = decoded(content_of(path), path)
    except OSError:
        return ""
    lines = [] if isinstance(text, Diagnostic) else _LINE_END.split(text.removeprefix("\ufeff"))
    return lines[number - 1] if number <= len(lines) else ""
