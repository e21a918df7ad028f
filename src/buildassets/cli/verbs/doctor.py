"""`buildassets doctor`: finds what is wrong with a project, its release and this machine."""

import os
import time
from contextlib import suppress

import click

from buildassets.cli.parse.options import doctor_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.output import UNPARSED, Output, count_text
from buildassets.compiler.engines.tools import tools_not_run
from buildassets.disk.owners import is_above_repository
from buildassets.doctor.deployment import other_host
from buildassets.doctor.examine import findings
from buildassets.doctor.page import requested_page
from buildassets.doctor.subject import subject
from buildassets.doctor.tools import has_unparsed
from buildassets.doctor.wiring import not_tried
from buildassets.errors import BuildAssetsError
from buildassets.release.report.savings import savings, savings_text


@click.command("doctor")
@click.option(
    "--run", "may_run", is_flag=True, help="Also run code of the project: compilers, Django's checks, its page `/`."
)
@doctor_options
def command(*, may_run: bool, config_file: str | None, cache_dir: str | None, as_json: bool, quiet: bool) -> int:
    """List the problems of the project in this folder, and how to fix them. Write nothing.

    Exits with 1 if there is an error. A guess from files is a warning. Imports no code of the project without --run.
    """
    permission = permitted("doctor", run=may_run)
    examined = subject(config_file, cache_dir, permission=permission, environment=os.environ, now_seconds=time.time())
    page = requested_page(examined)
    found = findings(examined, page)
    errors = sum(one.is_error for one in found)
    show = Output(as_json, quiet=quiet)
    code = show.finish(ok=errors == 0, diagnostics=found, document={"framework": examined.found.framework.name})
    for notice in examined.config.notices:
        if notice.code == "config/not-run":
            show.report(f"{notice.message}; `--run` does so")
    if examined.config.file and config_file is None and examined.folder != os.getcwd():
        is_outside = is_above_repository(examined.config.file, os.getcwd())
        show.report(f"the configuration is `{examined.config.file}`{', above the repository' if is_outside else ''}")
    with suppress(BuildAssetsError):  # of a lock that cannot be read, which is a finding
        for program in tools_not_run(examined.folder, permission=permission):
            unknown = "its version is not known without running it, as `--run` does"
            show.report(f"did not start `{program}`, which the project brings: {unknown}")
    if advice := other_host(examined):
        show.report(advice)
    if has_unparsed(examined):
        show.report(UNPARSED)
    if examined.manifest and (advice := savings_text(savings(examined.manifest))):
        show.report(f"{advice}: `init --smallest` and docs/explain/minification.md have the steps")
    counts = f"{count_text(errors, 'error')}, {count_text(len(found) - errors, 'warning')}"
    left = not_tried(examined, page)
    show.report(counts if found else f"no fault is found; {left}" if left else "nothing is wrong")
    return code
