"""`buildassets pack`."""

import os
from collections.abc import Callable
from contextlib import suppress

import click

from buildassets.cli.parse.options import release_options
from buildassets.cli.releases import built_release, os_faults_as_release_error
from buildassets.cli.show.output import Output, count_text
from buildassets.disk.folders import is_within
from buildassets.foundation.measures import size_text
from buildassets.release.archive.read import FORMS, Form
from buildassets.release.archive.write import pack_folder
from buildassets.release.signature.keys import key_text, private_key
from buildassets.release.signature.signature import sign


@click.command("pack")
@click.argument("release", required=False, metavar="[DIR]")
@click.option(
    "-o", "--output", metavar="FILE", help="Write this archive: a .tar, .tar.gz, .tar.zst or .zip. Default: DIR.tar."
)
@click.option(
    "--sign",
    "key",
    metavar="KEY",
    help="Also write FILE.sig, a signature by this private key of Ed25519: a file, env:NAME or ed25519:BASE64.",
)
@release_options
def command(
    release: str | None, output: str | None, key: str | None, config_file: str | None, *, as_json: bool, quiet: bool
) -> int:
    """Write the release directory DIR as one archive. The same release gives the same bytes on every machine.

    Leaves out files that the manifest does not name. Files that differ from the manifest are an error.
    """
    folder, shown = built_release(release, config_file, writes_beside=output is None)
    archive = output or _beside(folder)
    form = _form(archive)
    with os_faults_as_release_error("release/unreadable", shown):
        os.scandir(folder).close()
    if is_within(os.path.realpath(folder), os.path.realpath(archive)):
        raise click.UsageError(f"`{archive}` would be in the release that it is to hold")
    signing = _signing(key)
    with os_faults_as_release_error("release/unwritable", archive):
        packed = pack_folder(folder, shown, archive, form)
        signed = signing(archive)
    show = Output(as_json, quiet=quiet)
    document = {"archive": archive, "size": packed.size_bytes, "sha256": packed.digest, **signed}
    code = show.finish(ok=True, diagnostics=(), document={**document, "release": packed.release, "files": packed.files})
    files, size = count_text(packed.files, "file"), size_text(packed.size_bytes)
    show.report(f"packed {files} into `{archive}` ({size}), sha256 {packed.digest}")
    if signed:
        show.report(f"signed it in `{signed['signature']}`, for `verify --key {signed['key']}`")
    return code


def _signing(given: str | None) -> Callable[[str], dict[str, str]]:
    """A function that signs an archive with the `given` key, if any, and returns its entry for `--json`.

    Raises ConfigError for a key that cannot be used, before anything is written.
    """
    if given is None:
        return lambda archive: {}

    key = private_key(given, os.environ)
    return lambda archive: {"signature": sign(archive, key), "key": key_text(key.public_key())}


def _beside(folder: str) -> str:
    """The default archive, beside the release directory, as a relative or absolute path, whichever is shorter."""
    archive = os.path.normpath(folder) + ".tar"
    with suppress(ValueError):  # on another drive of Windows
        return min(os.path.relpath(archive), archive, key=len)
    return archive


def _form(archive: str) -> Form:
    form = next((form for form in FORMS if archive.endswith(f".{form}")), None)
    if form is None:
        raise click.UsageError(f"`{archive}` is none of {', '.join(f'.{form}' for form in FORMS)}")
    return form
