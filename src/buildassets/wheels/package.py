"""Builds the release of a package: for the hooks of build backends, and of an editable install for an application.

Takes the folder of a project and its entry points, gives the folder of the release and its place in a wheel. The
compiler is another process. In an unpacked source distribution the release is there already: it is verified, and
neither compilers nor a cache are needed.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final

from buildassets.disk.files import content_of
from buildassets.disk.folders import files_below
from buildassets.disk.plain_files import MOST_SETTINGS_BYTES
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.paths import normalise
from buildassets.foundation.toml_values import toml_values
from buildassets.manifest.model import MANIFEST_NAME
from buildassets.programs.start import own_module, run
from buildassets.wheels.installed import GROUP, is_name

_CONFIGURED_IN: Final = ("buildassets.toml", "pyproject.toml")
_OF_SDIST: Final = "PKG-INFO"
_NESTED: Final = "BUILDASSETS_NESTED"  # set for builds of packages, which build no further ones
_EXAMPLE: Final = f'[project.entry-points."{GROUP}"], as in `cards = "cards.release"`'


class PackageError(Exception):
    """The release of a package cannot be built; the text is for the person who builds the package."""


@frozen
class PackageRelease:
    """The release of a package: `folder` is the absolute release directory, `target` its path in a wheel.

    `sources` are the files of the project, relative to it, from which the release can be built again.
    """

    folder: str
    target: str
    sources: tuple[str, ...] = ()

    def files(self) -> Iterator[str]:
        """The names of the files below `folder`, sorted."""
        return iter(sorted(files_below(self.folder)))


def built_release(root: str, points: Mapping[str, str]) -> PackageRelease:
    """The release of the project in the folder `root`, built now; `points` are its entry points in our group.

    Raises PackageError, before anything is written, where a compiler is missing or a source has an error.
    """
    root = os.path.abspath(root)
    target = _target(points)
    settings = _settings(root)
    if settings.get("retain"):
        raise PackageError("`retain` is set for buildassets: a wheel has one release, so remove that table")
    if settings.get("modules") == "importmap":
        raise PackageError('`modules = "importmap"` is set for buildassets: the names are for pages of one site')
    folder = _output(root, settings)
    if os.path.isfile(os.path.join(root, _OF_SDIST)) and os.path.isfile(os.path.join(folder, MANIFEST_NAME)):
        _run(root, "verify", folder)
    else:
        _run(root, "build", "--no-cache", "--quiet")
        _run(root, "clean", "--quiet")
    return PackageRelease(folder, target, tuple(_sources(root, settings)))


def built_again(root: str) -> None:
    """Build the release of an editable install from its sources in `root`. Raises PackageError."""
    if _NESTED not in os.environ:
        _run(root, "build", "--quiet")


def read_for(root: str) -> Iterator[str]:
    """The absolute paths of the files and folders that decide the release of the project in `root`.

    Raises PackageError.
    """
    paths = [os.path.join(root, *name.split("/")) for name in _sources(root, _settings(root))]
    yield from paths
    yield from sorted({os.path.dirname(path) for path in paths} - {root})


def plain_folder(path: object) -> str:
    """The folder in a wheel for copies under plain names, as the option `plain` names it. Raises PackageError."""
    if path and (not isinstance(path, str) or normalise(path) != path):
        raise PackageError(f'`plain` is {path!r}, not a folder in the wheel such as "cards/static/cards"')
    return str(path)


def _target(points: Mapping[str, str]) -> str:
    """The path in a wheel of the module that the only entry point names. Raises PackageError."""
    if len(points) != 1:
        raise PackageError(f"{len(points)} releases are named, not one: add {_EXAMPLE}")
    ((name, module),) = points.items()
    if not is_name(name) or not all(part.isidentifier() for part in module.split(".")):
        raise PackageError(f"`{name} = {module!r}` names no release: write it below {_EXAMPLE}")
    return module.replace(".", "/")


def _settings(root: str) -> Mapping[str, Any]:
    """The settings of buildassets for the project. Raises PackageError; the build reports faults of the values."""
    for name in _CONFIGURED_IN:
        path = os.path.join(root, name)
        if not os.path.isfile(path):
            continue
        try:
            document = toml_values(content_of(path, MOST_SETTINGS_BYTES).decode())
        except ValueError as fault:
            raise PackageError(f"`{name}` is not TOML: {fault}") from None
        except OSError as fault:
            raise PackageError(f"cannot read `{name}`: {reason_text(fault)}") from None
        tools = document.get("tool")
        is_own = name == _CONFIGURED_IN[0]
        settings = document if is_own else tools.get("buildassets") if isinstance(tools, dict) else None
        if isinstance(settings, dict):
            return settings
    raise PackageError("the settings of buildassets are missing: add `[tool.buildassets]` with `output` to the project")


def _run(root: str, *arguments: str) -> None:
    """Run a verb in the folder of the project. Raises PackageError with what it reports."""
    environment = {**os.environ, _NESTED: "1"}
    done = run(
        own_module("-m", "buildassets", *arguments), cwd=root, env=environment, capture_output=True, encoding="utf-8"
    )
    if done.returncode:
        raise PackageError(f"`buildassets {arguments[0]}` failed\n{done.stderr.rstrip()}")


def _output(root: str, settings: Mapping[str, Any]) -> str:
    return os.path.join(root, *str(settings.get("output", "build")).split("/"))


def _sources(root: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """The files that a source distribution needs for a build: the configuration, the lock and the source roots."""
    for name in (*_CONFIGURED_IN, "buildassets.lock"):
        if os.path.isfile(os.path.join(root, name)):
            yield name
    output = os.path.normpath(_output(root, settings)) + os.sep
    roots = settings.get("sources")
    for source in roots if isinstance(roots, list) and roots else ("assets", "static"):
        path = os.path.normpath(str(source.get("path") if isinstance(source, dict) else source))
        folder = os.path.join(root, path)
        if os.path.isdir(folder) and not os.path.isabs(path) and not path.startswith(os.pardir):
            for name in files_below(folder):
                is_hidden = any(part.startswith(".") and part != ".well-known" for part in name.split("/"))
                if not is_hidden and not os.path.join(folder, *name.split("/")).startswith(output):
                    yield f"{path}/{name}".replace(os.sep, "/")
