"""Prints for the command line: data to stdout, everything else to stderr.

All text from files, names and servers passes `diagnostics.printable` here, line by line, so that it can neither control
a terminal or a CI service, nor begin a line of its own, nor show a password.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from io import StringIO
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, cast

from buildassets.cli.show import terminal
from buildassets.cli.show.ci import annotation_form, under_ci
from buildassets.cli.show.grouped import grouped, in_lines
from buildassets.errors import BuildAssetsError
from buildassets.foundation.credentials import masked
from buildassets.foundation.diagnostics import (
    COMMAND,
    Diagnostic,
    Severity,
    cells,
    error,
    printable,
    reason_text,
    render_annotation,
    render_text,
    to_json,
    wrapped,
)
from buildassets.foundation.frozen import field, frozen

if TYPE_CHECKING:
    from click import ClickException

    from buildassets.compiler.cache.traces import Stale
    from buildassets.compiler.config.values import Config

_REDRAW_SECONDS = 0.05
_SECONDS_OF_A_RATE = 0.5
_USUAL_COLUMNS = 80
UNPARSED = (
    "note: no esbuild parses the scripts of the project, so most faults in them are not found: run "
    "`buildassets tools install esbuild`"
)
_WRITABLE = "make room there, or write elsewhere"


class Progress:
    """A line on the terminal that shows the progress of a verb."""

    def __init__(self) -> None:
        self._drawn_at = 0.0
        self._began_at = 0.0
        self._done = 0

    def draw(self, done: int, known: int, name: str) -> None:
        """Show that `done` of `known` are finished, `name` last; at most twenty times a second."""
        now = monotonic()
        if done <= self._done or not self._began_at:  # other work begins
            self._began_at = now
        self._done = done
        if now - self._drawn_at < _REDRAW_SECONDS:
            return
        self._drawn_at = now
        line = progress_line(done, known, name, now - self._began_at, columns=terminal.columns() or _USUAL_COLUMNS)
        _to_stderr(f"\r\x1b[K{line}")

    def clear(self) -> None:
        """Erase the line."""
        if self._drawn_at:
            _to_stderr("\r\x1b[K")
            self._drawn_at = 0.0
        self._done, self._began_at = 0, 0.0


def progress_line(done: int, known: int, name: str, seconds: float, *, columns: int) -> str:
    """The line that shows progress, with the rate once it can be known, and the end of `name` that there is room for.

    It is one cell shorter than a terminal of so many `columns`: in the last one some terminals wrap.
    """
    known = max(done, known)
    line = f"{done}/{known} {done * 100 // max(known, 1)}%"
    if seconds >= _SECONDS_OF_A_RATE:
        line += f", {done / seconds:,.0f}/s" if done >= seconds else f", {done / seconds:.1f}/s"
    room = columns - 1 - len(line) - 1
    return f"{line} {shortened(printable(name), room)}"[: max(columns - 1, 0)] if room > 0 else line[: columns - 1]


def shortened(text: str, room: int) -> str:
    """`text` in `room` cells of a terminal: where it is wider, an ellipsis stands for its begin."""
    if cells(text) <= room:
        return text
    kept = ""
    for character in reversed(text):
        if cells(character + kept) + 1 > room:
            break
        kept = character + kept
    return f"…{kept}" if room > 0 else ""


@contextmanager
def kept_from_stdout() -> Iterator[None]:
    """Send what engines and libraries print within the block to stderr: stdout is for data."""
    printed = _Printed()
    with redirect_stdout(cast("TextIO", printed)):
        yield
    printed.end()


@contextmanager
def descriptor_kept_from_stdout() -> Iterator[None]:
    """Like `kept_from_stdout`, for output that bypasses Python: of C code, and of programs started in the block."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    try:
        stdout = os.dup(1)
    except OSError:  # it is closed
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)


class _Printed:
    """A stream that passes text to stderr line by line, made printable; in all else it acts as stderr does."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begun = ""  # the begin of a line

    def write(self, text: str) -> int:
        """Pass on all complete lines."""
        with self._lock:
            *lines, self._begun = (self._begun + text).split("\n")
            for line in lines:
                print_line(line)
        return len(text)

    def end(self) -> None:
        """Pass on the rest as a line."""
        if self._begun:
            self.write("\n")

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


@frozen
class Output:
    """Prints the results of a verb, as text or as one JSON document, in more or less detail."""

    as_json: bool = False
    verbose: bool = False
    quiet: bool = False
    progress: Progress = field(default_factory=Progress)

    def finish(self, *, ok: bool, diagnostics: Iterable[Diagnostic], document: Mapping[str, Any]) -> int:
        """Show the diagnostics, and with `--json` the document around them; returns the exit code."""
        self.progress.clear()
        show(diagnostics, as_json=self.as_json, quiet=self.quiet, verbose=self.verbose)
        if self.as_json:
            print_json({"ok": ok, **document, "diagnostics": [to_json(diagnostic) for diagnostic in diagnostics]})
        return 0 if ok else 1

    def document(self, *, ok: bool, diagnostics: Iterable[Diagnostic], document: Mapping[str, Any]) -> None:
        """With `--json`, print one of many documents, on a line of its own."""
        if self.as_json:
            listed = [to_json(diagnostic) for diagnostic in diagnostics]
            print_json({"ok": ok, **document, "diagnostics": listed}, indent=None)

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show diagnostics, unless they go into a document."""
        show(diagnostics, as_json=self.as_json, quiet=self.quiet, verbose=self.verbose)

    def report(self, line: str) -> None:
        """Print a line for a person, unless `--quiet` or `--json` is given."""
        if not self.quiet and not self.as_json:
            print_line(line)

    def detail(self, lines: Iterable[str]) -> None:
        """Print lines that only `--verbose` shows."""
        if self.verbose and not self.as_json:
            for line in lines:
                print_line(line)

    def on_progress(self) -> Callable[[int, int, str], None] | None:
        """The function that draws progress; None unless a person looks at a terminal."""
        return self.progress.draw if self.is_watched else None

    @property
    def is_watched(self) -> bool:
        """Whether a person looks at a terminal, and wants to see more than errors."""
        return not self.as_json and not self.quiet and terminal.is_watched()


def show(
    diagnostics: Iterable[Diagnostic], *, as_json: bool = False, quiet: bool = False, verbose: bool = False
) -> None:
    """Print diagnostics as text, unless they go into a JSON document, and under CI also as annotations.

    Errors come last: the end is what is above the prompt. If `verbose`, all places of one for several are listed.
    """
    each = sorted(diagnostics, key=_is_error)
    for diagnostic in () if as_json else grouped(each, lists_all=verbose):
        if diagnostic.is_error or not quiet:
            _to_stderr(_coloured(diagnostic) + "\n\n")
    if form := annotation_form():
        for diagnostic in in_lines(each):
            _to_stderr(render_annotation(diagnostic, form) + "\n")


def _is_error(diagnostic: Diagnostic) -> bool:
    return diagnostic.is_error


class Passing:
    """Shows diagnostics at the end of a terminal, and erases them once they are outdated; elsewhere they stay."""

    def __init__(self) -> None:
        self._rows = 0
        self._size: os.terminal_size | None = None

    def show(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Show `diagnostics`, which are all that hold now."""
        show(diagnostics)
        self._size = terminal.size(sys.stderr)
        if self._size is not None and not under_ci():
            columns = self._size.columns
            texts = (render_text(diagnostic, columns) for diagnostic in grouped(diagnostics))
            self._rows = sum(_rows(text, columns) + 1 for text in texts)

    def clear(self) -> None:
        """Erase the diagnostics, if they are still in their place."""
        rows, self._rows = self._rows, 0
        # Lines that scrolled off, or were wrapped again by a resize, cannot be erased.
        if rows and self._size == terminal.size(sys.stderr) and self._size is not None and rows < self._size.lines:
            _to_stderr(f"\r\x1b[{rows}A\x1b[J")


def _rows(text: str, columns: int) -> int:
    """The number of terminal rows that `text` takes."""
    return sum(max(1, -(-cells(line.expandtabs(8)) // max(columns, 1))) for line in text.split("\n"))


def show_failure(failure: BuildAssetsError) -> None:
    """Show the error that ended a verb before it had a result; with `--json` as JSON."""
    as_json = "--json" in sys.argv
    show(failure.diagnostics, as_json=as_json)
    if as_json:
        print_json({"ok": False, "diagnostics": [to_json(diagnostic) for diagnostic in failure.diagnostics]})


def print_json(document: Mapping[str, Any] | Sequence[Any], *, indent: int | None = 2) -> None:
    """Print one JSON document to stdout; without `indent` on one line."""
    _to_stdout(json_text(document, indent=indent))


def json_text(document: Mapping[str, Any] | Sequence[Any], *, indent: int | None = 2) -> str:
    """One JSON document as text that commands neither a terminal nor a CI service, with credentials masked."""
    text = json.dumps(_masked(document), indent=indent, sort_keys=True)
    return COMMAND.sub(r"\\u0023#", text)  # JSON escapes commands for terminals, but not those for CI services


def print_json_of_many(
    document: Mapping[str, Any], name: str, members: Iterable[tuple[str, Mapping[str, Any]]]
) -> None:
    """Print one JSON document to stdout, as `print_json` would: `document`, in which `name` is an object of `members`.

    Only one of these, which are sorted, is text at a time: of many projects all would be more than their build takes.
    """
    empty = f"{json.dumps(name)}: {{}}"
    before, _, after = json_text({**document, name: {}}).partition(empty)
    written = f"{before}{empty[:-1]}"
    end = ""
    for key, member in members:
        text = json_text(member).replace("\n", "\n    ")
        _to_stdout(f"{written}\n    {json.dumps(key)}: {text}", end="")
        written, end = ",", "\n  "
    _to_stdout(f"{end or written}}}{after}")


def _masked(value: Any) -> Any:
    """`value`, a JSON value, with the credentials in its texts masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: _masked(member) for key, member in value.items()}
    return [_masked(element) for element in value] if isinstance(value, list | tuple) else value


def print_data(lines: Iterable[str]) -> None:
    """Print lines of data to stdout. If the reader stops (`| head`), the program ends quietly."""
    _to_stdout("\n".join(map(printable, lines)))


def print_text(text: str) -> None:
    """Print a text that ends in a newline to stdout; whoever made it has made what is in it printable."""
    _to_stdout(text.removesuffix("\n"))


def print_diff(lines: Iterable[str]) -> None:
    """Print the lines of a diff as data; on a terminal what goes is red and what comes is green."""
    plain = not (terminal.is_coloured() and sys.stdout.isatty())
    _to_stdout("\n".join(printable(line) if plain else _coloured_change(printable(line)) for line in lines))


def _coloured_change(line: str) -> str:
    colours = {"+": "32", "-": "31", "@": "36"}
    code = "1" if line.startswith(("+++ ", "--- ")) else colours.get(line[:1])
    return f"\x1b[{code}m{line}\x1b[0m" if code else line


def print_line(line: str) -> None:
    """Print a line for a person to stderr; in a terminal it ends between words."""
    _to_stderr("\n".join(wrapped(line, terminal.columns())) + "\n")


def print_mistake(mistake: "ClickException") -> None:
    """Print click's message about the command line, made printable: it quotes arguments, which may be file names."""
    from click import MissingParameter

    shown = StringIO()
    mistake.show(shown)
    message = mistake.format_message()
    # Click lists the choices of a missing argument one a line; in other messages, line ends are those of arguments.
    in_a_line = " ".join(message.split()) if isinstance(mistake, MissingParameter) else message
    for line in shown.getvalue().replace(message, printable(in_a_line)).rstrip("\n").split("\n"):
        print_line(line)


def _to_stdout(text: str, end: str = "\n") -> None:
    try:
        sys.stdout.write(_encodable(text) + end)
        sys.stdout.flush()
    except OSError as fault:
        end_without_stdout(fault)


def end_without_stdout(fault: OSError) -> NoReturn:
    """Exit with 1, because data cannot be written; the reason goes to stderr."""
    _lead_nowhere(sys.stdout)
    if not isinstance(fault, BrokenPipeError):
        message = f"cannot write to standard output: {reason_text(fault)}"
        show([error("output/stdout", message, hint=_WRITABLE)])
    sys.exit(1)


def _to_stderr(text: str) -> None:
    encoding = sys.stderr.encoding or "utf-8"
    try:
        sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stderr.flush()
    except OSError as fault:
        end_without_stderr(fault)


def end_without_stderr(fault: OSError) -> NoReturn:
    """Exit with 1, because messages cannot be written; try to print the reason."""
    if not isinstance(fault, BrokenPipeError):
        message = f"cannot write to standard error: {reason_text(fault)}"
        with suppress(OSError):  # a full disk may have room again
            sys.stderr.write(render_text(error("output/stderr", message, hint=_WRITABLE)) + "\n\n")
            sys.stderr.flush()
    _lead_nowhere(sys.stderr)
    sys.exit(1)


def _lead_nowhere(stream: TextIO) -> None:
    """Discard what `stream` has buffered: its flush at the exit of the program would fail again."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _encodable(text: str) -> str:
    """`text`, with escapes for characters that stdout cannot encode, as file names may hold any bytes."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding, sys.stdout.errors or "strict")
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def stale_text(stale: "Stale", config: "Config") -> str:
    """The reason why a step has to run again, such as `assets/css/_theme.scss changed`."""
    return f"{config.shown(stale.path)} {stale.reason}" if stale.path else stale.reason


def count_text(count: int, noun: str) -> str:
    """The count with its noun, as `1 asset` or `3 assets`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def seconds_text(seconds: float) -> str:
    """A time for a person, as `43 ms` or `1.20 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _coloured(diagnostic: Diagnostic) -> str:
    """The diagnostic as the terminal of stderr shows it: with colours and a link, if it has these."""
    text = render_text(diagnostic, terminal.columns())
    head, _, rest = text.partition("\n")
    severity, colon, message = head.partition(":")
    message = colon + message
    if terminal.is_coloured():
        colour = "31" if diagnostic.severity is Severity.ERROR else "33"
        severity, message = f"\x1b[1;{colour}m{severity}\x1b[0m", f"\x1b[1m{message}\x1b[0m"
    if terminal.has_links() and (url := terminal.page_url(diagnostic.code)):
        severity = terminal.linked(severity, url)
    return severity + message + (f"\n{rest}" if rest else "")
