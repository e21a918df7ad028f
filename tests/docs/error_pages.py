"""The pages in docs/errors: their examples as files and console sessions, run as a reader would run them."""

import contextlib
import io
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs/errors"
EXAMPLE, REMEDIES = "\n## Example\n", "\n## What to do\n"

# A name, a fenced block of any language, and what a sentence behind it says of the exit code.
_BLOCK = re.compile(
    r"(?:^`(?P<file>[^`\n]+)`:\n\n)?"
    r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$"
    r"(?:\n\nThe exit code is (?P<exit>\d+)\.$)?",
    re.MULTILINE | re.DOTALL,
)
_SUMMARY = re.compile(
    r"^(?:(?:[^\s:]+: )?(?:built|failed with) \d|note: Sass was compiled by |removed (?:nothing|\d)|"
    r"\d+ errors?, \d+ warnings?$).*\n",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of an example: a file's content, or a session of commands, each with what it prints.

    `start` and `end` are the span of `text` in the page.
    """

    file: str | None
    language: str
    text: str
    exit_code: int | None
    start: int
    end: int

    @property
    def commands(self) -> list[str]:
        """Those of a session, without their prompts."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the code that it is of, its text, and the blocks of its example."""

    code: str
    text: str

    def blocks(self) -> list[Block]:
        """The example, in order."""
        start = self.text.index(EXAMPLE)
        return blocks_of(self.text, start, self.text.index(REMEDIES, start))


def blocks_of(text: str, start: int = 0, end: int = sys.maxsize) -> list[Block]:
    """The fenced blocks of a page between `start` and `end`, in order."""
    return [
        Block(
            match["file"],
            match["language"],
            match["text"],
            int(match["exit"]) if match["exit"] else None,
            *match.span("text"),
        )
        for match in _BLOCK.finditer(text, start, end)
    ]


def codes_with_a_page() -> list[str]:
    """The codes that have a page, sorted."""
    paths = (path.relative_to(FOLDER).with_suffix("") for path in FOLDER.glob("*/*.md"))
    return sorted(path.as_posix() for path in paths)


def page_path(code: str) -> Path:
    """Where the page of `code` is."""
    return FOLDER / f"{code}.md"


def read_page(code: str) -> Page:
    """The page of `code`."""
    return Page(code, page_path(code).read_text(encoding="utf-8"))


def replayed(commands: list[str], run: Callable[[str], tuple[str, int]]) -> tuple[str, int]:
    """The session as it is printed when `run` runs its `commands`, and the last exit code.

    Left out are the line that sums a build up, which tells times and sizes, and empty lines at the end.
    """
    shown = ""
    code = 0
    for command in commands:
        printed, code = run(command)
        shown += f"$ {command}\n" + _SUMMARY.sub("", printed).rstrip("\n")
        shown = shown.rstrip("\n") + "\n"
    return shown, code


def in_process(command: str) -> tuple[str, int]:
    """What `buildassets …` prints in the working directory, and its exit code."""
    from buildassets.cli.main import main

    printed = io.StringIO()
    with _as_program(shlex.split(command)), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            main()
        except SystemExit as end:
            return printed.getvalue(), int(end.code or 0)
    raise AssertionError("the command line always exits")


@contextlib.contextmanager
def _as_program(arguments: list[str]) -> Iterator[None]:
    before, on_terminate = sys.argv, signal.getsignal(signal.SIGTERM)
    sys.argv = arguments
    try:
        yield
    finally:
        sys.argv = before
        signal.signal(signal.SIGTERM, on_terminate)


def in_shell(command: str) -> tuple[str, int]:
    """The same of any command, as a user who is not root."""
    # Root may read and write everything; without these capabilities it is as bound by a file's mode as its owner.
    bound = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*bound, "bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=120
    )
    return done.stdout, done.returncode


def runner(blocks: list[Block]) -> Callable[[str], tuple[str, int]]:
    """What runs the commands of an example: in this process where it can, as starting one takes a third of a second.

    Not with a project of Django, as a process has the settings of one only: maybe those of another test by now.
    """
    commands = [command for block in blocks if block.language == "console" for command in block.commands]
    is_ours = all(command.startswith("buildassets ") for command in commands)
    return in_process if is_ours and all(block.file != "manage.py" for block in blocks) else in_shell
