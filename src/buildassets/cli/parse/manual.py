"""The manual page, in roff for `man`, made from the verbs and options of the command line.

`native/build_hook.py` puts it into wheels. Gives the same text for the same version: no date is in it.
"""

import sys
from collections.abc import Iterable, Iterator

import click

from buildassets._version import __version__
from buildassets.cli.parse.commands import commands
from buildassets.cli.parse.verbs import VERBS

_EXIT_CODES = (
    ("0", "done"),
    ("1", "the build, a check or a verification found errors"),
    ("2", "wrong usage or configuration"),
    ("129, 130, 143", "interrupted: the end of the terminal, Ctrl-C, SIGTERM"),
)
_FILES = (
    ("buildassets.toml, pyproject.toml", "the configuration, in the second under [tool.buildassets]"),
    ("buildassets.lock", "the tools and packages of a project"),
    ("build/manifest.json", "what was built"),
    (".buildassets/", "the cache"),
)


def manual() -> str:
    """The whole page."""
    context = click.Context(commands, info_name="buildassets")
    lines = [
        f'.TH BUILDASSETS 1 "" "buildassets {__version__}" "User Commands"',
        ".SH NAME",
        r"buildassets \- compile, minify and fingerprint web assets",
        ".SH SYNOPSIS",
        r"\fBbuildassets\fR \fIVERB\fR [\fIOPTION\fR]... [\fIARGUMENT\fR]...",
        ".SH DESCRIPTION",
        *_paragraphs(commands.help or ""),
        ".SH VERBS",
    ]
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command is not None
        lines += _verb(command, name, context)
    lines += [".SH EXIT STATUS", *_listed(_EXIT_CODES), ".SH FILES", *_listed(_FILES)]
    return "\n".join(lines) + "\n"


def _verb(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=parent)
    usage = " ".join(command.collect_usage_pieces(context))
    yield f".SS {_roff(f'{name} {usage}')}"
    yield from _paragraphs(command.help or "")
    for param in command.params:
        record = param.get_help_record(context)
        if record is not None and record[1]:  # arguments have no help
            yield from _listed([record])
    for arguments, purpose in VERBS[name].examples:
        yield from (".PP", f"Example: {_roff(purpose)}", ".RS", f".B {_roff(f'buildassets {arguments}')}", ".RE")
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _verb(command.commands[inner], f"{name} {inner}", context)


def _listed(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in rows:
        yield from (".TP", f".B {_roff(term)}", _roff(text))


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield _roff(" ".join(paragraph.replace("\b", "").split()))


def _roff(text: str) -> str:
    """`text` as roff shows it: what is special there escaped, also at the begin of a line."""
    escaped = (
        text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\`").replace("^", r"\(ha")
    )
    escaped = escaped.replace("~", r"\(ti").replace("…", "...")
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


if __name__ == "__main__":
    sys.stdout.write(manual())
