"""`buildassets migrate`: lists how to bring over a project of another system. Each system is a row."""

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from importlib import import_module
from typing import Any, Final

import click

from buildassets.cli.parse.options import migrate_options
from buildassets.cli.parse.permissions import permitted
from buildassets.cli.show.output import Output, descriptor_kept_from_stdout, kept_from_stdout, print_data, print_line
from buildassets.cli.show.table import Column, table_lines
from buildassets.compiler.config.file import relative_to, search, working_directory
from buildassets.disk.files import bytes_at, whole_file
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import error, reason_text
from buildassets.foundation.permission import Permission
from buildassets.migrate.plan import FILE, Accounted, Plan, ProjectToMigrate, counts, exists, hides, merged, written
from buildassets.migrate.rehearsal import IMPORTED, rehearsed

# Each has a module in `buildassets.migrate` that makes its Plan.
_SYSTEMS: Final = (
    *("compressor", "django", "importmap", "jammit", "pipeline", "propshaft", "sprockets", "static-digest", "vite"),
    *("webassets", "whitenoise"),
)
_OF_DJANGO: Final = ("compressor", "django", "pipeline", "whitenoise")  # these also take the module of the settings
_PIPELINE: Final = "pipeline"
_COLUMNS: Final = [Column(title, to_right=False) for title in ("line", "outcome", "text", "here")]
_WIDEST_TEXT: Final = 48


@click.command("migrate")
@click.argument("systems", type=click.Choice(_SYSTEMS), nargs=-1, required=True)
@click.option("--write", is_flag=True, help=f"Write {FILE}.")
@click.option(
    "--settings",
    metavar="MODULE",
    help="Read these Django settings, and import them if necessary. Default: those of manage.py.",
)
@migrate_options
def command(systems: tuple[str, ...], *, write: bool, settings: str | None, as_json: bool, quiet: bool) -> int:
    """List what to change in a project that uses other asset tools, and print a configuration for it.

    Writes nothing without --write. Runs code of the project in two cases only. webassets imports the module with the
    bundles. compressor, django, pipeline and whitenoise import the settings that --settings names if the settings'
    files do not show static files; pipeline imports them anyway, for their packages.
    """
    folder = working_directory()
    is_with_django = not {*_OF_DJANGO}.isdisjoint(systems)
    if settings is not None and not is_with_django:
        raise click.UsageError(f"`--settings` names settings of Django, which {' and '.join(systems)} has none of")
    try:
        plans = {
            system: _plan(system, folder, settings, quiet=quiet, is_with_django=is_with_django) for system in systems
        }
        plan = merged(plans)
        found = _rehearsed(plan, folder, _permission(plan, systems, settings, quiet=quiet))
    except OSError as fault:
        raise _refused("read", relative_to(folder, os.path.abspath(fault.filename or folder)), fault) from None
    file = written(found.settings)
    show = Output(as_json, quiet=quiet)
    if write:
        _write(os.path.join(folder, FILE), file)
    if not as_json:
        print_data([*table_lines(_COLUMNS, [*map(_row, found.lines)], None), "", *file.rstrip("\n").split("\n")])
    lines = [asdict(line) for line in found.lines]
    code = show.finish(
        ok=True, diagnostics=[], document={**_named(systems), "lines": lines, "file": file, "written": write}
    )
    done = f"wrote `{FILE}`" if write else f"`--write` writes `{FILE}`"
    show.report(f"{counts(found.lines)}; {done}")
    commands = ", then ".join((*found.before, *(found.commands or ("buildassets build",))))
    show.report(f"next: change the lines that are not taken over, then {commands}")
    return code


def _permission(plan: Plan, systems: tuple[str, ...], settings: str | None, *, quiet: bool) -> Permission:
    """The permission to check the plan: it imports bundles of webassets, and packages of settings that are named."""
    system = next(filter(systems.__contains__, IMPORTED), systems[0])
    permission = permitted(f"migrate {system}", settings=settings is not None and system == _PIPELINE)
    if permission.python and _PIPELINE in plan.settings:
        _announce(plan.settings[_PIPELINE], quiet=quiet)
    return permission


def _rehearsed(plan: Plan, folder: str, permission: Permission) -> Plan:
    """The plan with what a check reports."""
    with descriptor_kept_from_stdout(), kept_from_stdout():
        return rehearsed(plan, folder, permission)


def _named(systems: tuple[str, ...]) -> Mapping[str, Any]:
    return {"system": systems[0]} if len(systems) == 1 else {"systems": systems}


def _row(line: Accounted) -> tuple[str, str, str, str]:
    text = line.text if len(line.text) <= _WIDEST_TEXT else f"{line.text[: _WIDEST_TEXT - 1]}…"
    return f"{line.file}:{line.line}", line.outcome, text, line.note


def _plan(system: str, folder: str, settings: str | None, *, quiet: bool, is_with_django: bool) -> Plan:
    """The migration by the row of `system`. Raises ConfigError."""
    plan: Callable[[ProjectToMigrate], Plan] = import_module(f"buildassets.migrate.{system.replace('-', '_')}").plan
    return plan(
        ProjectToMigrate(
            folder,
            settings if system in _OF_DJANGO else None,
            permitted(f"migrate {system}", settings=settings is not None and system in _OF_DJANGO),
            partial(_announce, quiet=quiet),
            is_with_django=is_with_django,
        )
    )


def _announce(module: str, *, quiet: bool) -> None:
    """Print, also with `--json`, that a module of the project is imported."""
    if not quiet:
        print_line(f"importing `{module}`, which runs code of the project")


def _write(path: str, text: str) -> None:
    """Write the configuration, unless one exists. Raises ConfigError."""
    content = text.encode("utf-8")
    if os.path.isdir(path):
        raise exists(FILE)
    before = bytes_at(path)
    if before is not None and before != content:
        raise exists(FILE)
    if before is None:
        other, _ = search(os.path.dirname(path))
        if other is not None and os.path.dirname(other) == os.path.dirname(path):
            raise hides(FILE, os.path.basename(other))
        try:
            with whole_file(path) as file:
                file.write(content)
        except OSError as fault:
            raise _refused("write", FILE, fault) from None


def _refused(verb: str, shown: str, fault: OSError) -> ConfigError:
    hint = "check its permissions, and run this again: nothing is written"
    return ConfigError([error("migrate/access", f"cannot {verb} `{shown}`: {reason_text(fault)}", hint=hint)])
