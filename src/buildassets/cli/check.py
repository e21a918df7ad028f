"""`buildassets check`."""

import click

from buildassets.cli.options import compile_options, configured, threads
from buildassets.cli.output import Output, count_text, kept_from_stdout, print_data
from buildassets.compiler.result import Mode


@click.command("check")
@compile_options
def command(
    sources: tuple[str, ...],
    config_file: str | None,
    also: tuple[str, ...],
    output: str | None,
    url: str | None,
    mode: Mode,
    jobs: int | None,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Report everything that `build` would complain about. Writes nothing.

    With `entries` configured, lists on stdout what none of them reaches.
    """
    from buildassets.compiler.pipeline import check

    config = configured(config_file, sources, output, also, url)
    show = Output(as_json, verbose, quiet)
    with threads(jobs) as executor, kept_from_stdout():
        result = check(config, mode=mode, executor=executor, progress=show.on_progress())
    errors = sum(found.is_error for found in result.diagnostics)
    code = show.finish(errors == 0, result.diagnostics, {"unreached": list(result.unreached)})
    if result.unreached and not as_json:
        print_data("\n".join(f"not reached: {path}" for path in result.unreached))
    show.say(f"{count_text(errors, 'error')}, {count_text(len(result.diagnostics) - errors, 'warning')}")
    return code
