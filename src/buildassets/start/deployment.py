"""The step that installs locked tools, wherever the project's deployment builds the release.

Takes the files of a project, gives the edits of Dockerfiles and of the workflows of GitHub, and what is to be written
by hand: all other places that build, in these files and in those of other services.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.foundation.frozen import frozen
from buildassets.project.files import ProjectFiles
from buildassets.project.pipelines import DOCKERFILE, pipeline_files
from buildassets.start.edits import ByHand, FileEdit

INSTALL: Final = "buildassets tools install"
# Between words of a command: blanks, and what a list of JSON or YAML, or a line that is continued, has there.
_GAP: Final = r"(?:[ \t\"',\[\]]|\\?\r?\n[ \t]*(?:-[ \t])?)++"
_INSTALLS: Final = re.compile(rf"\bbuildassets{_GAP}tools{_GAP}install\b")
_BUILD: Final = (
    rf"(?:\bbuildassets|(?:\bpython3?{_GAP})?\b(?:manage\.py|django-admin|flask)\b[^\n;&|]{{0,80}}?\bassets)"
    rf"{_GAP}build\b(?![\w.:/-])"
)
_BUILDS: Final = re.compile(_BUILD)
_COLLECTS: Final = re.compile(r"\b(?:manage\.py|django-admin)\b[^\n;&|]{0,80}?\bcollectstatic\b")
_BEFORE: Final = 120  # characters in which the program that runs the command is looked for
_RUNNER: Final = r"(?:(?:uv|poetry|pipenv|pdm|hatch|pipx) run |uvx |python3? -m |(?<![\w./-])[\w.-]*/[\w./-]*/)?"
_RUNS: Final = re.compile(rf"{_RUNNER}$")
# A build at the beginning of a command; not of a line that continues an earlier one.
_COMMAND: Final = re.compile(rf"(?P<before>(?<![^\n])(?<!\\\n)[ \t]*|&&[ \t\\\r\n]*)(?P<runner>{_RUNNER})(?={_BUILD})")
# Words and `&&`: a shell reads such a text as commands, whatever is around it.
_PLAIN: Final = r"(?:[\w \t./=:,@+~-]|&&)"
_OTHER_SHELL: Final = re.compile(r"<<|^#\s*escape|powershell|pwsh|cmd\.exe|\bshell:(?!\s*(?:bash|sh)\b)", re.I | re.M)
_NOT_RUN: Final = re.compile(r"\s*(?:#|//|(?:-\s+)?name:|LABEL\b|@?echo\b)")

# The text before a command where a shell reads it, and what a command in a list has between its words.
_STARTS: Final = re.compile(
    r"(?:^|&&|\|\||[;({\"'@]|(?<!command)(?<!entrypoint):|(?:^|\s)-|\b(?:then|do|else|RUN)|\s--\w+=\S+)\s*$"
)
_LISTED: Final = re.compile(r"[\"',\[\]\n]")
_WITHOUT_AND: Final = re.compile(r"shell:\s*powershell|SHELL\b.*powershell")
_BEGINS: Final = re.compile(r"\s*(?:[A-Z]+\s|-\s|run:)")


@frozen
class _Kind:
    """A kind of files: the form of their names, the beginning of a line that installs, and where edits are certain."""

    names: re.Pattern[str]
    line: str = ""
    script: re.Pattern[str] | None = None


_KINDS: Final = (
    _Kind(
        DOCKERFILE,
        "RUN ",
        re.compile(rf"((?<!\\\n)^[ \t]*RUN[ \t]+(?!--))((?:{_PLAIN}|\\\r?\n)+\r?)$", re.MULTILINE),
    ),
    _Kind(
        re.compile(r"\.github/workflows/.*\.ya?ml"),
        "- run: ",
        re.compile(
            rf"^([ \t]*(?:-[ \t]+)?run:[ \t]+(?=\||{_PLAIN}+\r?$))(\|[+-]?\r?\n(?:{_PLAIN}*\r?\n)*|{_PLAIN}+\r?$)",
            re.MULTILINE,
        ),
    ),
    _Kind(
        re.compile(
            r"(?:.*/)?(?:[\w.-]*compose[\w.-]*\.ya?ml|Procfile|[Mm]akefile|justfile|(?:app|package|vercel)\.json|tox\.ini"
            r"|(?:fly|nixpacks|netlify)\.toml|Jenkinsfile|.*\.(?:sh|mk|ya?ml))"
        )
    ),
)


def deployment(files: ProjectFiles) -> tuple[list[FileEdit | ByHand], bool]:
    """The edits that install the tools before each build, the other builds, and whether all are preceded by the tools.

    That is also false where nothing builds.
    """
    steps: list[FileEdit | ByHand] = []
    has_step = False
    for name, kind in _deploying(files):
        text = files.text(name)
        if _INSTALLS.search(text):
            has_step = True
            continue
        after = _with_installation(kind, text)
        steps += [FileEdit(name, text, after)] if after != text else []
        steps += _left(name, kind, text.split("\n"), after)
    by_hand = any(isinstance(one, ByHand) for one in steps)
    return steps, (has_step or bool(steps)) and not by_hand


def collecting(files: ProjectFiles) -> Iterator[str]:
    """The places, as `file:line`, that run `collectstatic` where the project is deployed, and no file that builds."""
    for name, _ in _deploying(files):
        if not _BUILDS.search(files.text(name)):
            lines = enumerate(files.text(name).split("\n"), 1)
            yield from (f"{name}:{at}" for at, line in lines if _COLLECTS.search(line) and not _NOT_RUN.match(line))


def _deploying(files: ProjectFiles) -> Iterator[tuple[str, _Kind]]:
    """The files by which the project is deployed, each with its kind."""
    for name in (*files.own, *pipeline_files(files)):
        kind = next((one for one in _KINDS if one.names.fullmatch(name)), None)
        if kind is not None:
            yield name, kind


def _with_installation(kind: _Kind, text: str) -> str:
    if kind.script is None or _OTHER_SHELL.search(text):
        return text
    return kind.script.sub(lambda script: script[1] + _COMMAND.sub(_installing, script[2]), text)


def _installing(command: re.Match[str]) -> str:
    return f"{command['before']}{command['runner']}{INSTALL} && {command['runner']}"


def _left(name: str, kind: _Kind, lines: Sequence[str], after: str) -> Iterator[ByHand]:
    """The builds in `after`, the edited text of `lines`, that no installation precedes."""
    can_join = not _WITHOUT_AND.search(after)
    number = counted = 0  # a hostile text may have a build in each of its lines
    for build in _BUILDS.finditer(after):
        number += after.count("\n", counted, build.start())
        counted = build.start()
        before = after[max(0, build.start() - _BEFORE) : build.start()]
        found = _RUNS.search(re.sub(_GAP, " ", before))
        runner = found[0] if found else ""
        if before.endswith(f"{INSTALL} && {runner}") or _NOT_RUN.match(lines[number]):
            continue
        edited = _joined(lines[number], build[0], runner) if can_join else None
        begin = kind.line if "\n" in build[0] or _BEGINS.match(lines[number]) else ""
        alone = f"to run before line {number + 1}, `{lines[number].strip()}`"
        place = f"in place of line {number + 1}" if edited else alone
        yield ByHand(name, place, (edited or f"{begin}{runner}{INSTALL}",), optional=True)


def _joined(line: str, build: str, runner: str) -> str | None:
    """The line with the installation before the command; None where a shell would not read that as two commands."""
    before, command, behind = line.partition(f"{runner}{build}")
    is_read_by_shell = command and _STARTS.search(before) and not _LISTED.search(build)
    return f"{before}{runner}{INSTALL} && {command}{behind}".strip() if is_read_by_shell else None
