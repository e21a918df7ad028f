"""`buildassets migrate`."""

import os

import click

from buildassets.cli.output import print_data, print_json

_FILE = "buildassets.toml"
_SYSTEMS = ("compressor",)


@click.command("migrate")
@click.argument("system", type=click.Choice(_SYSTEMS))
@click.option("--write", is_flag=True, help=f"Write {_FILE}, where there is none.")
@click.option("--settings", metavar="MODULE", help="Django's settings; those that manage.py names if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def command(system: str, write: bool, settings: str | None, as_json: bool) -> int:
    """List what becomes of a project of another asset system. SYSTEM is one of: compressor."""
    from buildassets.compat.compressor.build.migrate import migration

    found = migration(settings)
    if write and os.path.exists(_FILE):
        raise click.UsageError(f"`{_FILE}` is there already; add to it what is missing")
    if write:
        with open(_FILE, "w", encoding="utf-8", newline="\n") as file:
            file.write(found.file)
    document = {"changes": list(found.changes), "file": found.file, "settings": dict(found.settings), "written": write}
    if as_json:
        print_json({"ok": True, "system": system, **document, "diagnostics": []})
    else:
        lines = ["settings:", *(f"  {name}: {meaning}" for name, meaning in found.settings)]
        lines += ["to be done by hand:", *(f"  {change}" for change in found.changes)]
        lines += [f"{_FILE}{' (written)' if write else ''}:", *(f"  {line}" for line in found.file.splitlines())]
        print_data(lines)
    return 0
