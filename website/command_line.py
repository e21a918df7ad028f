"""docs/reference/command-line.md: every verb with its arguments, options and examples, as click knows them."""

from collections import Counter
from collections.abc import Container, Iterator
from typing import Final

import click

from buildassets.cli.parse.commands import commands
from buildassets.cli.parse.verbs import VERBS, grouped_verbs
from website.schemas import table

_BEGIN: Final = """# Command line

Run `buildassets VERB`, or `python -P -m buildassets VERB`. `buildassets VERB --help` shows the section of a verb,
`man buildassets` the whole page.

Exit codes: 0 done; 1 errors found; 2 wrong usage or configuration; 130, 143 and 129 interrupted (by Ctrl-C, SIGTERM,
the end of the terminal). Data goes to stdout, everything else to stderr. `--json` prints one JSON document on stdout.
See also [output in terminals, pipes and CI](../guides/terminal.md) and [environment variables](#environment-variables).
"""
_SHARED_BY: Final = 3
"""Verbs with the same option from which on it is described once."""
_VARIABLES: Final = (
    ("BUILDASSETS_CACHE_DIR", "the folder of the [cache](../explain/caching.md); `--cache-dir` overrides it"),
    (
        "BUILDASSETS_CACHE_KEY",
        "keys of the [remote cache](../deploy/remote-cache.md#whom-to-trust): the first one signs",
    ),
    (
        "BUILDASSETS_CACHE_LOGIN",
        "logins for the [remote cache](../deploy/remote-cache.md#servers): URLs with user and password",
    ),
    ("BUILDASSETS_CACHE_SCOPE", "the scope of the remote cache that a build reads and writes; `main` by default"),
    ("BUILDASSETS_CACHE_READ", "further scopes that a build reads"),
    (
        "BUILDASSETS_NATIVE",
        "`0`: use the [lexers](../explain/native.md) in Python; `require`: an error if those in Rust are missing",
    ),
    (
        "BUILDASSETS_COPIES_DIR",
        "the folder of the user's [compressed copies](../explain/caching.md#compressed-copies); empty: there is none",
    ),
    ("BUILDASSETS_TOOLS_DIR", "the folder of [tools](../guides/tools.md#where-they-lie)"),
    (
        "BUILDASSETS_REQUIRED",
        "`1`: a web process needs a release, whatever its [settings](../frameworks/django.md#the-storage) ask",
    ),
    ("BUILDASSETS_NESTED", "set for builds of [packages](../guides/wheels.md), which build no packages of theirs"),
    ("BUILDASSETS_TRUST", "files of other users that are [used anyway](../errors/config.md#owner): absolute paths"),
    ("BUILDASSETS_WATCH", "set by `watch` for the [command that it runs](../guides/watch.md#beside-a-web-server)"),
    (
        "SOURCE_DATE_EPOCH",
        "the current time, in seconds since 1970, for [retained releases](../deploy/rolling-deploys.md)",
    ),
    ("NO_COLOR, CLICOLOR_FORCE, CLICOLOR", "whether messages have [colours](../guides/terminal.md#colours)"),
    ("npm_config_registry", "the [registry](../guides/tools.md#the-registry) that `tools` and `vendor` ask"),
)


def page() -> str:
    """The whole page."""
    context = click.Context(commands, info_name="buildassets")
    verbs = [(name, _command(context, name)) for name in commands.list_commands(context)]
    counted = Counter(option for name, verb in verbs for option in _all_options(verb, name, context))
    shared = {option: None for option, count in counted.items() if count >= _SHARED_BY}
    lines = [_BEGIN, *table(("group", "verbs"), [*_groups()]), "\n## Shared options\n"]
    lines += table(("option", "does"), [*shared])
    for name, verb in verbs:
        lines += _verb(verb, name, context, "##", shared)
    lines.append("\n## Environment variables\n")
    lines += table(("variable", "what it is"), [(f"`{name.replace(', ', '`, `')}`", what) for name, what in _VARIABLES])
    return "\n".join(lines) + "\n"


def _groups() -> Iterator[tuple[str, str]]:
    for group, names in grouped_verbs().items():
        yield group, ", ".join(f"[`{name}`](#{name})" for name in names)


def _command(context: click.Context, name: str) -> click.Command:
    command = commands.get_command(context, name)
    assert command is not None
    return command


def _verb(
    command: click.Command, name: str, parent: click.Context, mark: str, shared: Container[tuple[str, str]]
) -> Iterator[str]:
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=parent)
    yield f"\n{mark} {name}\n"
    yield from _paragraphs(command.help or "")
    if pages := VERBS[name].pages:
        yield f"More: {', '.join(f'[{_titled(page)}](../{page})' for page in pages)}.\n"
    yield f"```text\nbuildassets {' '.join((name, *command.collect_usage_pieces(context)))}\n```"
    options = list(_options(command, context))
    if own := [option for option in options if option not in shared]:
        yield ""
        yield from table(("option", "does"), own)
    if names := [_long_name(option[0]) for option in options if option in shared]:
        yield f"\n{'Also' if own else 'Takes'} [shared options](#shared-options): {', '.join(names)}."
    if isinstance(command, click.Group):  # whose verbs have the examples
        for inner in command.list_commands(context):
            yield from _verb(command.commands[inner], f"{name} {inner}", context, f"{mark}#", shared)
    else:
        yield from _examples(name)


def _titled(page: str) -> str:
    """The name of a page, and of its section, as the text of a link."""
    return page.replace("/README", "").rpartition("/")[2].replace(".md", "").replace("#", ", ").replace("-", " ")


def _long_name(flags: str) -> str:
    """`--output` of `-o, --output DIR`."""
    return next(f"`{word}`" for word in flags.strip("`").replace(",", "").split() if word.startswith("--"))


def _all_options(command: click.Command, name: str, parent: click.Context) -> Iterator[tuple[str, str]]:
    """The options of a verb and of the verbs below it."""
    context = click.Context(command, info_name=name, parent=parent)
    yield from _options(command, context)
    if isinstance(command, click.Group):
        for inner, below in command.commands.items():
            yield from _all_options(below, inner, context)


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None and record[1]:  # arguments have no help
            yield f"`{record[0]}`", record[1]


def _examples(name: str) -> Iterator[str]:
    examples = VERBS[name].examples
    if examples and [arguments for arguments, _ in examples] != [name]:  # the usage has that one already
        width = max(len(arguments) for arguments, _ in examples)
        yield "\n```sh"
        yield from (f"buildassets {arguments:<{width}}  # {purpose}" for arguments, purpose in examples)
        yield "```"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        if words := " ".join(paragraph.replace("\b", "").split()):
            yield f"{words}\n"
