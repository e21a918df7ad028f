"""Completions for a command line, in addition to those of click: verbs, options, choices.

Called only while a shell asks, so that no verb is slower for it.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class

from buildassets.cli.parse.options import release_config
from buildassets.cli.read_release import manifest_of_output
from buildassets.foundation.permission import NOTHING
from buildassets.packages.tools.kinds import TOOLS

_RELEASES: Final = {"ARCHIVE", "NEW", "OLD", "OLD_MANIFEST", "PREVIOUS", "[DIR|ARCHIVE]", "[DIR|ARCHIVE|MANIFEST]"}
_PATHS: Final = _RELEASES | {"FILE", "KEY", "ROOT", "TARGET", "[SOURCE]..."}
_FOLDERS: Final = frozenset(("DIR", "[DIR]"))
_ASSETS: Final = frozenset(("LOGICAL_PATH", "[GLOB]..."))
_TOOLS: Final = frozenset(("[NAME[@RANGE]]...", "NAME..."))


# What click has bash insert as it is, bash would expand and run once the line is entered: names of files are quoted.
_INSERTED: Final = "COMPREPLY+=($value)"
_QUOTED: Final = """printf -v quoted %%q "$value"
            if [[ $value != "$quoted" && ${COMP_WORDS[COMP_CWORD]} == [\\"\\']* ]]; then
                [[ $value == *[\\$\\`\\"\\'\\\\!]* ]] && continue
                compopt -o filenames
                quoted=$value
            fi
            COMPREPLY+=("$quoted")"""


class _Bash(BashComplete):
    source_template = (
        BashComplete.source_template.replace(_INSERTED, _QUOTED)
        .replace("local response\n", "local response quoted\n")
        .replace("read type", "read -r type")
    )


def prepare_shells() -> None:
    """Have the function that bash gets quote what it inserts."""
    add_completion_class(_Bash)


class _OfferedNames(click.ParamType):  # type: ignore[type-arg]  # click 8.1 has it without arguments
    """A parameter whose values are names that can be listed."""

    name = "name"

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that begin with `incomplete`; none where they cannot be found out."""
        try:
            named = (name for name in self._names() if name.startswith(incomplete))
            return [CompletionItem(name) for name in named if name.isprintable()]  # a shell reads one a line
        except Exception:  # a shell that asks has no place for a message
            return []


def with_completions(command: click.Command, verb: str) -> click.Command:
    """`command`, whose parameters offer files, folders, assets or tools, by what the help calls them."""
    for param in command.params:
        if isinstance(param.type, click.types.StringParamType) and (known := _type(param, verb)) is not None:
            param.type = known
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            with_completions(inner, verb)
    return command


def _type(param: click.Parameter, verb: str) -> "click.ParamType[Any] | None":
    shown: Any = param.metavar or (param.name or "").upper()
    if shown in _FOLDERS:
        return click.Path(file_okay=False)
    if shown in _PATHS:
        return click.Path()
    if shown in _ASSETS:
        return _OfferedNames(_logical_paths)
    return _OfferedNames(_tools) if verb == "tools" and shown in _TOOLS else None


def _logical_paths() -> list[str]:
    return sorted(manifest_of_output(release_config(None, permission=NOTHING)).assets)


def _tools() -> list[str]:
    return sorted(TOOLS)
