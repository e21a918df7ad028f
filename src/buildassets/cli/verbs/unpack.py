"""`buildassets unpack`."""

import os
from contextlib import nullcontext

import click

from buildassets.cli.parse.options import release_config, release_options, signature_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.releases import os_faults_as_release_error, public_keys, signed_by
from buildassets.cli.show.output import Output, count_text
from buildassets.disk.plain_files import plain
from buildassets.foundation.permission import NOTHING
from buildassets.release.archive.unpack import private_copy, refuse_foreign, unpack


@click.command("unpack")
@click.argument("archive")
@click.option("-o", "--output", metavar="DIR", help="Unpack into this folder, which must be new or empty.")
@click.option("--replace", is_flag=True, help="Replace the release in that folder.")
@signature_options
@release_options
def command(
    archive: str,
    output: str | None,
    *,
    replace: bool,
    keys: tuple[str, ...],
    config_file: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Check every byte of ARCHIVE, then move its release into place."""
    accepted = public_keys(keys)
    folder, shown = _destination(output, config_file)
    with os_faults_as_release_error("release/unreadable", archive):
        os.close(plain(archive))
    permission = permitted("unpack", replace=replace)
    with (
        os_faults_as_release_error("release/unwritable", shown),
        private_copy(archive, folder) if accepted else nullcontext(archive) as content,
    ):
        signed = signed_by(archive, accepted, copy=content) if accepted else {}
        unpacked = unpack(content, archive, folder, shown, replaces=replace, permission=permission)
    show = Output(as_json, quiet=quiet)
    document = {"output": shown, "release": unpacked.release, "files": len(unpacked.files), **signed}
    code = show.finish(ok=True, diagnostics=(), document=document)
    show.report(f"unpacked {count_text(len(unpacked.files), 'file')} into `{shown}`")
    if signed:
        show.report(f"it is signed by {signed['key']}")
    return code


def _destination(given: str | None, config_file: str | None) -> tuple[str, str]:
    """The path of the folder that was `given`, or else of the configured one, and how messages show it."""
    if given is not None:
        return given, given
    config = release_config(config_file, permission=NOTHING)
    refuse_foreign(config.folder, config.output, config.shown)
    return config.output, config.shown(config.output)
