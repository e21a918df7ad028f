"""A process that forks builds on request, each of which begins on a signal, once strace has attached itself.

All that a build needs is loaded before the first fork, so that its file system calls are its own and no import's.

    python -m tests.faults.builder

A request is a folder and the arguments of a command, as JSON in a line on stdin. The answer is the number of the
process, in a line, and when that has ended its exit status in another (as `os.waitstatus_to_exitcode` has it).
"""

import ctypes
import gc
import json
import os
import signal
import sys
import tempfile
import threading
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import StringIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import print_exc
from typing import NoReturn

from buildassets.cli.main import main
from buildassets.compiler.cache import stamps
from tests.conftest import write_tree

BEGIN = signal.SIGUSR1
_ALLOW_TRACING = 0x59616D61  # PR_SET_PTRACER of prctl(2): to others than ancestors, where those alone may
_ANY_PROCESS = ctypes.c_ulong(-1)


def build(folder: str, arguments: list[str]) -> None:
    """Run the command at the signal to begin; what it prints goes to a file next to the folder."""
    printed = os.open(f"{folder}.printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    os.close(printed)
    os.chdir(folder)
    sys.argv = ["buildassets", *arguments]
    # The same names in each build: a point is known by its path.
    tempfile._name_sequence = map(str, count())  # type: ignore[attr-defined]
    numbers = count()
    os.urandom = lambda size: next(numbers).to_bytes(size, "big")
    # The same calls in each build, however long ago its files were made: all of them are too young to be trusted.
    stamps._GRAIN_NS = stamps._COARSE_GRAIN_NS = time.time_ns()
    signal.sigwait([BEGIN])
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [BEGIN])
    end_with(exit_code())


def exit_code() -> int:
    """Run the command; what the interpreter would print of an exception that it lets out is printed."""
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        print_exc()
        return 1
    return 0


def end_with(code: int) -> NoReturn:
    """End as the interpreter does, which waits for threads and writes what is printed, but take nothing down.

    That would take ten times as long as the build, and calls nothing at a path of the project.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def warm_up() -> None:
    """Have everything imported: by a first build, a whole one, one after an edit, one with nothing to do, and one that
    fails for want of a release directory."""
    with TemporaryDirectory() as folder, redirect_stderr(StringIO()), redirect_stdout(StringIO()):
        os.chdir(folder)
        first = {"a.css": "a { background: url(d.svg) }", "b.js": "b()", "d.svg": "<svg/>"}
        for edit in (first, {"c.js": "c()"}, {"a.css": "a { top: 1px }"}, {}):
            write_tree(Path(folder, "assets"), edit)
            run_command("build", "--jobs", "1")
            run_command("verify")
        Path("file").touch()
        run_command("build", "--jobs", "1", "-o", "file/build")
        os.chdir("/")


def run_command(*arguments: str) -> None:
    """Run a command in this process."""
    sys.argv = ["buildassets", *arguments]
    with suppress(SystemExit):
        main()


def serve() -> None:
    """Answer requests until there are no more."""
    libc = ctypes.CDLL(None)
    warm_up()
    gc.freeze()  # what each fork would look through, and so copy
    signal.pthread_sigmask(signal.SIG_BLOCK, [BEGIN])
    for line in sys.stdin:
        folder, arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            libc.prctl(_ALLOW_TRACING, _ANY_PROCESS, 0, 0, 0)
            build(folder, arguments)
        answer(child)
        _, status = os.waitpid(child, 0)
        answer(os.waitstatus_to_exitcode(status))


def answer(number: int) -> None:
    """Write a number, in a line."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
