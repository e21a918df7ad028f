"""Run the program on projects that tests write: as a command (`run`, `run_apart`) and as a function (`built`)."""

import gc
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final, TypeAlias
from unittest.mock import patch

from buildassets.cli.main import main
from buildassets.compiler.config.values import Mode
from buildassets.compiler.languages.native.library_file import SWITCH
from buildassets.compiler.result import BuildResult
from buildassets.programs.project_python import admit_project_modules
from tests.building import build, load_config
from tests.conftest import Tree, settle, write_tree
from tests.forks import AT_START, run_buildassets

Finished: TypeAlias = "subprocess.CompletedProcess[str]"

SITE: Tree = {
    "buildassets.toml": 'sources = ["assets"]\n',
    "assets/css/app.css": "a { background: url(../img/a.svg) }\n",
    "assets/img/a.svg": "<svg/>",
}
BROKEN: Tree = {**SITE, "assets/css/broken.css": "a { background: url(b.svg) }\n"}

_APART: Final = frozenset(("watch", "migrate"))  # ends its process by a signal; loads the settings of Django
# Windows has no SIGHUP.
_SIGNALS: Final = tuple(signal.Signals[name] for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))


def environment(**more: str) -> dict[str, str]:
    """The environment of a command: this one without what changes messages, in UTF-8, with `more`."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "PYTHONWARNINGS")}
    return {**kept, "PYTHONUTF8": "1", **more}


def built(folder: Path, files: Tree, settings: str = "", mode: Mode = "production") -> BuildResult:
    """Build `files` in `folder`, with `settings` as `buildassets.toml`."""
    write_tree(folder, {"buildassets.toml": settings, **files})
    return build(load_config(start=str(folder)), mode=mode)


def run(folder: Path, *arguments: str, **variables: str) -> Finished:
    """Run `buildassets` with these arguments in `folder`, in this process where that makes no difference.

    A variable that is read when Python starts, or once in a process, needs a process, as do a second thread and the
    verbs of `_APART`. Files have settled before: a build keeps no results of younger ones.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if (
        not is_main
        or _APART.intersection(arguments[:1])
        or any(name.startswith((*AT_START, SWITCH)) for name in variables)
    ):
        return run_apart(folder, *arguments, **variables)
    settle()
    with ExitStack() as stack:
        outputs = [stack.enter_context(TemporaryFile()) for _ in range(2)]
        stack.enter_context(patch.dict(os.environ, environment(**variables), clear=True))
        stack.enter_context(_working_in(folder))
        with _streams([output.fileno() for output in outputs]):
            code = exit_code(*arguments)
        printed = [_text(output) for output in outputs]
    return subprocess.CompletedProcess(arguments, code, *printed)


def document_of_build(folder: Path, *arguments: str) -> dict[str, Any]:
    """Build the project in `folder`, and return what `--json` prints."""
    done = run(folder, "build", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def release_site(folder: Path, files: Tree = SITE, *options: str) -> Path:
    """Write `files` into `folder` and build them, with these options of `build`; return the folder."""
    done = run(write_tree(folder, files), "build", *options)
    assert done.returncode == 0, done.stderr
    return folder


def run_apart(folder: Path, *arguments: str, **variables: str) -> Finished:
    """Run `buildassets` with these arguments in `folder`, in a process of its own, on files that have settled."""
    done = run_buildassets(folder, arguments, environment(**variables), timeout=60)
    printed = (_text(io.BytesIO(output)) for output in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *printed)


def exit_code(*arguments: str) -> int:
    """Run `buildassets` with these arguments in this process, streams and folder unchanged; return its exit code."""
    with patch.object(sys, "argv", ["buildassets", *arguments]), _undone(Path.cwd()):
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
    raise AssertionError("a command ends with an exit code")


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _undone(folder: Path) -> Iterator[None]:
    """Undo what a command changes in its process: signals, the collection of garbage, modules of the project."""
    handlers, threshold, path = [signal.getsignal(number) for number in _SIGNALS], gc.get_threshold(), sys.path[:]
    before, wakeup = set(sys.modules), signal.set_wakeup_fd(-1)
    with patch.object(gc, "freeze"), patch.object(sys, "unraisablehook", sys.unraisablehook):
        try:
            yield
        finally:
            gc.set_threshold(*threshold)
            admit_project_modules()
            signal.set_wakeup_fd(wakeup)  # what hears of signals would send this process each once more
            for number, handler in zip(_SIGNALS, handlers, strict=True):
                signal.signal(number, handler)
            sys.path[:] = path
            for name in set(sys.modules) - before:
                if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(folder)):
                    del sys.modules[name]


@contextmanager
def _streams(outputs: list[int]) -> Iterator[None]:
    """Have stdout and stderr, also those of child processes, written to `outputs`, and nothing to be read on stdin."""
    sys.stdout.flush()
    sys.stderr.flush()
    with open(os.devnull, "rb") as nothing, ExitStack() as stack:
        for number, (name, target) in enumerate(
            zip(("stdin", "stdout", "stderr"), (nothing.fileno(), *outputs), strict=True)
        ):
            stack.enter_context(_descriptor(number, target))
            stream = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
            stack.enter_context(stream)
            stack.enter_context(patch.object(sys, name, stream))
        yield


@contextmanager
def _descriptor(number: int, target: int) -> Iterator[None]:
    """Have the descriptor `number` lead to the file of `target`."""
    before = os.dup(number)
    os.dup2(target, number)
    try:
        yield
    finally:
        os.dup2(before, number)
        os.close(before)


def _text(output: io.BufferedIOBase) -> str:
    output.seek(0)
    return output.read().decode("utf-8").replace(os.linesep, "\n")
