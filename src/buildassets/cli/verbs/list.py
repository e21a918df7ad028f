"""`buildassets list`: the assets of a release with their sizes, and who names them."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import click

from buildassets.cli.parse.options import read_options, release_config
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.read_release import manifest_of_output, template_names
from buildassets.cli.show import terminal
from buildassets.cli.show.output import count_text, print_data, print_json, print_line
from buildassets.cli.show.table import Column, table_lines
from buildassets.compiler.sources.globs import is_glob, named_by
from buildassets.errors import BuildError
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.foundation.measures import size_text
from buildassets.foundation.nearest import Known
from buildassets.manifest.model import Entry, Manifest
from buildassets.release.report.kinds import kind_of, total_of
from buildassets.release.report.references import References, references_of

_NAMES_IN_A_PIPE: Final = 3
_Key = Callable[[str, Entry, int], object]  # of an asset: its path, its entry, and the number of those that name it
_SORTED: Final[Mapping[str, _Key]] = {
    "name": lambda path, entry, named: path,
    "size": lambda path, entry, named: -entry.size,
    "gzip": lambda path, entry, named: -entry.encodings.get("gzip", entry.size),
    "brotli": lambda path, entry, named: -entry.encodings.get("br", entry.size),
    "kind": lambda path, entry, named: entry.type,
    "named": lambda path, entry, named: -named,
}


@click.command("list")
@click.argument("globs", nargs=-1, metavar="[GLOB]...")
@click.option(
    "--sort",
    type=click.Choice(list(_SORTED)),
    default="name",
    show_default=True,
    help="Sort by this column. Sizes and `named`, the number of places that name the asset, begin with the largest.",
)
@click.option("--reverse", is_flag=True, help="Reverse the order.")
@click.option("--bytes", "in_bytes", is_flag=True, help="Print sizes in bytes.")
@read_options
def command(
    globs: tuple[str, ...],
    sort: str,
    *,
    reverse: bool,
    in_bytes: bool,
    config_file: str | None,
    output: str | None,
    as_json: bool,
) -> int:
    """List the assets of the built release, their sizes, and the assets and templates that name them.

    GLOBs select assets by logical path. Columns of a coding show the size of the file itself if no copy is smaller.
    Assets that keep their own names are marked as plain.
    """
    config = release_config(config_file, output, permission=permitted("list"))
    manifest = manifest_of_output(config)
    chosen = _chosen(manifest, globs)
    references = references_of(manifest, template_names(config, manifest).places)
    key = _SORTED[sort]

    def order(path: str) -> tuple[Any, str]:
        return key(path, manifest.assets[path], len(_named_by(references, path))), path

    paths = sorted(sorted(chosen), key=order, reverse=reverse)
    assets = {path: manifest.assets[path] for path in paths}
    if as_json:
        print_json(_document(assets, references))
    elif assets:
        print_data(_table(assets, references, size_in_bytes if in_bytes else size_text))
    else:
        print_line("no asset matches" if globs else "the release has no assets")
    return 0


def size_in_bytes(size_bytes: int) -> str:
    """A size as a number of bytes, as `18,211`."""
    return f"{size_bytes:,}"


def _chosen(manifest: Manifest, globs: Sequence[str]) -> set[str]:
    """The assets that match one of `globs`, or all. Raises BuildError for a name without a wildcard of no asset."""
    if not globs:
        return set(manifest.assets)
    matching = {glob: named_by(glob, manifest.assets.keys()) for glob in globs}
    unknown = next((glob for glob, found in matching.items() if not found and not is_glob(glob)), None)
    if unknown is not None:
        raise BuildError([_unknown(unknown, manifest)])
    return {path for found in matching.values() for path in found}


def _unknown(name: str, manifest: Manifest) -> Diagnostic:
    near = Known(manifest.assets).nearest_asset(name)
    hint = f"did you mean `{near}`?" if near else "name assets by their logical paths, or by globs such as `css/**`"
    return error("asset/unknown", f"the release has no asset `{name}`", hint=hint)


def _named_by(references: References, path: str) -> list[str]:
    """The places and assets that name the asset `path`."""
    return [*references.named_in.get(path, ()), *references.referrers[path]]


def _table(assets: Mapping[str, Entry], references: References, shown: Callable[[int], str]) -> list[str]:
    """The lines of the table with a last line for all together; on a terminal, as wide as that."""
    has_plain = any(entry.plain for entry in assets.values())
    columns = (
        Column("asset", to_right=False, least=16),
        *([Column("name", to_right=False, left_out=1)] if has_plain else []),
        Column("size"),
        Column("gzip", left_out=3),
        Column("brotli", left_out=2),
        Column("named by", to_right=False, left_out=1, least=12),
    )
    window = terminal.size(sys.stdout)
    most = 1 if window else _NAMES_IN_A_PIPE
    rows = [_row(path, entry, _named_text(_named_by(references, path), most), shown) for path, entry in assets.items()]
    sizes = total_of(assets.values()).sizes
    rows.append((count_text(len(assets), "asset"), "", shown(sizes.raw), shown(sizes.gzip), shown(sizes.br), ""))
    if not has_plain:
        rows = [(path, *others) for path, _, *others in rows]
    return table_lines(columns, rows, window.columns if window else None)


def _row(path: str, entry: Entry, named: str, shown: Callable[[int], str]) -> tuple[str, ...]:
    copies = (shown(entry.encodings.get(coding, entry.size)) for coding in ("gzip", "br"))
    return path, "plain" if entry.plain else "-", shown(entry.size), *copies, named


def _named_text(named: Sequence[str], most: int) -> str:
    """The first `most` of those that name an asset, and the number of others."""
    rest = f" and {count_text(len(named) - most, 'other')}" if len(named) > most else ""
    return f"{', '.join(named[:most])}{rest}" or "-"


def _document(assets: Mapping[str, Entry], references: References) -> dict[str, Any]:
    total = total_of(assets.values())
    listed = [
        {
            "path": path,
            "file": entry.file,
            "type": entry.type,
            "kind": kind_of(entry),
            "plain": entry.plain,
            "size": entry.size,
            "gzip": entry.encodings.get("gzip"),
            "br": entry.encodings.get("br"),
            "referrers": list(references.referrers[path]),
            "named_in": list(references.named_in.get(path, ())),
        }
        for path, entry in assets.items()
    ]
    sizes = {"size": total.sizes.raw, "gzip": total.sizes.gzip, "br": total.sizes.br}
    return {"ok": True, "assets": listed, "total": {"assets": total.assets, **sizes}, "diagnostics": []}
