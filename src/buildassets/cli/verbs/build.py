"""`buildassets build`: one project, or those of a workspace."""

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
    *,
    carry_if_any: bool,
    companions: tuple[str, ...],
    provenance: bool,
    no_cache: bool,
    cache_dir: str | None,
    cache_write: bool,
    executor: str | None,
) -> int:
    """Compile everything into the release directory. SOURCE overrides the configured source roots."""
    options = BuildOptions(
        given=given,
        carry_from=carry_from,
        carry_url=carry_url,
        carry_if_any=carry_if_any,
        companions=companions,
        provenance=provenance,
        no_cache=no_cache,
        cache_dir=cache_dir,
        cache_write=cache_write,
        executor=executor,
    )
    if workspace is not None:
        from buildassets.cli.building.workspace import build_workspace

        if carry_from or carry_url or carry_if_any:
            raise click.UsageError("`--carry-from` is for one project: build that in its own folder")
        return build_workspace(workspace, options)
    return build_project(options, click.get_current_context().obj or ())
