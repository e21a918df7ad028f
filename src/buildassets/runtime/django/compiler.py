"""Command lines for the compiler, which runs as a process of its own: a web process never loads it, and may lack it.

Takes the settings, gives command lines. Imports Django.
"""

import json
import os
import site
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from buildassets.manifest.model import MANIFEST_NAME
from buildassets.programs.start import Permitted, own_module
from buildassets.runtime.django.options import read_options, watched_manifest
from buildassets.runtime.django.sources import StaticRoot, source_roots, template_folders
from buildassets.wheels.installed import InstalledRelease, installed_releases

__all__ = [
    "NEEDED",
    "application_releases",
    "compiler_command",
    "declared_maps",
    "is_installed",
    "shown",
    "template_tables",
]

_FEATURE: Final = "buildassets.features.import_map.declared"  # which the run stage only names
NEEDED: Final = "click"  # the requirement that every verb loads first


def compiler_command(verb: str, arguments: Sequence[str] = (), *, collects: bool = False) -> Permitted:
    """The command line of a verb that compiles: options from the settings, then `arguments`, which override these.

    One that `collects` is given a list of files in place of folders.
    Raises CommandError where there is no compiler, and for wrong settings.
    """
    if find_spec(NEEDED) is None:
        raise CommandError(
            "the compiler is not installed here: its requirements are missing. Build in an earlier stage, "
            "or run `pip install buildassets` without `--no-deps`"
        )
    try:
        options = read_options()
    except ImproperlyConfigured as fault:
        raise CommandError(str(fault)) from None
    given = []
    manifest = watched_manifest() if options.is_collected and verb == "watch" else options.manifest
    if manifest and os.path.basename(manifest) == MANIFEST_NAME:
        given += ["--output", os.path.dirname(manifest) or "."]
    if options.url:
        given += ["--url", options.url]
    given += ["--only-also"] if options.is_collected and not collects else []
    roots = () if collects else map(_as_table, source_roots())
    for text in (*roots, *(f"package:{release.name}" for release in application_releases()), *declared_maps()):
        given += ["--also", text]
    for application in apps.get_app_configs():  # those of `compat` add options that the settings do not hold
        given += getattr(application, "compiler_arguments", _no_arguments)(verb)
    for table in () if collects else template_tables():
        given += ["--templates", table]
    return own_module("-m", "buildassets", verb, *given, *arguments)


def application_releases() -> Iterator[InstalledRelease]:
    """The releases that installed packages bring in modules of applications in `INSTALLED_APPS`."""
    modules = tuple(f"{application.name}." for application in apps.get_app_configs())
    return (release for release in installed_releases() if f"{release.module}.".startswith(modules))


def declared_maps() -> tuple[str, ...]:
    """The import maps that installed applications declare, as values of `--also`. Raises CommandError."""
    declares = any(getattr(application, "importmap", None) is not None for application in apps.get_app_configs())
    return tuple(import_module(_FEATURE).declared_maps()) if declares else ()


def template_tables() -> Iterator[str]:
    """The project's folders of templates, each as an inline table."""
    for path, engine in template_folders():
        if not is_installed(path):
            yield _table({"path": shown(path), "engine": engine})


def _no_arguments(_: str) -> list[str]:
    return []


def _as_table(root: StaticRoot) -> str:
    """A source root as an inline table of TOML, which writes strings and arrays as JSON does."""
    values: dict[str, object] = {"path": shown(root.path), "prefix": root.prefix}
    values |= {"include": root.include, "exclude": root.exclude}
    values |= {"vendored": True} if is_installed(root.path) else {}
    return _table(values)


def _table(values: Mapping[str, object]) -> str:
    """An inline table of `values`, without the empty ones."""
    written = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value)
    return f"{{ {', '.join(written)} }}"


def shown(path: str) -> str:
    """A path as a user would write it: relative where it lies below the working directory."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative


def is_installed(path: str) -> bool:
    """Whether `path` belongs to an installed package, so that nobody edits it there."""
    return any(os.path.realpath(path).startswith(folder) for folder in _installation_folders())


@cache
def _installation_folders() -> tuple[str, ...]:
    schemes = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    folders = {*schemes, *site.getsitepackages(), site.getusersitepackages()}
    return tuple(sorted(os.path.realpath(folder) + os.sep for folder in folders))
