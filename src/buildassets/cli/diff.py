"""`buildassets diff`: what differs between two releases, and why."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from buildassets.cli.options import diff_options
from buildassets.cli.output import print_data, print_json
from buildassets.credentials import masked_url
from buildassets.diagnostics import Location, error
from buildassets.errors import BuildError
from buildassets.manifest import Manifest, loads

if TYPE_CHECKING:
    from buildassets.release.diff.causes import Change


@click.command("diff")
@click.argument("old")
@click.argument("new")
@diff_options
def command(old: str, new: str, as_json: bool, markdown: bool, exit_code: bool) -> int:
    """List which fingerprints differ between the releases OLD and NEW, and why.

    Each is a release directory, an archive of one, or a manifest by its path or URL.
    """
    from buildassets.release.diff.causes import difference
    from buildassets.release.diff.text import lines_of, markdown_of

    if as_json and markdown:
        raise click.UsageError("`--json` and `--markdown` exclude each other")
    compared = difference(read_manifest(old), read_manifest(new))
    if as_json:
        totals = {"before": asdict(compared.before), "after": asdict(compared.after)}
        changes = {change.path: change_document(change) for change in compared.changes}
        print_json({"ok": True, "changes": changes, "total": totals, "diagnostics": []})
    else:
        print_data(markdown_of(compared).rstrip("\n").split("\n") if markdown else lines_of(compared))
    return 1 if exit_code and compared.changes else 0


def read_manifest(source: str) -> Manifest:
    """The manifest that `source` names. Raises BuildError."""
    from buildassets.release.earlier.releases import manifest_at

    shown = masked_url(source)
    try:
        content = manifest_at(source)
    except FileNotFoundError:
        hint = "name a release directory, an archive of one, or a manifest by its path or URL"
        message = f"there is no manifest at `{shown}`"
        raise BuildError([error("manifest/unreadable", message, Location(shown), hint=hint)]) from None
    return loads(content, shown)


def change_document(change: "Change") -> dict[str, object]:
    """A change as a JSON value."""
    from buildassets.release.diff.causes import sizes_of
    from buildassets.release.diff.text import cause_text

    sides = {"before": change.before, "after": change.after}
    return {
        "change": change.kind,
        **{side: {"file": entry.file, **asdict(sizes_of(entry))} if entry else None for side, entry in sides.items()},
        "chain": list(change.chain),
        "causes": [{"kind": cause.kind, "text": cause_text(cause)} for cause in change.causes],
    }
