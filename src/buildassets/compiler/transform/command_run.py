"""Runs one command on one source: fills in its arguments, limits it, takes its result and the files that it lists.

Takes a source and a program, gives what was made, or diagnostics. Starts programs; writes to a temporary folder.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, nullcontext, suppress
from stat import S_ISREG
from typing import Final

from buildassets.compiler.config.values import ConfiguredCommand
from buildassets.compiler.engines.commands.depfile import prerequisites
from buildassets.compiler.engines.commands.program import Program
from buildassets.compiler.engines.commands.running import Limits, ProcessGroups, ProgramOutcome
from buildassets.compiler.engines.failures import ending
from buildassets.compiler.engines.process.child import ClosedError
from buildassets.compiler.model import Source
from buildassets.compiler.transform.command_reports import Reports, notes_of
from buildassets.compiler.transform.command_values import Made, Surroundings
from buildassets.compiler.transform.input_sets import input_set
from buildassets.disk.files import MOST_BYTES, bytes_at, content_of
from buildassets.disk.folders import temporary_folder
from buildassets.disk.plain_files import plain
from buildassets.foundation.diagnostics import Diagnostic, Location, error, reason_text, warning
from buildassets.programs.start import named, typed_command

PLACEHOLDER: Final = re.compile(r"\{(path|out|mode)\}")
_OF_SHELLS: Final = frozenset(("|", "||", "&&", ";", "&", ">", ">>", "<", "2>", "2>&1"))
_MOST_BYTES: Final = 64_000_000  # of a result


class _FailedError(Exception):
    """The command gave nothing that can be used, for the reasons in `diagnostics`."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics


class CommandRun:
    """One run of `command` on `source`. `named` are the files that its arguments name."""

    def __init__(
        self,
        command: ConfiguredCommand,
        around: Surroundings,
        source: Source,
        program: Program,
        *,
        groups: ProcessGroups,
        named: tuple[str, ...],
    ) -> None:
        self._command = command
        self._around = around
        self._source = source
        self._program = program
        self._groups = groups
        self._named = named
        self._reports = Reports(command, around, source)
        self._is_of_source = source.root >= 0
        # `-MF {out}.d` asks for a depfile; whether the result is a file, the other arguments decide.
        self._has_out = any("{out}" in text.replace(command.depfile or "\0", "") for text in command.run)

    def made(self) -> Made:
        """The result, or diagnostics."""
        sets = input_set(self._around.folder, self._command.inputs, self._around.besides)
        read: tuple[str, ...] = sets.files
        absent = (*sets.looked_at, *self._named)
        try:
            with ExitStack() as stack:
                temporary = stack.enter_context(temporary_folder())
                folder = stack.enter_context(temporary_folder()) if self._needs_folder else ""
                out = os.path.join(folder, os.path.basename(self._source.logical)) if folder else ""
                before = _stamp(self._depfile(out))
                outcome = self._ended(out, temporary)
                listed: list[str] = []
                # The next run is due when what this one has read changes, also if it failed.
                with suppress(_FailedError) if outcome.failed else nullcontext():
                    listed = self._listed(out, before)
                read = (*read, *filter(os.path.isfile, listed))
                absent = (*absent, *(path for path in listed if not os.path.isfile(path)))
                self._refuse_failed(outcome)
                body = self._body(outcome, out)
                map_json = bytes_at(f"{out}.map") if self._has_out else None
            warnings = tuple(self._reports.found(outcome, warning, in_stdout=self._has_out))
            diagnostics = (*warnings, *self._empty(body))
            folders = (*filter(None, [folder]), os.path.dirname(self._source.path), self._around.folder)
            return Made(
                body,
                _unique(read),
                absences=_unique(absent),
                diagnostics=diagnostics,
                map_json=map_json,
                folders=folders,
            )
        except _FailedError as failed:
            absent = (*absent, *self._reports.files)  # which the user will edit
            return Made(inputs=_unique(read), absences=_unique(absent), diagnostics=failed.diagnostics)

    @property
    def _needs_folder(self) -> bool:
        return self._has_out or "{out}" in self._command.depfile

    def _filled(self, text: str, out: str) -> str:
        """`text` with its placeholders filled in."""
        values = {"path": self._path, "out": out, "mode": self._around.mode}
        return PLACEHOLDER.sub(lambda match: values[match[1]], text)

    @property
    def _path(self) -> str:
        """The path of the source relative to the working directory; never one that looks like an option."""
        shown = os.path.relpath(self._source.path, self._around.folder) if self._is_of_source else ""
        return os.path.join(".", shown) if shown.startswith("-") else shown

    def _ended(self, out: str, temporary: str) -> ProgramOutcome:
        command = self._command
        arguments = [self._filled(text, out) for text in command.run[1:]]
        passed_on = {name: os.environ[name] for name in ("PATH", *command.variables) if name in os.environ}
        environment = {"TMPDIR": temporary, **passed_on}
        limits = Limits(command.timeout_seconds, None if self._has_out else _MOST_BYTES)
        takes_source = self._is_of_source and not any("{path}" in text for text in command.run)
        try:
            with open(plain(self._source.path) if takes_source else os.open(os.devnull, os.O_RDONLY), "rb") as given:
                started = named((*self._program.command, *arguments), permission=self._around.permission)
                return self._groups.run(started, self._around.folder, environment, given.fileno(), limits=limits)
        except ClosedError:
            raise _FailedError(self._reports.fault("command/failed", "was ended with the build")) from None
        except OSError as fault:
            if takes_source and fault.filename == self._source.path:
                message = f"cannot read `{self._source.shown}`: {reason_text(fault)}"
                raise _FailedError(error("source/unreadable", message, Location(self._source.shown))) from None
            raise _FailedError(self._unstartable(fault)) from None

    def _unstartable(self, fault: OSError) -> Diagnostic:
        hint = (
            "check the program: a script begins with the line `#!/usr/bin/env INTERPRETER`, without a carriage return"
        )
        message = f"{self._reports.program} cannot be started: {reason_text(fault)}"
        return error("command/absent", message, self._around.place, hint=hint)

    def _refuse_failed(self, outcome: ProgramOutcome) -> None:
        """Raise _FailedError if the command failed."""
        if outcome.timed_out:
            message = f"was ended at its time limit, {self._command.timeout_seconds:g} s"
            hint = "find out what it waits for, or raise `timeout`"
            raise _FailedError(self._reports.fault("command/timeout", message, notes_of(outcome), hint))
        if outcome.overflowed:
            message = f"printed more than {_MOST_BYTES // 1_000_000} MB, and was ended"
            hint = "have it write a file, with `{out}` among its arguments, or print less"
            raise _FailedError(self._reports.fault("command/output", message, [], hint))
        if outcome.code == 0:
            return
        if reported := tuple(self._reports.found(outcome, error, in_stdout=True)):
            raise _FailedError(*reported)
        how = f"ended with {ending(outcome.code)}" if outcome.code > 0 else f"was ended by {ending(outcome.code)}"
        hint = "correct what it reports" if notes_of(outcome) else f"run it by hand: `{self._typed()}`"
        raise _FailedError(self._reports.fault("command/failed", how, [*notes_of(outcome), *self._unfilled()], hint))

    def _typed(self) -> str:
        """The command as one would type it."""
        name = os.path.basename(self._source.logical)
        return typed_command((self._command.run[0], *(self._filled(text, name) for text in self._command.run[1:])))

    def _unfilled(self) -> Iterator[str]:
        """Notes on arguments that a user may have meant otherwise: placeholders that are none, and signs of a shell."""
        for text in self._command.run:
            for name in re.findall(r"\{[a-z]+\}", text):
                if not PLACEHOLDER.fullmatch(name):
                    yield f"`{name}` in `run` stays unchanged: only `{{path}}`, `{{out}}` and `{{mode}}` are filled in"
            if text in _OF_SHELLS:
                yield f"`{text}` in `run` is an argument like any other: there is no shell"

    def _body(self, outcome: ProgramOutcome, out: str) -> bytes:
        if not self._has_out:
            return outcome.out
        hint = "have it write to the path in `{out}`, or leave `{out}` out and let it print the result"
        try:
            status = os.stat(out)
        except OSError:
            message = "ended well, and did not write `{out}`"
            raise _FailedError(self._reports.fault("command/output", message, notes_of(outcome), hint)) from None
        if not S_ISREG(status.st_mode):
            raise _FailedError(self._reports.fault("command/output", "made `{out}`, which is not a file", [], hint))
        if status.st_size > _MOST_BYTES:
            message = f"wrote more than {_MOST_BYTES // 1_000_000} MB"
            raise _FailedError(self._reports.fault("command/output", message, [], "have it write less"))
        try:
            return content_of(out, MOST_BYTES)
        except OSError as fault:
            message = f"wrote `{{out}}`, which cannot be read: {reason_text(fault)}"
            raise _FailedError(self._reports.fault("command/output", message, [], hint)) from None

    def _empty(self, body: bytes) -> Iterator[Diagnostic]:
        """A warning where nothing was made of something: the result may have gone elsewhere."""
        if body.strip() or self._has_out or (self._is_of_source and _is_blank(self._source.path)):
            return
        message = f"{self._reports.program} printed nothing"
        hint = "if it writes a file, have it write to `{out}`; leave sources that others include out with `exclude`"
        yield warning("command/output", message, self._reports.own_place, notes=tuple(self._unfilled()), hint=hint)

    def _depfile(self, out: str) -> str:
        """The path of the depfile; empty if there is none."""
        given = self._command.depfile
        return os.path.join(self._around.folder, self._filled(given, out)) if given else ""

    def _listed(self, out: str, before: object) -> list[str]:
        """The paths that the depfile lists. Raises _FailedError if it was not written, or in another form."""
        path = self._depfile(out)
        if not path:
            return []
        shown = self._command.depfile
        hint = "have the command write one, as with `-MF {out}.d`, or take `depfile` out"
        if _stamp(path) in (None, before):
            message = f"did not write its depfile `{shown}`"
            raise _FailedError(self._reports.fault("command/depfile", message, [], hint))
        try:
            names = prerequisites(os.fsdecode(content_of(path)))
        except OSError as fault:
            message = f"wrote a depfile `{shown}` that cannot be read: {reason_text(fault)}"
            raise _FailedError(self._reports.fault("command/depfile", message, [], hint)) from None
        except ValueError as fault:
            message = f"wrote a depfile `{shown}` that is not in Make's form"
            note = f"a line without a colon: {str(fault).strip()[:200]}"
            raise _FailedError(self._reports.fault("command/depfile", message, [note], hint)) from None
        own = (out, os.path.normpath(self._source.path))
        paths = [os.path.normpath(os.path.join(self._around.folder, name)) for name in names if "\0" not in name]
        return [one for one in paths if one not in own]


def _unique(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths))


def _stamp(path: str) -> tuple[int, int, int] | None:
    """A value that changes when the file at `path` is written; None if there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _is_blank(path: str) -> bool:
    try:
        return not content_of(path).strip()
    except OSError:
        return False
