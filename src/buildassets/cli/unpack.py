"""`buildassets unpack`."""

import os

import click

from buildassets.cli.options import release_options
from buildassets.cli.output import Output, count_text
from buildassets.cli.permissions import permission_of


@click.command("unpack")
@click.argument("archive")
@click.option("-o", "--output", metavar="DIR", help="The folder for the release, new or empty.")
@click.option("--replace", is_flag=True, help="Replace the release in that folder.")
@release_options
def command(
    archive: str, output: str | None, replace: bool, config_file: str | None, as_json: bool, quiet: bool
) -> int:
    """Unpack the release in ARCHIVE. Every byte is checked before any file is moved into place."""
    from buildassets.cli.releases import os_faults_as_release_error, shown_release
    from buildassets.plain_files import plain
    from buildassets.release.archive.unpack import unpack

    folder, shown = shown_release(output, config_file)
    with os_faults_as_release_error("release/unreadable", archive):
        os.close(plain(archive))
    with os_faults_as_release_error("release/unwritable", shown):
        unpacked = unpack(
            archive, archive, folder, shown, replaces=replace, permission=permission_of("unpack", replace=replace)
        )
    show = Output(as_json, quiet=quiet)
    code = show.finish(True, (), {"output": shown, "release": unpacked.release, "files": len(unpacked.files)})
    show.report(f"unpacked {count_text(len(unpacked.files), 'file')} into `{shown}`")
    return code
