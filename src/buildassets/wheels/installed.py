"""Finds the release that an installed package brings, by its metadata: the package is not imported.

Takes the name of an entry point in the group `buildassets.releases`, gives the folder of its release, and the folder of
the sources of an editable install.
"""

import os
from collections.abc import Iterator
from importlib.metadata import Distribution, EntryPoint, distributions
from importlib.util import find_spec
from typing import Final

from buildassets.disk.folders import is_within
from buildassets.foundation.diagnostics import Diagnostic, Location, error
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.nearest import nearest
from buildassets.manifest.model import MANIFEST_NAME
from buildassets.manifest.soundness import is_refused_by_windows
from buildassets.programs.project_python import editable_source

GROUP: Final = "buildassets.releases"
_NAME: Final = lazy_pattern(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")


@frozen
class InstalledRelease:
    """The release of an installed package.

    `distribution` is the package's name and version, `folder` the release directory, and `package` the folder of the
    top-level module around it. Both are absolute, and empty if they cannot be found without an import. `project` is the
    absolute folder of the sources of an editable install, which contains the release.
    """

    name: str
    distribution: str
    module: str
    folder: str
    package: str
    project: str = ""


def is_name(name: str) -> bool:
    """Whether a release may be merged below `name`: one folder, with the same name on every system."""
    return _NAME.fullmatch(name) is not None and not is_refused_by_windows(name)


def installed_releases() -> list[InstalledRelease]:
    """The releases of all installed packages, sorted by name. Of a package that is found twice, the first counts.

    One whose metadata cannot be read brings none.
    """
    found: dict[tuple[str, str], InstalledRelease] = {}
    seen: set[str] = set()
    for distribution in distributions():
        try:
            package = str(distribution.metadata["Name"]).replace("_", "-").replace(".", "-").lower()
            points = () if package in seen else distribution.entry_points.select(group=GROUP)
            releases = {(point.name, package): _release(distribution, point) for point in points}
        except (AttributeError, KeyError, TypeError, ValueError):  # of a line without `=`, of bytes that are not UTF-8
            continue
        seen.add(package)
        found |= releases
    return [found[key] for key in sorted(found)]


def _release(distribution: Distribution, point: EntryPoint) -> InstalledRelease:
    package = folder = ""
    if all(part.isidentifier() for part in point.value.split(".")):
        top, *parts = point.value.split(".")
        for place in _places(distribution, top):
            package, folder = place, os.path.join(place, *parts)
            if os.path.isfile(os.path.join(folder, MANIFEST_NAME)):
                break
    name = f"{distribution.metadata['Name']} {distribution.version}"
    project = _project(distribution, folder) if folder else ""
    return InstalledRelease(point.name, name, module=point.value, folder=folder, package=package, project=project)


def _project(distribution: Distribution, folder: str) -> str:
    """The folder of the sources of an editable install whose release is in `folder`, outside of installed packages."""
    project, real = editable_source(distribution), os.path.realpath(folder)
    is_apart = not is_within(os.path.realpath(str(distribution.locate_file(""))), real)
    return project if project and is_apart and is_within(project, real) else ""


def _places(distribution: Distribution, top: str) -> Iterator[str]:
    """The folders where the top-level module `top` of a package may be: its own, or that of an editable install."""
    yield os.path.abspath(str(distribution.locate_file(top)))
    try:
        spec = find_spec(top)  # which imports nothing for a name without a dot
    except (ImportError, ValueError):
        return
    yield from map(os.path.abspath, spec.submodule_search_locations or () if spec else ())


def release_named(name: str, where: Location | None = None) -> InstalledRelease | Diagnostic:
    """The release of the only package that brings `name`; else the error, at the place that names it."""
    if not is_name(name):
        hint = "use letters, digits, `-`, `_` and single dots"
        return error("wheel/name", f"`{name}` cannot be the name of an installed release", where, hint=hint)
    releases = installed_releases()
    alike = [release for release in releases if release.name.lower() == name.lower()]
    if len(alike) > 1:
        notes = [f"{release.distribution} has `{release.name}` in `{release.module}`" for release in alike]
        message = f"{len(alike)} installed packages bring a release `{name}`"
        return error("wheel/name", message, where, notes=notes, hint="uninstall all but one of them")
    if not alike or alike[0].name != name:
        near = alike[0].name if alike else nearest(name, [release.name for release in releases])
        hint = f"did you mean `{near}`?" if near else "install the package into the environment of `buildassets`"
        return error("wheel/unknown", f"no installed package brings a release `{name}`", where, hint=hint)
    return alike[0] if alike[0].folder else _unfindable(alike[0], where)


def _unfindable(release: InstalledRelease, where: Location | None) -> Diagnostic:
    message = f"`{release.module}`, in which {release.distribution} has its release, is not the name of a module"
    return error("wheel/manifest", message, where, hint="report it to the authors of the package, or uninstall it")
