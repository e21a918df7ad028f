"""Minifies JavaScript with esbuild, in processes that live as long as the engine.

esbuild renames, folds and drops code that never runs, so no comparison of tokens can prove its result. The engine
checks what a build relies on: the references, the comments of licences, and that our own lexer can read it.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import Final

from buildassets.compiler.engines.esbuild.command import EsbuildCommand, find_esbuild
from buildassets.compiler.engines.esbuild.messages import JSX_REFUSED
from buildassets.compiler.engines.esbuild.process import EsbuildProcess, MinifyResponse, Note, ServiceMessage
from buildassets.compiler.engines.failures import DiedError, UnavailableError, sentence
from buildassets.compiler.engines.preserved import counted, references_in, with_comments
from buildassets.compiler.engines.process.child import Processes
from buildassets.compiler.engines.protocol import Compiled, EngineInput, EngineOptions
from buildassets.compiler.engines.rjsmin import RjsminEngine
from buildassets.compiler.languages.javascript.early_errors import early_error
from buildassets.compiler.languages.javascript.exports import declared, exported
from buildassets.compiler.languages.javascript.jsx import HINT as JSX_HINT
from buildassets.compiler.languages.javascript.lexer import Kind, reads_as_module, tokens
from buildassets.compiler.languages.javascript.minify import is_readable, pieces
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import (
    Diagnostic,
    Location,
    Severity,
    error,
    locate,
    place,
    reason_text,
    warning,
)
from buildassets.foundation.frozen import replace
from buildassets.foundation.media import Syntax

_LIMIT_SECONDS: Final = 120.0
# Without `--format`, a script stays a script whose top-level names others can use, and a module stays a module.
_FLAGS: Final = (
    "--loader=js",
    "--minify",
    "--charset=utf8",
    "--legal-comments=inline",
    "--log-level=silent",
    "--log-limit=0",
    "--log-override:html-comment-in-js=silent",  # esbuild reads such comments as browsers do
)
_MAP_FLAGS: Final = ("--sourcemap=external", "--sources-content=false")
_LICENCE_MARKS: Final = ("/*!", "//!", "@license", "@preserve")
_IN_FUNCTION: Final = "(function(){{\n{}\n}})"
_ASSIGNMENT: Final = "Invalid assignment target"
# Behind these browsers read a call and refuse it when it runs (ECMA-262, section 13.15.1, as the web needs it).
_ASSIGNING: Final = frozenset(
    ("=", "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "^=", "|=", "++", "--", "in", "of")
)
_NOT_CALLED: Final = ("new", "import", "super", "async")
_GAPS: Final = (Kind.SPACE, Kind.LINE_END, Kind.COMMENT)
_RJSMIN: Final = 'set `js = "rjsmin"` under `[tool.buildassets.engines]`'
_GRAMMAR_FLAGS: Final = (
    "--loader=js",
    "--log-level=silent",
    "--log-limit=0",
    "--log-override:html-comment-in-js=silent",
)
_AS_MODULE: Final = "\nexport {}"


class EsbuildEngine:
    """Minifies scripts and modules, and translates them for `browsers` (`name version`) if any are given.

    Each thread that calls `run` at the same time has a process of its own. A text that takes longer than
    `limit_seconds` is given up.
    """

    name = "esbuild"
    reads: tuple[str, ...] = ("browsers",)

    def __init__(
        self, command: EsbuildCommand, browsers: Sequence[str] = (), *, limit_seconds: float = _LIMIT_SECONDS
    ) -> None:
        self.version = command.shown
        self.command = command
        self._flags = (*_FLAGS, *_target(browsers))
        self._translates = bool(browsers)
        self._limit_seconds = limit_seconds
        self._idle: Processes[EsbuildProcess] = Processes()

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The esbuild command, and the package of rjsmin, which minifies the texts that fail the checks."""
        return (os.path.realpath(self.command.path), *RjsminEngine().programs)

    def run(self, given: EngineInput) -> Compiled:
        """The same program in fewer characters; an error if esbuild finds a fault in its syntax."""
        text = given.text.removeprefix("\ufeff")
        try:
            answer = self._answer(text, (*self._flags, *(_MAP_FLAGS if given.wants_source_map else ())))
        except UnicodeEncodeError:
            return self._without_esbuild(given, Location(given.shown), "which cannot read half a surrogate pair")
        except TimeoutError:
            return _failed("js/crash", f"esbuild did not finish in {self._limit_seconds:g} seconds", given)
        except OSError as fault:
            return _failed("js/crash", f"`{self.command.path}` cannot be started: {reason_text(fault)}", given)
        except DiedError as how:
            return _failed("js/crash", f"esbuild crashed ({how})", given)
        if answer.errors:
            return self._with_errors(given, text, answer)
        for place_, complaint in _changes(text, answer.code, given):
            return self._without_esbuild(given, place_, complaint)
        minified = _with_licences(text, answer.code.removesuffix("\n"))
        source_map = source_map_of(answer.source_map, given.path) if given.wants_source_map else None
        if len(minified) >= len(text) and not self._translates and source_map is None:
            minified = text
        return Compiled(minified, diagnostics=tuple(warnings_of(text, answer, given)), source_map=source_map)

    def _with_errors(self, given: EngineInput, text: str, answer: MinifyResponse) -> Compiled:
        """The result for a text that esbuild refuses: what browsers run is left to rjsmin."""
        try:
            errors = self._refused(text, answer, self._flags, is_module=given.path.endswith(".mjs"))
        except (OSError, DiedError):  # a TimeoutError is an OSError
            errors = answer.errors
        if errors:
            return Compiled(text, diagnostics=errors_of(text, errors, given.shown))
        where = _located(given.shown, answer.errors[0].note)
        return self._without_esbuild(given, where, "which refuses this although browsers run it")

    def _refused(
        self, text: str, answer: MinifyResponse, flags: Sequence[str], *, is_module: bool
    ) -> tuple[ServiceMessage, ...]:
        """The errors of esbuild's `answer` for `text`, without those that browsers do not have in scripts."""
        if not answer.errors or is_module or reads_as_module(text):
            return answer.errors
        # In a script `await` may be a name, as it may in functions.
        refused = {one.note.text for one in _not_left(self._answer(_IN_FUNCTION.format(text), flags).errors)}
        if not refused:
            return ()
        errors = _not_left(answer.errors)
        return tuple(message for message in errors if message.note.text in refused) or errors

    def _answer(self, text: str, flags: Sequence[str]) -> MinifyResponse:
        process = self._idle.take(partial(EsbuildProcess, self.command))
        try:
            answer = process.transform(text, flags, self._limit_seconds)
        except BaseException:
            process.end()
            raise
        self._idle.give_back(process)
        return answer

    def _without_esbuild(self, given: EngineInput, where: Location, complaint: str) -> Compiled:
        """`given` minified by rjsmin, whose results are proven, with a warning that gives the reason."""
        message = f"`{given.shown}` is minified by rjsmin and not by esbuild, {complaint}"
        notes = ["so it is not translated for `browsers`"] if self._translates else []
        hint = f"where that code never runs, take it out; or else {_RJSMIN}"
        unproven = warning("js/unproven", message, where, notes=notes, hint=hint)
        compiled = RjsminEngine().run(given)
        return replace(compiled, diagnostics=(unproven, *compiled.diagnostics))

    def close(self) -> None:
        """End the processes. A `run` that waits for one returns a diagnostic; a later one raises ClosedError."""
        self._idle.close()


def _not_left(errors: tuple[ServiceMessage, ...]) -> tuple[ServiceMessage, ...]:
    """Those of `errors` for which browsers run nothing of the script."""
    return tuple(message for message in errors if not _is_left_to_run_time(message))


def _is_left_to_run_time(message: ServiceMessage) -> bool:
    """Whether browsers refuse it only when it runs: an assignment to a call, as in `f() = 1`."""
    note = message.note
    if note.text != _ASSIGNMENT or not note.line:
        return False
    return assigns_to_call(note.line_text.encode("utf-8")[note.column :].decode("utf-8", "replace"))


def source_map_of(encoded: str, path: str) -> str:
    """The map with the absolute `path` as its source, in place of esbuild's `<stdin>`."""
    return json.dumps({**json.loads(encoded), "sources": [path]}, separators=(",", ":"))


def _target(browsers: Sequence[str]) -> Iterator[str]:
    if browsers:
        yield "--target=" + ",".join(browser.replace(" ", "") for browser in browsers)


def _changes(text: str, code: str, given: EngineInput) -> Iterator[tuple[Location, str]]:
    """The checks that the result `code` fails: each with a place in `text` and a clause for the message."""
    shown = given.shown
    written = references_in(Syntax.JAVASCRIPT, text)
    before, after = counted(written), counted(references_in(Syntax.JAVASCRIPT, code))
    for reference in written:
        if before[reference.url] > after[reference.url]:
            yield locate(shown, text, reference.start, reference.end), f"whose result lacks `{reference.url}`"
    for url in after - before:
        yield Location(shown), f"whose result refers to `{url}`"
    if not is_readable(code):
        yield Location(shown), "whose result cannot be read"
    elif fault := early_error(code):
        yield Location(shown), f"whose result has a fault: {fault.message}"
    yield from ((Location(shown), clause) for clause in _changed_names(text, code, given.path))


def _changed_names(text: str, code: str, path: str) -> Iterator[str]:
    """A clause for each name that others can use, and that only one of `text` and its result `code` has.

    A script may declare more than its tokens show, such as a function in a block, and helpers for older browsers.
    """
    if not path.endswith(".mjs") and not reads_as_module(text):
        before, after = declared(text), declared(code)
        yield from (f"whose result does not declare `{name}`" for name in sorted(before - after))
        return
    exports, kept = exported(text), exported(code)
    if exports is not None and kept is not None:
        yield from (f"whose result does not export `{name}`" for name in sorted(exports - kept))
        yield from (f"whose result exports `{name}`" for name in sorted(kept - exports))


def _with_licences(text: str, code: str) -> str:
    """`code` with the licence comments that esbuild removed: it keeps only those between statements."""
    marks = {mark: count for mark in _LICENCE_MARKS if (count := text.count(mark))}
    if all(count <= code.count(mark) for mark, count in marks.items()):
        return code  # reading both by tokens takes longer than esbuild's run
    return with_comments(code, _licences(text), _licences(code))


def _licences(text: str) -> list[str]:
    return [piece.text for piece in pieces(text) if piece.kind is Kind.COMMENT and piece.text[0] == "/"]


def warnings_of(text: str, answer: MinifyResponse, given: EngineInput) -> Iterator[Diagnostic]:
    """esbuild's warnings, except for files in installed packages, for which its bundler reports none either."""
    if "/node_modules/" not in given.path:
        for message in answer.warnings:
            yield _diagnostic(text, message, given.shown, Severity.WARNING)


def errors_of(text: str, errors: Iterable[ServiceMessage], shown: str) -> tuple[Diagnostic, ...]:
    """esbuild's `errors` in `text`, as `js/syntax`."""
    return tuple(_diagnostic(text, message, shown, Severity.ERROR) for message in errors)


def _diagnostic(text: str, message: ServiceMessage, shown: str, severity: Severity) -> Diagnostic:
    is_jsx = JSX_REFUSED in message.note.text
    notes = []
    for note in () if is_jsx else message.notes:  # it names esbuild's own options
        where = f" (line {note.line})" if note.line else ""
        notes.append(sentence(note.text.removesuffix(":")) + where)
    make, code = (error, "js/syntax") if severity is Severity.ERROR else (warning, "js/warn")
    hint = JSX_HINT if is_jsx else None
    return make(code, sentence(message.note.text), _located(shown, message.note), notes=notes, hint=hint)


def _located(shown: str, note: Note) -> Location:
    if not note.line:
        return Location(shown)
    line = note.line_text.encode("utf-8")
    column = _characters(line[: note.column])
    length = _characters(line[note.column : note.column + note.length])
    return place(shown, note.line, column + 1, note.line_text, length=max(1, length))


def _characters(raw: bytes) -> int:
    return len(raw.decode("utf-8", "replace"))


def _failed(code: str, message: str, given: EngineInput) -> Compiled:
    return Compiled("", diagnostics=(error(code, message, Location(given.shown), hint=_RJSMIN),))


def esbuild_engine(options: EngineOptions) -> EsbuildEngine:
    """The engine `esbuild`; raises BuildError if esbuild is not installed."""
    try:
        return EsbuildEngine(find_esbuild(options.folder, permission=options.permission), options.browsers)
    except UnavailableError as why:
        raise BuildError([why.diagnostic("js/unavailable", None)]) from None


def assigns_to_call(text: str) -> bool:
    """Whether `text` begins with a call, such as `f(x)` or `a.b()`, behind which is assigned to it, or nothing."""
    depth = 0
    last = ""
    for kind, start, end in tokens(text, module=False):
        word = text[start:end]
        if kind in _GAPS:
            continue
        if not last and (kind is not Kind.NAME or word in _NOT_CALLED):
            return False
        if depth == 0 and (word in _ASSIGNING or word in (")", ";")):
            return last == ")"
        if depth == 0 and last and kind is not Kind.NAME and word not in (".", "(", "["):
            return False
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        last = word
    return last == ")"


class EsbuildGrammar(EsbuildEngine):
    """Reports syntax errors that esbuild finds, as `js/syntax`, and leaves every text as it is."""

    name = "esbuild grammar"
    reads: tuple[str, ...] = ()

    @cached_property
    def programs(self) -> tuple[str, ...]:
        """The command."""
        return (os.path.realpath(self.command.path),)

    def run(self, given: EngineInput) -> Compiled:
        """The text of `given`, with an error for each fault; without errors if esbuild gave no result."""
        text = given.text.removeprefix("\ufeff")
        is_module = given.path.endswith(".mjs")
        try:
            answer = self._answer(
                text + _AS_MODULE if is_module and not reads_as_module(text) else text, _GRAMMAR_FLAGS
            )
            errors = self._refused(text, answer, _GRAMMAR_FLAGS, is_module=is_module)
        except (UnicodeEncodeError, OSError, DiedError):  # a TimeoutError is an OSError
            return Compiled(given.text)
        return Compiled(given.text, diagnostics=errors_of(text, errors, given.shown))
