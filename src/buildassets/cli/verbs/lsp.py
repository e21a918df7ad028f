"""`buildassets lsp`: the language server, on stdin and stdout."""

import sys

import click

from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.output import kept_from_stdout, print_line
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error


@click.command("lsp")
@click.option(
    "--stdio",
    is_flag=True,
    help="No effect: many editors pass this option, and the server always uses stdin and stdout.",
)
def command(*, stdio: bool) -> int:
    """Run a language server: completion, definition, hover and diagnostics for the names of assets.

    Reads templates, style sheets and scripts. Runs no command and no code of the project. An editor starts it.
    """
    permitted("lsp")
    try:
        from buildassets.lsp.server import make_server
    except ImportError as fault:
        if (fault.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        hint = 'run `pip install "buildassets[lsp]"`'
        message = f"the language server needs `{fault.name}`, which is not installed"
        raise ConfigError([error("environment/lsp", message, hint=hint)]) from None
    if sys.stdin.isatty():
        print_line("waiting for an editor on stdin; Ctrl-C ends it")
    output = sys.stdout.buffer
    with kept_from_stdout():
        make_server().start_io(sys.stdin.buffer, output)
    return 0
