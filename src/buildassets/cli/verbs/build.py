"""`buildassets build`."""

import click

from buildassets.cli.building.project_build import build_project
from buildassets.cli.parse.compile_options import BuildOptions, CompileOptions
from buildassets.cli.parse.options import (
    WorkspaceOptions,
    cache_options,
    carry_options,
    companion_options,
    compile_options,
    executor_option,
    provenance_option,
    workspace_options,
)


@click.command("build")
@compile_options
@carry_options
@companion_options
@provenance_option
@cache_options
@workspace_options
@executor_option
def command(
    given: CompileOptions,
    workspace: WorkspaceOptions | None,
    carry_from: tuple[str, ...],
    carry_url: str | None,
    carry_if_any: bool,
    companions: tuple[str, ...],
    provenance: bool,
    no_cache: bool,
    cache_dir: str | None,
    cache_write: bool,
    executor: str | None,
) -> int:
    """Compile everything into the release directory. SOURCE overrides the configured source roots."""
    if workspace is not None:
        from buildassets.cli.building.workspace import Means, build_workspace

        if carry_from or carry_url or carry_if_any:
            raise click.UsageError("`--carry-from` is for one project: build that in its own folder")
        means = Means(given, companions, cache_dir, not no_cache, cache_write, provenance, executor)
        return build_workspace(workspace, means)
    carry = carry_from, carry_url, carry_if_any
    options = BuildOptions(given, *carry, companions, provenance, no_cache, cache_dir, cache_write, executor)
    return build_project(options, click.get_current_context().obj or ())
