"""Runs the commands of the configuration on sources.

Takes a source, gives the bytes that the command made of it, with all that it read, or diagnostics. Starts programs.
"""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from threading import Lock
from typing import Final

from buildassets.compiler.config.values import ConfiguredCommand
from buildassets.compiler.engines.commands.program import Program, find_program, places_of
from buildassets.compiler.engines.commands.running import ProcessGroups
from buildassets.compiler.engines.failures import UnavailableError
from buildassets.compiler.model import Source
from buildassets.compiler.transform.command_run import PLACEHOLDER, CommandRun
from buildassets.compiler.transform.command_values import Made, Surroundings
from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.digest import digest

_KINDS_OF_MINIFIERS: Final = ("css", "js", "scss")


class CommandEngine:
    """One command. Threads may run it at the same time, unless it always writes the same depfile."""

    def __init__(self, name: str, command: ConfiguredCommand, around: Surroundings) -> None:
        self.name = name
        self.command = command
        self._around = around
        self._groups = ProcessGroups()
        shares_depfile = command.depfile and not PLACEHOLDER.search(command.depfile)
        self._turn = Lock() if shares_depfile else nullcontext()

    @property
    def kind(self) -> str:
        """Its key among the engines of a manifest."""
        return f"commands.{self.name}" if self.name in _KINDS_OF_MINIFIERS else self.name

    @property
    def makes_same_suffix(self) -> bool:
        """Whether its sources have the suffix of what it makes, as those of PostCSS."""
        return self.command.suffix == self.command.source_suffix

    @property
    def version(self) -> str:
        """The name of its program with its version, if that is known, and its origin: `less 4.2.0 (node_modules)`."""
        program = self._program()
        known = program.version if isinstance(program, Program) else ""
        name = os.path.basename(self.command.run[0])
        text = known if " " in known else f"{name} {known}".strip()
        return f"{text} ({program.origin})" if isinstance(program, Program) else text

    @property
    def programs(self) -> tuple[str, ...]:
        """The files of its program."""
        program = self._program()
        return program.files if isinstance(program, Program) else ()

    @property
    def reads(self) -> tuple[str, ...]:
        """No option: what it depends on is in `deciding`."""
        return ()

    def deciding(self) -> Iterator[str]:
        """All that decides a result besides files and the program, without paths of this machine."""
        command = self.command
        yield from (text.replace(os.path.join(self._around.folder, ""), "") for text in command.run)
        yield repr((command.inputs, command.depfile, command.problem, command.output, command.suffix))
        if any("{mode}" in text for text in (*command.run, command.depfile)):
            yield self._around.mode
        for name in command.variables:
            value = os.environ.get(name)
            yield f"{name} unset" if value is None else f"{name}={digest(value.encode('utf-8', 'surrogateescape'))}"

    def close(self) -> None:
        """End all processes."""
        self._groups.close()

    def run(self, source: Source) -> Made:
        """The result of the command for `source`."""
        if not self._around.permission.programs:
            return Made()
        program = self._program()
        if isinstance(program, UnavailableError):
            fault = program.diagnostic("command/absent", self._around.place)
            return Made(absences=self._places(), diagnostics=(fault,))
        run = CommandRun(
            self.command, self._around, source, program, groups=self._groups, named=tuple(self._named_files())
        )
        with self._turn:
            return run.made()

    def undecodable(self, source: Source, fault: Diagnostic) -> Diagnostic:
        """The error for a result that is no text, with the place of that as a note."""
        where = fault.location
        notes = [f"{fault.message}, in line {where.line} of the result" if where and where.line else fault.message]
        place_found = Location(source.shown) if source.root >= 0 else self._around.place
        message = f"`{self.command.run[0]}` gave a result that is not UTF-8"
        hint = "have it write UTF-8, or check `to` and `output`: their suffix decides whether a text is expected"
        return error("command/output", message, place_found, notes=notes, hint=hint)

    def _program(self) -> Program | UnavailableError:
        try:
            return find_program(self._around.folder, self.command.run[0])
        except UnavailableError as why:
            return why

    def _places(self) -> tuple[str, ...]:
        return tuple(filter(os.path.isabs, places_of(self._around.folder, self.command.run[0])))

    def _named_files(self) -> Iterator[str]:
        return named_files(self._around.folder, self.command)


def named_files(folder: str, command: ConfiguredCommand) -> Iterator[str]:
    """The files that the arguments of `command` name, such as a script for an interpreter."""
    for text in command.run[1:]:
        for name in filter(None, (text, text.partition("=")[2])):
            path = os.path.normpath(os.path.join(folder, name))
            if os.path.isfile(path):
                yield path
