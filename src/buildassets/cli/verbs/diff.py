"""`buildassets diff`: what differs between two releases, and why."""

import click

from buildassets.cli.parse.options import diff_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.read_release import content_of_release
from buildassets.cli.show.output import print_data, print_json
from buildassets.foundation.permission import Permission
from buildassets.manifest.model import Manifest, loads
from buildassets.release.diff.causes import difference
from buildassets.release.diff.text import difference_document, lines_of, markdown_of


@click.command("diff")
@click.argument("old")
@click.argument("new")
@diff_options
def command(old: str, new: str, *, as_json: bool, markdown: bool, exit_code: bool) -> int:
    """List which fingerprints differ between the releases OLD and NEW, and why.

    Each is a release directory, an archive, or the path or URL of a manifest.
    """
    if as_json and markdown:
        raise click.UsageError("`--json` and `--markdown` exclude each other")
    permission = permitted("diff")
    compared = difference(read_manifest(old, permission=permission), read_manifest(new, permission=permission))
    if as_json:
        print_json({"ok": True, **difference_document(compared), "diagnostics": []})
    else:
        print_data(markdown_of(compared).rstrip("\n").split("\n") if markdown else lines_of(compared))
    return 1 if exit_code and compared.changes else 0


def read_manifest(source: str, *, permission: Permission) -> Manifest:
    """The manifest that `source` names. Raises BuildError."""
    return loads(*content_of_release(source, permission=permission))
