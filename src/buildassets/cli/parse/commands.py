"""Dispatches to the verbs: one module each, imported when the verb is called."""

import os
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import click

from buildassets._version import __version__
from buildassets.cli.ending import exit_with
from buildassets.cli.parse.permissions import begin
from buildassets.cli.parse.verbs import VERBS, Example, grouped_verbs
from buildassets.cli.show.output import end_without_stdout, print_mistake, show
from buildassets.compiler.config.key_table import NAMES
from buildassets.compiler.languages.native.library import implementation, unmet_demand
from buildassets.foundation.nearest import nearest
from buildassets.foundation.typed import PROGRAM_VARIABLE

if TYPE_CHECKING:
    from buildassets.compiler.cache.stamps import Looks

_SENTENCES: Final = {name: verb.sentence for name, verb in VERBS.items() if verb.sentence}  # of the outer verbs
_ASKING = frozenset(("-h", "--help", "--version"))  # click answers these by itself


_VERBOSE = "buildassets.verbose"
_COMPLETING = "_BUILDASSETS_COMPLETE"  # set by a shell that asks what may come next; the name is click's


def _show_version(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:  # noqa: FBT001 click's
    if not is_asked:
        return
    click.echo(f"buildassets, version {__version__}")
    if ctx.meta[_VERBOSE]:
        click.echo(f"lexers: {implementation()}")
        if fault := unmet_demand():
            show([fault])
            ctx.exit(1)
    ctx.exit()


class _Verbs(click.Group):
    """Imports a verb's module when the verb is called, so that no verb waits for the imports of another."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_VERBOSE] = not {"-v", "--verbose"}.isdisjoint(args)  # it may come after `--version`
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_SENTENCES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _SENTENCES:
            return None

        begin()

        command = _with_examples(import_module(f"buildassets.cli.verbs.{cmd_name}").command, cmd_name)
        if _COMPLETING in os.environ:
            from buildassets.cli.parse.completion import with_completions

            return with_completions(command, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _SENTENCES and not args[0].startswith("-"):
            ctx.fail(f"No such command '{args[0]}'. {_meant(args[0], sorted(_SENTENCES))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, _SENTENCES))
        for group, names in grouped_verbs().items():
            with formatter.section(group.capitalize()):
                formatter.write_dl([(f"{name:<{width}}", _SENTENCES[name]) for name in names])


def _with_examples(command: click.Command, name: str) -> click.Command:
    """`command`, the verb `name`, whose help ends in its examples; so does that of its own verbs."""
    command.epilog = _epilog(VERBS[name].examples) or command.epilog
    if isinstance(command, click.Group):
        for verb, inner in command.commands.items():
            _with_examples(inner, f"{name} {verb}")
    return command


def _epilog(examples: Iterable[Example]) -> str:
    """The examples as click keeps them: a paragraph that begins with `\\b` is not wrapped."""
    lines = [line for arguments, purpose in examples for line in (f"  buildassets {arguments}", f"      {purpose}")]
    return "\n".join(["\b", "Examples:", *lines]) if lines else ""


def _meant(name: str, known: Sequence[str]) -> str:
    """A hint for the unknown `name`: the nearest of `known`, or all of them."""
    near = nearest(name, known)
    return f"Did you mean '{near}'?" if near else f"Use one of: {', '.join(known)}."


def _no_such_option(mistake: click.NoSuchOption) -> click.UsageError:
    """The same mistake with a hint: the nearest option, the verb that has it, or the place of a setting."""
    params = mistake.ctx.command.params if mistake.ctx else []
    options = sorted(name for param in params for name in param.opts if name.startswith("--"))
    name = mistake.option_name
    setting = name.lstrip("-").replace("-", "_")
    if verb := _verb_with(name, mistake.ctx):
        return click.UsageError(f"No such option '{name}' before the verb. Write it after '{verb}'.", mistake.ctx)
    meant = _meant(name, options)
    if setting in NAMES and f"--{setting}" not in options:
        meant = f"It is a setting: write `{setting} = …` under `[tool.buildassets]`."
    return click.UsageError(f"No such option '{name}'. {meant}", mistake.ctx)


def _verb_with(option: str, ctx: click.Context | None) -> str | None:
    """The verb of the command line, if `option` is one of its options; it was written before the verb."""
    verb = next((argument for argument in sys.argv[1:] if argument in _SENTENCES), None)
    if verb is None or ctx is None or not isinstance(ctx.command, _Verbs):
        return None
    command = ctx.command.get_command(ctx, verb)
    return verb if command and any(option in param.opts for param in command.params) else None


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.option("-v", "--verbose", is_flag=True, expose_value=False, help="With --version: also show which lexers run.")
def commands() -> None:
    """Compile, minify and fingerprint web assets into a release directory with a manifest."""


def run(looks: "Sequence[Looks]" = ()) -> NoReturn:
    """Run the verb of the command line and exit. `looks` show how some files looked when it began."""
    if _COMPLETING in os.environ:
        from buildassets.cli.parse.completion import prepare_shells

        prepare_shells()
    exit_with(partial(_code, looks))


def _code(looks: "Sequence[Looks]") -> int:
    """The exit code of the verb of the command line; exits where that has a mistake."""
    try:
        code: int = commands.main(prog_name=os.environ.get(PROGRAM_VARIABLE), standalone_mode=False, obj=looks)
        return code
    except click.NoSuchOption as mistake:
        print_mistake(_no_such_option(mistake))
        sys.exit(mistake.exit_code)
    except click.ClickException as mistake:
        print_mistake(mistake)
        sys.exit(mistake.exit_code)
    except OSError as fault:
        if _ASKING.isdisjoint(sys.argv):
            raise
        end_without_stdout(fault)
    except click.Abort:
        sys.exit(130)
