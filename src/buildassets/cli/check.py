"""`buildassets check`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from buildassets.cli.options import CompileOptions, check_options
from buildassets.cli.output import Output, count_text, descriptor_kept_from_stdout, kept_from_stdout, print_data
from buildassets.jobs import threads

if TYPE_CHECKING:
    from buildassets.compiler.check import CheckResult
    from buildassets.compiler.templates.check import TemplateCheck


@click.command("check")
@check_options
def command(
    given: CompileOptions,
) -> int:
    """Report everything that `build` would complain about, and names in templates that no asset has. Writes nothing.

    Lists on stdout the assets that no entry reaches, if `entries` are configured, and those that nothing uses, if
    templates name assets. Assets of others, such as those of `vendored` roots, are only counted.
    """
    from buildassets.compiler.check import check

    config = given.config()
    show = Output(given.as_json, given.verbose, given.quiet)
    with threads(given.jobs) as executor, descriptor_kept_from_stdout(), kept_from_stdout():
        result = check(config, mode=given.mode, executor=executor, progress=show.on_progress())
    return show_check(result, show)


def show_check(result: "CheckResult", show: Output) -> int:
    """Show the result of a check; returns the exit code."""
    errors = sum(diagnostic.is_error for diagnostic in result.diagnostics)
    left = {"not reached": result.unreached, "not used": result.unused}
    of_others = frozenset() if show.verbose else result.of_others
    listed = [f"{what}: {path}" for what, paths in left.items() for path in paths if path not in of_others]
    if listed and not show.as_json:
        print_data(listed)  # first, so that the errors come last, where one looks
    code = show.finish(errors == 0, result.diagnostics, _document(result))
    show.detail(
        f"not checked: {place.file}:{place.line}:{place.column}: {place.excerpt.strip()}"
        for place in result.templates.unchecked
    )
    for what, paths in left.items():
        if theirs := [path for path in paths if path in of_others]:
            show.report(f"{what}: {count_text(len(theirs), 'asset')} of others, such as `{theirs[0]}`; `-v` lists them")
    for line in _summary(result.templates):
        show.report(line)
    show.report(f"{count_text(errors, 'error')}, {count_text(len(result.diagnostics) - errors, 'warning')}")
    return code


def _summary(checked: "TemplateCheck") -> Iterator[str]:
    if checked.names:
        yield f"checked {count_text(checked.names, 'name')} in {count_text(checked.templates, 'template')}"
    if checked.unchecked:
        how_many = count_text(len(checked.unchecked), "name")
        yield f"could not check {how_many} that templates compute; `-v` or `--json` lists them"


def _document(result: "CheckResult") -> dict[str, Any]:
    templates = result.templates
    unchecked = [{"file": place.file, "line": place.line, "column": place.column} for place in templates.unchecked]
    return {
        "unreached": list(result.unreached),
        "unused": list(result.unused),
        "templates": {"files": templates.templates, "names": templates.names, "unchecked": unchecked},
    }
