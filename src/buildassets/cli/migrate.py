"""`buildassets migrate`: lists how to bring over a project of another system. Each system is a row."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, Final, Protocol

import click

from buildassets.cli.options import migrate_options
from buildassets.cli.output import Output, print_data, print_line
from buildassets.cli.permissions import permitted


class Migration(Protocol):
    """The result for a project; `file` is the text of our configuration for it."""

    @property
    def file(self) -> str:
        """The text of a `buildassets.toml`."""

    def report(self) -> Sequence[str]:
        """The result as lines for a person."""

    def document(self) -> Mapping[str, Any]:
        """The result for `--json`."""

    def summary(self) -> str:
        """The counts in one line."""


# The function that makes a Migration from the folder of a project, as `module:function`.
_SYSTEMS: Final[Mapping[str, str]] = {
    "compressor": "buildassets.migrate.compressor:plan",
    "django": "buildassets.migrate.django:plan",
    "importmap": "buildassets.migrate.importmap:plan",
    "jammit": "buildassets.migrate.jammit:plan",
    "pipeline": "buildassets.migrate.pipeline:plan",
    "propshaft": "buildassets.migrate.propshaft:plan",
    "sprockets": "buildassets.migrate.sprockets:plan",
    "static-digest": "buildassets.migrate.static_digest:plan",
    "vite": "buildassets.migrate.vite:plan",
    "webassets": "buildassets.migrate.webassets:plan",
    "whitenoise": "buildassets.migrate.whitenoise:plan",
}
_OF_DJANGO: Final = ("compressor", "django", "pipeline", "whitenoise")  # these also take the module of the settings
_FILE: Final = "buildassets.toml"


@click.command("migrate")
@click.argument("system", type=click.Choice(sorted(_SYSTEMS)))
@click.option("--write", is_flag=True, help=f"Write {_FILE}.")
@click.option("--settings", metavar="MODULE", help="The module of Django's settings (the one that manage.py names).")
@migrate_options
def command(system: str, write: bool, settings: str | None, as_json: bool, quiet: bool) -> int:
    """List what to change in a project of another asset system, and print a configuration for it.

    Writes nothing without --write. compressor, django, pipeline and whitenoise import the settings of Django, and
    webassets the module with the bundles, which runs code of the project.
    """
    from buildassets.compiler.config.file import working_directory

    folder = working_directory()
    found = _migration(system, folder, settings, quiet=quiet)
    show = Output(as_json, quiet=quiet)
    if write:
        _write(os.path.join(folder, _FILE), found.file)
    if not as_json:
        print_data([*found.report(), "", *found.file.rstrip("\n").split("\n")])
    code = show.finish(True, [], {"system": system, **found.document(), "file": found.file, "written": write})
    done = f"wrote `{_FILE}`" if write else f"`--write` writes `{_FILE}`"
    show.report(f"{found.summary()}; {done}")
    return code


def _migration(system: str, folder: str, settings: str | None, *, quiet: bool) -> Migration:
    """The migration by the row of `system`. Raises ConfigError."""
    if settings is not None and system not in _OF_DJANGO:
        raise click.UsageError(f"`--settings` names settings of Django, which {system} has none of")
    module, _, attribute = _SYSTEMS[system].partition(":")
    plan: Callable[..., Migration] = getattr(import_module(module), attribute)
    permission = permitted(f"migrate {system}")
    if not permission.python:
        return plan(folder)
    importing = partial(plan, permission=permission, announce=partial(_announce, quiet=quiet))
    return importing(folder, settings) if system in _OF_DJANGO else importing(folder)


def _announce(module: str, *, quiet: bool) -> None:
    """Print, also with `--json`, that a module of the project is imported."""
    if not quiet:
        print_line(f"importing `{module}`, which runs code of the project")


def _write(path: str, text: str) -> None:
    """Write the configuration, unless one exists. Raises ConfigError, and OSError."""
    from buildassets.compiler.config.file import search
    from buildassets.files import bytes_at, whole_file
    from buildassets.migrate.plan import exists, hides

    content = text.encode("utf-8")
    if os.path.isdir(path):
        raise exists(_FILE)
    before = bytes_at(path)
    if before is not None and before != content:
        raise exists(_FILE)
    if before is None:
        other, _ = search(os.path.dirname(path))
        if other is not None and os.path.dirname(other) == os.path.dirname(path):
            raise hides(_FILE, os.path.basename(other))
        with whole_file(path) as file:
            file.write(content)
