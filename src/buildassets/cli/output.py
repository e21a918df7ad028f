"""All that the command line prints: data to stdout, everything else to stderr.

Whatever comes from files, names and servers passes `diagnostics.printable` here, line by line: none of it can command a
terminal or a CI service, make a line of its own, or show a password.
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

from buildassets.cli.ci import annotation_form, under_ci
from buildassets.credentials import masked
from buildassets.diagnostics import (
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
)
from buildassets.errors import BuildAssetsError
from buildassets.frozen import field, frozen

if TYPE_CHECKING:
    from click import ClickException

    from buildassets.compiler.cache.traces import Stale
    from buildassets.compiler.config.values import Config

_REDRAW_SECONDS = 0.05
_WRITABLE = "make room there, or write elsewhere"


class Progress:
    """One line on the terminal that says how far things are."""

    def __init__(self) -> None:
        self._drawn_at = 0.0

    def draw(self, done: int, known: int, name: str) -> None:
        """Show that `done` of `known` assets are finished, `name` last; at most twenty times a second."""
        now = monotonic()
        if now - self._drawn_at < _REDRAW_SECONDS:
            return
        self._drawn_at = now
        _to_stderr(f"\r\x1b[K{done}/{known} {printable(name)[-60:]}")

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn_at:
            _to_stderr("\r\x1b[K")
            self._drawn_at = 0.0


@contextmanager
def kept_from_stdout() -> Iterator[None]:
    """What engines and libraries of other packages print goes to stderr: stdout is for data."""
    printed = _Printed()
    with redirect_stdout(cast("TextIO", printed)):
        yield
    printed.end()


@contextmanager
def descriptor_kept_from_stdout() -> Iterator[None]:
    """The same for what is written past Python: by other code, and by programs that are started meanwhile."""
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
    """What others print, which may come from sources too: line by line to stderr, which it else stands for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._begun = ""  # of a line

    def write(self, text: str) -> int:
        """Pass on the lines that are whole now."""
        with self._lock:
            *lines, self._begun = (self._begun + text).split("\n")
            for line in lines:
                print_line(line)
        return len(text)

    def end(self) -> None:
        """Pass on what is left."""
        if self._begun:
            self.write("\n")

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stderr, name)


@frozen
class Output:
    """How a verb tells what it has to tell: as text or as one JSON document, more of it or less."""

    as_json: bool = False
    verbose: bool = False
    quiet: bool = False
    progress: Progress = field(default_factory=Progress)

    def finish(self, ok: bool, diagnostics: Iterable[Diagnostic], document: Mapping[str, Any]) -> int:
        """Show the diagnostics, and with `--json` the document around them; gives the exit code."""
        self.progress.clear()
        show(diagnostics, as_json=self.as_json, quiet=self.quiet)
        if self.as_json:
            print_json({"ok": ok, **document, "diagnostics": [to_json(found) for found in diagnostics]})
        return 0 if ok else 1

    def document(self, ok: bool, diagnostics: Iterable[Diagnostic], document: Mapping[str, Any]) -> None:
        """One of many documents, on a line of its own, where those were asked for."""
        if self.as_json:
            print_json({"ok": ok, **document, "diagnostics": [to_json(found) for found in diagnostics]}, indent=None)

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show them, unless they go into a document."""
        show(diagnostics, as_json=self.as_json, quiet=self.quiet)

    def say(self, line: str) -> None:
        """A line of what happened, for a person."""
        if not self.quiet and not self.as_json:
            print_line(line)

    def detail(self, lines: Iterable[str]) -> None:
        """Lines for somebody who asked for more."""
        if self.verbose and not self.as_json:
            for line in lines:
                print_line(line)

    def on_progress(self) -> Callable[[int, int, str], None] | None:
        """What draws progress, if anybody looks: only a person at a terminal does."""
        if self.as_json or self.quiet or not sys.stderr.isatty() or under_ci():
            return None
        return self.progress.draw


def show(diagnostics: Iterable[Diagnostic], *, as_json: bool = False, quiet: bool = False) -> None:
    """Diagnostics as text (unless they go into a JSON document) and, under CI, as annotations of that system."""
    form = annotation_form()
    for found in diagnostics:
        if not as_json and (found.is_error or not quiet):
            _to_stderr(_coloured(found) + "\n\n")
        if form is not None:
            _to_stderr(render_annotation(found, form) + "\n")


class Passing:
    """Diagnostics at the end of a terminal, to be taken away when they hold no more; elsewhere they stay."""

    def __init__(self) -> None:
        self._rows = 0
        self._size: os.terminal_size | None = None

    def show(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Show these, which are all that hold."""
        show(diagnostics)
        self._size = _terminal_size()
        if self._size is not None and not under_ci():
            self._rows = sum(_rows(render_text(found), self._size.columns) + 1 for found in diagnostics)

    def clear(self) -> None:
        """Take away what was shown, if it still stands where it stood."""
        rows, self._rows = self._rows, 0
        # What has scrolled off, or was wrapped anew, cannot be reached.
        if rows and self._size == _terminal_size() and self._size is not None and rows < self._size.lines:
            _to_stderr(f"\r\x1b[{rows}A\x1b[J")


def _terminal_size() -> os.terminal_size | None:
    """The size of the terminal that stderr is; None where it is none."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()) if sys.stderr.isatty() else None
    except OSError:
        return None


def _rows(text: str, columns: int) -> int:
    """How many rows of a terminal `text` takes."""
    return sum(max(1, -(-cells(line.expandtabs(8)) // max(columns, 1))) for line in text.split("\n"))


def show_failure(failure: BuildAssetsError) -> None:
    """What stopped a verb before it had anything to show; as JSON where that was asked for."""
    as_json = "--json" in sys.argv
    show(failure.diagnostics, as_json=as_json)
    if as_json:
        print_json({"ok": False, "diagnostics": [to_json(found) for found in failure.diagnostics]})


def print_json(document: Mapping[str, Any], *, indent: int | None = 2) -> None:
    """One JSON document on stdout; without `indent` on one line."""
    text = json.dumps(_masked(document), indent=indent, sort_keys=True)
    _to_stdout(COMMAND.sub(r"\\u0023#", text))  # JSON escapes all that commands a terminal, and not what commands CI


def _masked(value: Any) -> Any:
    """`value`, which is JSON, without credentials in its texts."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: _masked(one) for key, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list | tuple) else value


def print_data(lines: Iterable[str]) -> None:
    """Lines of data, to stdout. Whoever stops reading (`| head`) ends the program quietly."""
    _to_stdout("\n".join(map(printable, lines)))


def print_line(line: str) -> None:
    """A line for a person, to stderr."""
    _to_stderr(printable(line) + "\n")


def print_mistake(mistake: "ClickException") -> None:
    """What is wrong with the command line, as click puts it: it quotes arguments, which may be names of files."""
    shown = StringIO()
    mistake.show(shown)
    message = mistake.format_message()
    for line in shown.getvalue().replace(message, printable(message)).rstrip("\n").split("\n"):
        print_line(line)


def _to_stdout(text: str) -> None:
    try:
        sys.stdout.write(_encodable(text) + "\n")
        sys.stdout.flush()
    except OSError as fault:
        end_without_stdout(fault)


def end_without_stdout(fault: OSError) -> NoReturn:
    """End with 1, because what was found cannot be written."""
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
    """End with 1, because nothing more can be reported but, with luck, why."""
    if not isinstance(fault, BrokenPipeError):
        message = f"cannot write to standard error: {reason_text(fault)}"
        with suppress(OSError):  # a disk that was full may have room again
            sys.stderr.write(render_text(error("output/stderr", message, hint=_WRITABLE)) + "\n\n")
            sys.stderr.flush()
    _lead_nowhere(sys.stderr)
    sys.exit(1)


def _lead_nowhere(stream: TextIO) -> None:
    """Let what `stream` still holds go nowhere when the program ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _encodable(text: str) -> str:
    """`text`, with escapes for what stdout cannot write: names of files may hold what a locale or UTF-8 does not."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding, sys.stdout.errors or "strict")
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def stale_text(stale: "Stale", config: "Config") -> str:
    """Why a step has to run again: `assets/css/_theme.scss changed`."""
    from buildassets.compiler.config.shown import shown_path

    return f"{shown_path(config, stale.path)} {stale.reason}" if stale.path else stale.reason


def count_text(count: int, noun: str) -> str:
    """`1 asset`, `3 assets`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def seconds_text(seconds: float) -> str:
    """A time for a person: `43 ms`, `1.20 s`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _coloured(diagnostic: Diagnostic) -> str:
    text = render_text(diagnostic)
    if os.environ.get("NO_COLOR") or not sys.stderr.isatty():
        return text
    colour = "31" if diagnostic.severity is Severity.ERROR else "33"
    head, _, rest = text.partition("\n")
    severity, _, message = head.partition(": ")
    return f"\x1b[1;{colour}m{severity}\x1b[0m\x1b[1m: {message}\x1b[0m" + (f"\n{rest}" if rest else "")
