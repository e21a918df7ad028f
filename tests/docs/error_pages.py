"""The pages in docs/errors: a page for each family of codes, with a section for each code.

A section shows what its example prints. `error_setups` has the files and commands that come before it and are not
shown: those of all examples of a family, and below a heading with the name of a code those of one.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.command import environment, exit_code, run_apart
from tests.conftest import find_tool, settle, write_tree
from tests.corpus.packages import node_modules
from tests.forks import run_program
from tests.tailwind import program

FOLDER = Path(__file__).parents[2] / "docs/errors"
_SETUPS = Path(__file__).parent / "error_setups"

# Codes that no example can show within a test, and why; their sections state that it is not run.
NOT_RUN = {
    "archive/zstd": "it needs a Python without zstd",
    "config/owner": "it needs a file of another user",
    "importmap/host": "it needs an import map of another tool",
    "doctor/case-folder": "it needs a folder that ignores case",
    "doctor/inotify": "it needs a limit that is reached",
    "doctor/installations": "the folders are of one machine",
    "doctor/polling": "it needs a mount that is not of this system",
    "doctor/tool-changed": "it needs a tool that somebody changes",
    "doctor/watchers": "the processes have other numbers each time",
    "doctor/wheel": "it needs a wheel without its compiler",
    "output/stderr": "it needs a disk that is full for a moment only",
    "package/damaged": "it needs a registry",
    "package/member": "it needs a registry",
    "packages/deprecated": "it needs a registry",
    "packages/young": "it needs a registry",
    "registry/missing": "it needs a registry",
    "scss/timeout": "it takes two minutes",
    "signature/unavailable": "it needs a Python without the package",
    "source/changed": "the moment is hard to meet",
    "executor/unavailable": "it needs a Python without the package",
    "executor/unfit": "it needs a cluster with other versions",
    "environment/lsp": "it needs an environment without pygls",
    "environment/requirement": "it needs an environment without the package",
    "tailwind/unavailable": "it needs a Python without the wheel",
    "tools/changed": "it needs a tool that somebody changes",
    "vendor/advisory": "it needs a registry",
    "vendor/foreign": "it needs a registry",
    "vendor/import": "it needs a registry",
    "vendor/unfit": "it needs a registry",
    "watch/limit": "it needs a limit that is reached",
    "watch/mount": "it needs a mount that is not of this system",
    "watch/livereload": "it needs a system that lets nobody listen",
    "watch/port": "the port that it gets instead is another each time",
    "watch/watchdog": "it needs another version of watchdog",
    "wheel/build": "it needs an installed package",
    "wheel/file": "it needs an installed package",
    "wheel/manifest": "it needs an installed package",
    "wheel/name": "it needs an installed package",
}
# Codes whose examples need the esbuild of tests/corpus.
WITH_ESBUILD = ("bundle/esbuild", "bundle/missing", "js/no-export", "js/tsconfig", "js/warn")
# Codes of errors that end a web process with a traceback, which names no code.
IN_TRACEBACKS = ("manifest/file", "manifest/missing")

# A name, a fenced block of any language, and the exit code that a sentence after it states.
_BLOCK = re.compile(
    r"(?:^`(?P<file>[^`\n]+)`:\n\n)?"
    r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$"
    r"(?:\n\nThe exit code is (?P<exit>\d+)\.$)?",
    re.MULTILINE | re.DOTALL,
)
_HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)
_SUMMARY = re.compile(
    r"^(?:(?:[^\s:]+: )?(?:built|failed with) \d|note: (?:Sass was compiled by|no esbuild parses) |"
    r"removed (?:nothing|\d)|"
    r"\d+ errors?, \d+ warnings?$).*\n",
    re.MULTILINE,
)
# A command of ours or of Django's that needs no shell.
_PLAIN = re.compile(r"(?:buildassets|django-admin) [^|&;<>$`*?\\]*")
_DJANGO = (
    """
import gc, json, os, sys, threading
import django.core.management, django.template.backends.django, django.test
import buildassets.cli, buildassets.compiler.build
sys.path.remove("")
""",
    """
sys.argv = asked["arguments"]
try:
    django.core.management.execute_from_command_line()
except SystemExit as end:
    code = end.code
else:
    code = 0
threading._shutdown()
sys.stdout.flush()
sys.stderr.flush()
os._exit(code or 0)
""",
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
class Section:
    """What a page has on one code: `start` and `end` are its span in the `text` of the page, without its heading."""

    code: str
    text: str
    start: int
    end: int

    @property
    def content(self) -> str:
        """The Markdown of the section."""
        return self.text[self.start : self.end]

    def setup(self) -> list[Block]:
        """The files and commands that come before what the page shows."""
        return _setup(self.code)

    def blocks(self) -> list[Block]:
        """The example, in order: what the page does not show, and then what it shows."""
        return [*self.setup(), *blocks_of(self.text, self.start, self.end)]


def _setup(code: str) -> list[Block]:
    """What comes before the example and is not in its section."""
    family, _, name = code.partition("/")
    path = _SETUPS / f"{family}.md"
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    spans = _spans(text)
    shared = blocks_of(text, 0, min((start for start, _ in spans.values()), default=len(text)))
    return shared + (blocks_of(text, *spans[name]) if name in spans else [])


def _spans(text: str) -> dict[str, tuple[int, int]]:
    """The sections of a page by their headings, each as the span of what follows the heading."""
    headings = [*_HEADING.finditer(text)]
    ends = (*(heading.start() for heading in headings), len(text))[1:]
    return {heading[1]: (heading.end(), end) for heading, end in zip(headings, ends, strict=True)}


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
    """The codes that have a section on a page, sorted."""
    pages = (path for path in FOLDER.glob("*.md") if path.name != "README.md")
    return sorted(f"{path.stem}/{name}" for path in pages for name in _spans(path.read_text(encoding="utf-8")))


SHOWN = [code for code in codes_with_a_page() if code not in NOT_RUN]
"""The codes whose examples are run."""


def with_marks(code: str) -> Any:
    """The code as a parameter of a test, with the mark of what it needs."""
    return pytest.param(code, marks=pytest.mark.corpus if code in WITH_ESBUILD else ())


def page_path(code: str) -> Path:
    """Where the page of `code` is."""
    return FOLDER / f"{code.partition('/')[0]}.md"


def read_section(code: str) -> Section:
    """The section on `code`."""
    text = page_path(code).read_text(encoding="utf-8")
    return Section(code, text, *_spans(text)[code.partition("/")[2]])


def replayed(commands: list[str], run: Callable[[str], tuple[str, int]]) -> tuple[str, int]:
    """Run the `commands` of a session by `run`; return the session as it is printed, and the last exit code.

    Left out are the line that sums a build up, which has times and sizes, and empty lines at the end.
    """
    shown = ""
    code = 0
    for command in commands:
        printed, code = run(command)
        shown += f"$ {command}\n" + _SUMMARY.sub("", printed).rstrip("\n")
        shown = shown.rstrip("\n") + "\n"
    return shown, code


def in_process(command: str) -> tuple[str, int]:
    """Run `buildassets …` in the working directory; return the output and the exit code."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = exit_code(*shlex.split(command)[1:])
    return output.getvalue(), code


def in_fork(command: str) -> tuple[str, int]:
    """Run `buildassets …` or `django-admin …` in a fork: a process has the settings of one Django project only."""
    program, *arguments = shlex.split(command)
    if program == "buildassets":
        done = run_apart(Path.cwd(), *arguments)
        return done.stdout + done.stderr, done.returncode
    given = {"arguments": [program, *arguments]}
    ended = run_program(_DJANGO, Path.cwd(), given, environment(), timeout=60)
    return (ended.stdout + ended.stderr).decode(), ended.returncode


def in_shell(command: str) -> tuple[str, int]:
    """Run any command as a user who is not root; return the output and the exit code."""
    # Root may read and write everything; without these capabilities it is as bound by a file's mode as its owner.
    bound = [find_tool("setpriv"), "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*bound, "bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=120
    )
    return done.stdout, done.returncode


def runner(blocks: list[Block]) -> Callable[[str], tuple[str, int]]:
    """Return how the commands of an example run: each in this process or in a fork where it can, or else in a shell.

    Starting a process takes a third of a second. Modes of files bind a shell only: this process may be root's.
    """
    commands = [command for block in blocks if block.language == "console" for command in block.commands]
    if any("chmod" in command for command in commands):
        return in_shell
    is_django = any(block.file == "manage.py" for block in blocks)

    def run(command: str) -> tuple[str, int]:
        if not _PLAIN.fullmatch(command):
            return in_shell(command)
        if is_django or command.startswith(("django-admin ", "buildassets migrate ")):
            return in_fork(command)
        if command != commands[0]:
            settle()
        return in_process(command)

    return run


def is_quick(code: str) -> bool:
    """Whether all commands of an example run in this process."""
    blocks = read_section(code).blocks()
    commands = [command for block in blocks if block.language == "console" for command in block.commands]
    is_ours = all(command.startswith("buildassets ") and _PLAIN.fullmatch(command) for command in commands)
    return is_ours and all(block.file != "manage.py" for block in blocks)


def assert_shown(code: str, folder: Path, *, is_updated: bool) -> None:
    """Assert that the example of `code` prints in `folder` what its section shows; or write what it prints there.

    Examples of one family are updated one after another, as they are on one page.
    """
    section = read_section(code)
    if code in WITH_ESBUILD:
        (folder / "node_modules").symlink_to(node_modules())
    if code.startswith("tailwind/"):
        program()
    setup, blocks = section.setup(), section.blocks()
    run = runner(blocks)
    shown, kept = "", section.start
    for block in blocks:
        if block.file:
            write_tree(folder, {block.file: block.text})
            continue
        assert block.language == "console", "a file without a name"
        session, ended = replayed(block.commands, run)
        assert ended == _stated_exit_code(block, session), session
        if block in setup:
            assert session == block.text
            continue
        shown += section.text[kept : block.start] + session
        kept = block.end
    shown += section.text[kept : section.end]
    if is_updated:
        text = section.text[: section.start] + shown + section.text[section.end :]
        page_path(code).write_text(text, encoding="utf-8")
    else:
        assert shown == section.content
    assert code in IN_TRACEBACKS or f"[{code}]: " in shown


def _stated_exit_code(block: Block, session: str) -> int:
    return int("error[" in session) if block.exit_code is None else block.exit_code
