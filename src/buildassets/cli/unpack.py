"""`buildassets unpack`."""

import os

import click

from buildassets.cli.options import release_options
from buildassets.cli.output import Output, count_text


@click.command("unpack")
@click.argument("archive")
@click.option("-o", "--output", metavar="DIR", help="Where the release goes; a folder that is not there yet, or empty.")
@click.option("--replace", is_flag=True, help="Put it in place of the release that is there.")
@release_options
def command(
    archive: str, output: str | None, replace: bool, config_file: str | None, as_json: bool, quiet: bool
) -> int:
    """Take the release out of ARCHIVE. All of it is proven before any is in its place."""
    from buildassets.cli.releases import os_faults_told, shown_release
    from buildassets.plain_files import plain
    from buildassets.release.archive.unpack import unpack

    folder, shown = shown_release(output, config_file)
    with os_faults_told("release/unreadable", archive):
        os.close(plain(archive))
    with os_faults_told("release/unwritable", shown):
        unpacked = unpack(archive, archive, folder, shown, replaces=replace)
    show = Output(as_json, quiet=quiet)
    code = show.finish(True, (), {"output": shown, "release": unpacked.release, "files": len(unpacked.files)})
    show.say(f"unpacked {count_text(len(unpacked.files), 'file')} into `{shown}`")
    return code
