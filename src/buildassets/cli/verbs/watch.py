"""`buildassets watch`."""

import click

from buildassets.cli.parse.options import cache_options, gathered, watch_options, workspace_option
from buildassets.cli.watching.projects import WatchOptions, watch

_DEFAULT_POLL = "0.5"


class _Command(click.Command):
    """Takes a value of `--poll` only after `=`, as a SOURCE may follow it. After `--` comes another command."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own, beside = args, []
        if "--" in args:
            own, beside = args[: args.index("--")], args[args.index("--") + 1 :]
            if not beside:
                raise click.UsageError("there is no command after `--`", ctx)
        ctx.obj = tuple(beside)
        polling = f"--poll={_DEFAULT_POLL}"
        return super().parse_args(ctx, [polling if argument == "--poll" else argument for argument in own])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "[-- COMMAND [ARGUMENT]...]"]


@click.command("watch", cls=_Command)
@watch_options
@cache_options
@workspace_option
@gathered(WatchOptions, "options")
@click.pass_obj
def command(beside: tuple[str, ...], *, options: WatchOptions, is_workspace: bool) -> int:
    """Build, and build again whenever a source changes, until Ctrl-C. SOURCE overrides the configured source roots.

    COMMAND, such as a web server, and the commands in `[tool.buildassets.run]` start after the first release. When one
    of them ends, the watch and the other commands end too.
    """
    return watch(options, beside, is_workspace=is_workspace)
