"""`buildassets check`."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import click

from buildassets.cli.building.reasons import report_origins
from buildassets.cli.parse.compile_options import CompileOptions
from buildassets.cli.parse.options import check_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.findings import Form, findings
from buildassets.cli.show.grouped import grouped, way_around_missing
from buildassets.cli.show.output import (
    UNPARSED,
    Output,
    count_text,
    descriptor_kept_from_stdout,
    kept_from_stdout,
    print_data,
    print_json,
    show,
)
from buildassets.compiler.cache.folder import cache_folder
from buildassets.compiler.check import CheckResult, check
from buildassets.compiler.config.file import working_directory
from buildassets.compiler.config.not_run import without_project_esbuild
from buildassets.compiler.config.values import Config
from buildassets.compiler.request import BuildRequest
from buildassets.compiler.templates.check import TemplateCheck
from buildassets.errors import BuildAssetsError
from buildassets.foundation.diagnostics import Diagnostic, Location
from buildassets.foundation.frozen import replace
from buildassets.foundation.permission import Permission
from buildassets.work.jobs import threads


@click.command("check")
@check_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "gitlab"]),
    help="Print this format on stdout: json is the same as --json; CI systems collect sarif and gitlab.",
)
def command(given: CompileOptions, form: str | None, *, no_run: bool) -> int:
    """Report the errors and warnings of a build, and unknown asset names in templates. Write nothing.

    On stdout: if `entries` are configured, the assets that no entry reaches; if templates name assets, the assets that
    nothing uses. Third-party assets, such as those of `vendored` roots, are counted, not listed.
    """
    permission = permitted("check", no_run=no_run)
    if given.as_json and form not in (None, "json"):
        raise click.UsageError(f"`--json` and `--format {form}` exclude each other")
    if form is not None and form not in ("text", "json"):
        return _as_findings(given, cast("Form", form), permission)
    output = Output(given.as_json or form == "json", given.verbose, given.quiet)
    config = given.config(permission=permission)
    report_origins(output, config)
    return show_check(_checked(given, config, output), output, tuple(sorted(config.commands)) if no_run else ())


def _checked(given: CompileOptions, config: Config, output: Output) -> CheckResult:
    """The result of the check; the cache of a project that nobody trusts is not read."""
    if config.permission.programs:
        cache = cache_folder(config)
    else:
        cache, config = None, without_project_esbuild(config)
    with threads(given.jobs) as executor, descriptor_kept_from_stdout(), kept_from_stdout():
        progress = output.on_progress()
        request = BuildRequest(config=config, mode=given.mode, executor=executor, progress=progress, cache=cache)
        return check(request)


def _as_findings(given: CompileOptions, form: Form, permission: Permission) -> int:
    """Print the diagnostics in that `form`, also those of a wrong configuration; returns the exit code."""
    folder, output = working_directory(), Output(quiet=given.quiet)
    try:
        config = given.config(permission=permission)
        folder = config.folder
        diagnostics = _checked(given, config, output).diagnostics
        code = int(any(diagnostic.is_error for diagnostic in diagnostics))
    except BuildAssetsError as failure:
        diagnostics, code = tuple(failure.diagnostics), failure.exit_code
    output.progress.clear()
    show(diagnostics, as_json=True)  # as annotations, where there are such
    print_json(findings(form, diagnostics, folder))
    output.report(_counted(diagnostics))
    return code


def _counted(diagnostics: Sequence[Diagnostic]) -> str:
    seen = grouped(diagnostics)
    errors = sum(diagnostic.is_error for diagnostic in seen)
    counts = f"{count_text(errors, 'error')}, {count_text(len(seen) - errors, 'warning')}"
    return counts + way_around_missing(diagnostics)


def show_check(result: CheckResult, output: Output, not_run: Sequence[str] = ()) -> int:
    """Show the result of a check, in which some commands were `not_run`; returns the exit code.

    What only the results of these, or of tools that did not run, refer to would be listed as left over, so nothing is
    listed then.
    """
    if not_run or any(diagnostic.code == "config/not-run" for diagnostic in result.diagnostics):
        result = replace(result, unreached=(), unused=())
    errors = sum(diagnostic.is_error for diagnostic in result.diagnostics)
    left = {"not reached": result.unreached, "not used": result.unused}
    of_others = frozenset() if output.verbose else result.of_others
    listed = [f"{what}: {path}" for what, paths in left.items() for path in paths if path not in of_others]
    if listed and not output.as_json:
        print_data(listed)  # first, so that the errors come last, where one looks
    document = _document(result) | ({"not_run": list(not_run)} if not_run else {})
    code = output.finish(ok=errors == 0, diagnostics=result.diagnostics, document=document)
    output.detail(
        f"not checked: {place.file}:{place.line}:{place.column}: {place.excerpt.strip()}"
        for place in result.templates.unchecked
    )
    output.detail(
        f"not built: {place.file}:{place.line}:{place.column}: {place.excerpt.strip()}"
        for excused in result.templates.excused
        for place in excused.places
    )
    for what, paths in left.items():
        if theirs := [path for path in paths if path in of_others]:
            output.report(
                f"{what}: {count_text(len(theirs), 'third-party asset')}, such as `{theirs[0]}`; `-v` lists them"
            )
    for line in _summary(result.templates):
        output.report(line)
    if not_run:
        names = ", ".join(f"`{name}`" for name in not_run)
        output.report(f"did not run {names}: what these make, and what that refers to, is not checked")
    if result.has_unparsed and not errors:
        output.report(UNPARSED)
    output.report(_counted(result.diagnostics))
    return code


def _summary(checked: TemplateCheck) -> Iterator[str]:
    if checked.names:
        yield f"checked {count_text(checked.names, 'name')} in {count_text(checked.templates, 'template')}"
    if checked.unchecked:
        how_many = count_text(len(checked.unchecked), "name")
        yield f"could not check {how_many} that templates compute; `-v` or `--json` lists them"
    for excused in checked.excused:
        names = count_text(len(excused.names), "name")
        yield f"not built: {names} {excused.reason}, such as `{excused.names[0]}`; `-v` or `--json` lists them"


def _document(result: CheckResult) -> dict[str, Any]:
    templates = result.templates
    listed = {"files": templates.templates, "names": templates.names, "unchecked": _listed(templates.unchecked)}
    not_built = [
        {"reason": excused.reason, "names": list(excused.names), "places": _listed(excused.places)}
        for excused in templates.excused
    ]
    return {
        "unreached": list(result.unreached),
        "unused": list(result.unused),
        "templates": {**listed, "not_built": not_built},
    }


def _listed(places: Sequence[Location]) -> list[dict[str, Any]]:
    return [{"file": place.file, "line": place.line, "column": place.column} for place in places]
