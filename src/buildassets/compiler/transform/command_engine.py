"""Runs the commands of the configuration on sources.

Takes a source, gives the bytes that the command made of it, with all that it read, or diagnostics. Starts programs.
"""

import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from stat import S_ISREG
from threading import Lock
from typing import Final

from buildassets.compiler.config.values import Command
from buildassets.compiler.engines.commands.depfile import prerequisites
from buildassets.compiler.engines.commands.problems import Problem, lines_of, problems
from buildassets.compiler.engines.commands.program import Program, find_program, places_of
from buildassets.compiler.engines.commands.running import Limits, Outcome, ProcessGroups
from buildassets.compiler.engines.process.child import ClosedError
from buildassets.compiler.engines.process.endings import ending
from buildassets.compiler.engines.unavailable import UnavailableError
from buildassets.compiler.languages.utf8 import decoded
from buildassets.compiler.model import Source
from buildassets.compiler.transform.input_sets import input_set
from buildassets.diagnostics import Diagnostic, Location, error, place, reason_text, warning
from buildassets.digest import digest
from buildassets.files import bytes_at, content_of
from buildassets.folders import temporary_folder
from buildassets.frozen import frozen
from buildassets.plain_files import plain

_KINDS_OF_MINIFIERS: Final = ("css", "js", "scss")
_PASSED_ON: Final = ("PATH", "HOME", "TMPDIR", "LANG")
_PLACEHOLDER: Final = re.compile(r"\{(path|out|mode)\}")
_OF_SHELLS: Final = frozenset(("|", "||", "&&", ";", "&", ">", ">>", "<", "2>", "2>&1"))
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_MOST_BYTES: Final = 64_000_000  # of a result
_MOST_NOTES: Final = 8
_MOST_PROBLEMS: Final = 100
_STANDARD_INPUT: Final = ("-", "stdin", "<stdin>", "/dev/stdin")


@frozen
class Made:
    """What a command made; with an error among the diagnostics, `body` is of no use.

    `inputs` are the files that it read or may read, `absences` other paths that decide the result. `map_json` is the
    source map that it wrote beside `{out}`, `folders` are those that the paths in it may be relative to.
    """

    body: bytes = b""
    inputs: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    map_json: bytes | None = None
    folders: tuple[str, ...] = ()


@frozen
class Surroundings:
    """Where commands run.

    `folder` is that of the configuration, `place` that of the command in it; `besides` are folders that builds write.
    `shown` turns a path into the name that the user would write. Unless it `runs`, nothing is started.
    """

    folder: str
    mode: str
    shown: Callable[[str], str]
    besides: Collection[str] = ()
    place: Location | None = None
    runs: bool = True


class CommandEngine:
    """One command. Threads may run it at the same time, unless it always writes the same depfile."""

    def __init__(self, name: str, command: Command, around: Surroundings) -> None:
        self.name = name
        self.command = command
        self._around = around
        self._groups = ProcessGroups()
        shares_depfile = command.depfile and not _PLACEHOLDER.search(command.depfile)
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
        yield from command.run
        yield repr((command.inputs, command.depfile, command.problem, command.output, command.suffix))
        if any("{mode}" in text for text in (*command.run, command.depfile)):
            yield self._around.mode
        for name in command.env:
            value = os.environ.get(name)
            yield f"{name} unset" if value is None else f"{name}={digest(value.encode('utf-8', 'surrogateescape'))}"

    def close(self) -> None:
        """End all processes."""
        self._groups.close()

    def run(self, source: Source) -> Made:
        """What the command makes of `source`."""
        if not self._around.runs:
            return Made()
        program = self._program()
        if isinstance(program, UnavailableError):
            fault = program.diagnostic("command/absent", self._around.place)
            return Made(absences=self._places(), diagnostics=(fault,))
        run = _Run(self.command, self._around, source, program, self._groups, tuple(self._named_files()))
        with self._turn:
            return run.made()

    def undecodable(self, source: Source, fault: Diagnostic) -> Diagnostic:
        """The error for a result that is no text, with the place of that as a note."""
        where = fault.location
        notes = [f"{fault.message}, in line {where.line} of the result" if where and where.line else fault.message]
        place_found = Location(source.shown) if source.root >= 0 else self._around.place
        message = f"`{self.command.run[0]}` gave a result that is not UTF-8"
        hint = "have it write UTF-8, or see to `to` and `output`: their suffix decides whether a text is expected"
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


def named_files(folder: str, command: Command) -> Iterator[str]:
    """The files that the arguments of `command` name, such as a script for an interpreter."""
    for text in command.run[1:]:
        for name in filter(None, (text, text.partition("=")[2])):
            path = os.path.normpath(os.path.join(folder, name))
            if os.path.isfile(path):
                yield path


class _FailedError(Exception):
    """The command gave nothing that can be used, for the reasons in `diagnostics`."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics


class _Run:
    """One run of a command."""

    def __init__(
        self,
        command: Command,
        around: Surroundings,
        source: Source,
        program: Program,
        groups: ProcessGroups,
        named: tuple[str, ...],
    ) -> None:
        self._command = command
        self._around = around
        self._source = source
        self._program = program
        self._groups = groups
        self._named = named
        self._shown_program = f"`{command.run[0]}`"
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
                folder = stack.enter_context(temporary_folder()) if self._needs_folder else ""
                out = os.path.join(folder, os.path.basename(self._source.logical)) if folder else ""
                before = _stamp(self._depfile(out))
                outcome = self._ended(out)
                self._refuse_failed(outcome)
                body = self._body(outcome, out)
                map_json = bytes_at(f"{out}.map") if self._has_out else None
                listed, gone = self._listed(out, before)
            warnings = tuple(self._reported(outcome, warning))
            read, absent = (*read, *listed), (*absent, *gone)
            diagnostics = (*warnings, *self._empty(body))
            folders = (*filter(None, [folder]), os.path.dirname(self._source.path), self._around.folder)
            return Made(body, _unique(read), _unique(absent), diagnostics, map_json, folders)
        except _FailedError as failed:
            return Made(inputs=_unique(read), absences=_unique(absent), diagnostics=failed.diagnostics)

    @property
    def _needs_folder(self) -> bool:
        return self._has_out or "{out}" in self._command.depfile

    def _filled(self, text: str, out: str) -> str:
        """`text` with its placeholders filled in."""
        values = {"path": self._path, "out": out, "mode": self._around.mode}
        return _PLACEHOLDER.sub(lambda match: values[match[1]], text)

    @property
    def _path(self) -> str:
        """The path of the source relative to the working directory; never one that looks like an option."""
        shown = os.path.relpath(self._source.path, self._around.folder) if self._is_of_source else ""
        return os.path.join(".", shown) if shown.startswith("-") else shown

    def _ended(self, out: str) -> Outcome:
        command = self._command
        arguments = [self._filled(text, out) for text in command.run[1:]]
        names = (*_PASSED_ON, *command.env)
        environment = {name: os.environ[name] for name in names if name in os.environ}
        limits = Limits(command.timeout_seconds, None if self._has_out else _MOST_BYTES)
        takes_source = self._is_of_source and not any("{path}" in text for text in command.run)
        try:
            with open(plain(self._source.path) if takes_source else os.open(os.devnull, os.O_RDONLY), "rb") as given:
                started = (*self._program.command, *arguments)
                return self._groups.run(started, self._around.folder, environment, given.fileno(), limits)
        except ClosedError:
            raise _FailedError(self._error("command/failed", "was ended with the build")) from None
        except OSError as fault:
            if takes_source and fault.filename == self._source.path:
                message = f"cannot read `{self._source.shown}`: {reason_text(fault)}"
                raise _FailedError(error("source/unreadable", message, Location(self._source.shown))) from None
            raise _FailedError(self._unstartable(fault)) from None

    def _unstartable(self, fault: OSError) -> Diagnostic:
        hint = (
            "see to the program: a script begins with the line `#!/usr/bin/env INTERPRETER`, without a carriage return"
        )
        message = f"{self._shown_program} cannot be started: {reason_text(fault)}"
        return error("command/absent", message, self._around.place, hint=hint)

    def _refuse_failed(self, outcome: Outcome) -> None:
        """Raise _FailedError if the command failed."""
        if outcome.timed_out:
            message = f"was ended at its time limit, {self._command.timeout_seconds:g} s"
            hint = "find out what it waits for, or raise `timeout`"
            raise _FailedError(self._error("command/timeout", message, _notes(outcome), hint))
        if outcome.overflowed:
            message = f"printed more than {_MOST_BYTES // 1_000_000} MB, and was ended"
            hint = "have it write a file, with `{out}` among its arguments, or print less"
            raise _FailedError(self._error("command/output", message, [], hint))
        if outcome.code == 0:
            return
        if reported := tuple(self._reported(outcome, error)):
            raise _FailedError(*reported)
        how = f"ended with {ending(outcome.code)}" if outcome.code > 0 else f"was ended by {ending(outcome.code)}"
        hint = "correct what it reports" if _notes(outcome) else f"run it by hand: `{' '.join(self._typed())}`"
        raise _FailedError(self._error("command/failed", how, [*_notes(outcome), *self._unfilled()], hint))

    def _typed(self) -> list[str]:
        """The command as one would type it."""
        from shlex import quote

        name = os.path.basename(self._source.logical)
        return [quote(text) for text in (self._command.run[0], *(self._filled(t, name) for t in self._command.run[1:]))]

    def _unfilled(self) -> Iterator[str]:
        """Notes on arguments that a user may have meant otherwise: placeholders that are none, and signs of a shell."""
        for text in self._command.run:
            for name in re.findall(r"\{[a-z]+\}", text):
                if not _PLACEHOLDER.fullmatch(name):
                    yield f"`{name}` in `run` stays as it is: only `{{path}}`, `{{out}}` and `{{mode}}` are filled in"
            if text in _OF_SHELLS:
                yield f"`{text}` in `run` is an argument like any other: there is no shell"

    def _body(self, outcome: Outcome, out: str) -> bytes:
        if not self._has_out:
            return outcome.out
        hint = "have it write to the path that stands for `{out}`, or leave `{out}` out and let it print the result"
        try:
            status = os.stat(out)
        except OSError:
            message = "ended well, and did not write `{out}`"
            raise _FailedError(self._error("command/output", message, _notes(outcome), hint)) from None
        if not S_ISREG(status.st_mode):
            raise _FailedError(self._error("command/output", "made `{out}`, which is no file", [], hint))
        if status.st_size > _MOST_BYTES:
            message = f"wrote more than {_MOST_BYTES // 1_000_000} MB"
            raise _FailedError(self._error("command/output", message, [], "have it write less"))
        try:
            return content_of(out)
        except OSError as fault:
            message = f"wrote `{{out}}`, which cannot be read: {reason_text(fault)}"
            raise _FailedError(self._error("command/output", message, [], hint)) from None

    def _empty(self, body: bytes) -> Iterator[Diagnostic]:
        """A warning where nothing was made of something: the result may have gone elsewhere."""
        if body.strip() or self._has_out or (self._is_of_source and _is_blank(self._source.path)):
            return
        message = f"{self._shown_program} printed nothing"
        hint = "if it writes a file, have it write to `{out}`; leave sources that others include out with `exclude`"
        yield warning("command/output", message, self._own_place, notes=tuple(self._unfilled()), hint=hint)

    def _depfile(self, out: str) -> str:
        """The path of the depfile; empty if there is none."""
        given = self._command.depfile
        return os.path.join(self._around.folder, self._filled(given, out)) if given else ""

    def _listed(self, out: str, before: object) -> tuple[list[str], list[str]]:
        """The files that the depfile lists, and other paths in it, which are no files."""
        path = self._depfile(out)
        if not path:
            return [], []
        shown = self._command.depfile
        hint = "see to it that the command writes one, as with `-MF {out}.d`, or take `depfile` out"
        if _stamp(path) in (None, before):
            message = f"did not write its depfile `{shown}`"
            raise _FailedError(self._error("command/depfile", message, [], hint))
        try:
            names = prerequisites(os.fsdecode(content_of(path)))
        except OSError as fault:
            message = f"wrote a depfile `{shown}` that cannot be read: {reason_text(fault)}"
            raise _FailedError(self._error("command/depfile", message, [], hint)) from None
        except ValueError as fault:
            message = f"wrote a depfile `{shown}` that is not in Make's form"
            note = f"a line without a colon: {str(fault).strip()[:200]}"
            raise _FailedError(self._error("command/depfile", message, [note], hint)) from None
        own = (out, os.path.normpath(self._source.path))
        paths = [os.path.normpath(os.path.join(self._around.folder, name)) for name in names if "\0" not in name]
        paths = [one for one in paths if one not in own]
        return [one for one in paths if os.path.isfile(one)], [one for one in paths if not os.path.isfile(one)]

    def _reported(self, outcome: Outcome, severity: Callable[..., Diagnostic]) -> Iterator[Diagnostic]:
        """What `problem` finds in the lines of stderr, then in those of stdout, unless these are the result."""
        if not self._command.problem:
            return
        outputs = (outcome.err, outcome.out) if outcome.code or self._has_out else (outcome.err,)
        found = [one for output in outputs for one in problems(self._command.problem, output)]
        for one in list(dict.fromkeys(found))[:_MOST_PROBLEMS]:
            message = one.message or f"{self._shown_program} reports a problem here"
            notes = [] if one.message else _notes(outcome)
            yield severity("command/problem", message, self._place_of(one), notes=notes)

    def _place_of(self, problem: Problem) -> Location | None:
        path = self._file_of(problem.file)
        if path is None:
            return self._own_place
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

    @property
    def _own_place(self) -> Location | None:
        return Location(self._source.shown) if self._is_of_source else self._around.place

    def _error(self, code: str, what: str, notes: Sequence[str] = (), hint: str | None = None) -> Diagnostic:
        return error(code, f"{self._shown_program} {what}", self._own_place, notes=notes, hint=hint)


def _unique(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths))


def _stamp(path: str) -> tuple[int, int, int] | None:
    """What changes when the file at `path` is written; None if there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _notes(outcome: Outcome) -> list[str]:
    """The lines that best show why it failed: the first of stderr, or else of stdout."""
    lines = lines_of(outcome.err) or lines_of(outcome.out)
    rest = len(lines) - _MOST_NOTES
    shown = [line[:400] for line in lines[:_MOST_NOTES]]
    return [*shown, f"… and {rest} more lines"] if rest > 1 else [line[:400] for line in lines[: _MOST_NOTES + 1]]


def _is_blank(path: str) -> bool:
    try:
        return not content_of(path).strip()
    except OSError:
        return False


def _line(path: str, number: int) -> str:
    """The text of a line of a file, without its end."""
    try:
        text = decoded(content_of(path), path)
    except OSError:
        return ""
    lines = [] if isinstance(text, Diagnostic) else _LINE_END.split(text.removeprefix("\ufeff"))
    return lines[number - 1] if number <= len(lines) else ""
