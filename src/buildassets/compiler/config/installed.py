"""The source roots with releases of installed packages. Imported where a configuration or an application names one."""

import os
from collections.abc import Iterable, Iterator
from typing import Final

from buildassets.compiler.config.file import relative_to
from buildassets.compiler.config.toml_table import Document
from buildassets.compiler.config.values import Config, Mode, SourceRoot
from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.frozen import replace
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.manifest.model import ASSETS_FOLDER, LIVERELOAD_NAME
from buildassets.programs.places import foreign_file_fault
from buildassets.wheels.installed import release_named
from buildassets.wheels.package import PackageError, built_again, read_for

_ERROR: Final = lazy_pattern(r"(?m)^(error.*)(?:\n +--> (.*))?")  # that a verb prints, with its place


def installed_roots(names: Iterable[str], folder: str, document: Document) -> Iterator[SourceRoot]:
    """The roots with the releases of the installed packages `names`, as `packages` lists them; notes faults."""
    key = ("packages",) if isinstance(document.table.take("packages"), list) else ("packages", "installed")
    for index, name in enumerate(names):
        release = release_named(name, document.locate_value((*key, index)))
        if isinstance(release, Diagnostic):
            document.faults.append(release)
        else:
            path = os.path.join(release.folder, ASSETS_FOLDER)
            shown = relative_to(folder, path)
            yield SourceRoot(
                path, shown, prefix=name, vendored=True, files=(), package=release.package, project=release.project
            )


def with_editable(config: Config, document: Document, mode: Mode) -> Config:
    """Return `config` with what decides the releases of editable installs; a verb that builds has these built first.

    One that a watch of its own keeps up to date is left to that in development. In a folder in which another user may
    decide what runs, none is built. Notes faults.
    """
    read: list[str] = []
    for root in config.sources:
        is_watched = mode == "development" and os.path.exists(os.path.join(root.path, LIVERELOAD_NAME))
        try:
            if root.project:
                read += read_for(root.project)
            if root.project and config.permission.programs and config.permission.deletes and not is_watched:
                foreign = foreign_file_fault(root.project, config.folder, config.shown(root.project))
                if foreign:
                    document.faults.append(foreign)
                else:
                    built_again(root.project)
        except PackageError as fault:
            shown = config.shown(root.project)
            first = str(fault).partition("\n")[0]
            errors = _ERROR.finditer(str(fault))
            notes = [f"{found[1]}, at {shown}/{found[2]}" if found[2] else found[1] for found in errors]
            message = f"cannot build `{root.prefix}`, an editable install: {first}"
            hint = f"run `buildassets build` in `{shown}`, and correct what it reports"
            document.faults.append(error("wheel/build", message, Location(shown), notes=notes, hint=hint))
    return replace(config, read=(*config.read, *read))
