"""Sass by itself, in a process that is warm: what a watcher's time from a save to the release is held against.

Each takes a sheet and the folder that it imports from, and gives what compiles it once more.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from buildassets.compiler.engines.sass import embedded_protocol as sass_protocol
from buildassets.compiler.engines.sass.dart_process import SassProcess
from buildassets.compiler.engines.sass.embedded_protocol import CompileResponse, FunctionCall, SassSyntax, Search
from buildassets.compiler.engines.sass.wheel import installed_command
from buildassets.programs.start import Permitted

LIMIT_SECONDS: Final = 60.0
_LIBSASS: Final = """
import sass, sys
for line in sys.stdin:
    sass.compile(filename=sys.argv[1], include_paths=sys.argv[2:], output_style="expanded", precision=10)
    print(flush=True)
"""

Compile: TypeAlias = Callable[[], None]
Alone: TypeAlias = Callable[[Path, Path], AbstractContextManager[Compile]]


@contextmanager
def libsass(sheet: Path, folder: Path) -> Iterator[Compile]:
    """libsass, as its package is called."""
    command = [sys.executable, "-c", _LIBSASS, str(sheet), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        asked, answers = process.stdin, process.stdout
        assert asked
        assert answers

        def compile_once() -> None:
            asked.write(b"\n")
            asked.flush()
            if not answers.readline():
                raise ChildProcessError

        yield compile_once


@contextmanager
def dart_sass(sheet: Path, folder: Path) -> Iterator[Compile]:
    """Dart Sass, asked in its own protocol."""
    process = SassProcess(Permitted(tuple(installed_command())))

    def compile_once() -> None:
        request = sass_protocol.compile_request(
            sheet.read_text(),
            sheet.as_uri(),
            SassSyntax.SCSS,
            [str(folder)],
            package_folder=str(sheet.parent),
            functions=(),
        )
        process.begin(request, LIMIT_SECONDS)
        *_, response = process.messages(LIMIT_SECONDS, _no_answer)
        assert isinstance(response, CompileResponse)
        assert response.failure is None

    try:
        process.greet(LIMIT_SECONDS)
        yield compile_once
    finally:
        process.end()


def _no_answer(call: FunctionCall | Search) -> bytes:
    raise AssertionError(call.name)
