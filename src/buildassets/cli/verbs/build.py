"""`buildassets build`: one project, or those of a workspace."""

import click

from buildassets.cli.building.project_build import build_project
from buildassets.cli.parse.compile_options import BuildOptions
from buildassets.cli.parse.options import (
    WorkspaceOptions,
    cache_options,
    carry_options,
    collected_option,
    companion_options,
    compile_options,
    executor_option,
    gathered,
    provenance_option,
    workspace_options,
)


@click.command("build")
@compile_options
@carry_options
@collected_option
@companion_options
@provenance_option
@cache_options
@workspace_options
@executor_option
@gathered(BuildOptions, "options")
def command(options: BuildOptions, workspace: WorkspaceOptions | None) -> int:
    """Compile all sources into the release directory. SOURCE overrides the configured source roots."""
    if options.given.collected:
        from buildassets.cli.building.collected import build_collected  # only Django asks for it

        return build_collected(options)
    if workspace is None:
        return build_project(options, click.get_current_context().obj or ())

    from buildassets.cli.building.workspace import build_workspace

    if options.carry_from or options.carry_url or options.carry_if_any:
        raise click.UsageError("`--carry-from` is for one project: build that in its own folder")
    return build_workspace(workspace, options)
