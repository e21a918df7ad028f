"""Lists the tools that a project would run: the locked ones, and those found without a lock."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Final

from buildassets.compiler.engines.esbuild.command import find_esbuild
from buildassets.compiler.engines.failures import NotRunError, UnavailableError
from buildassets.compiler.engines.sass.dart import DartSassEngine
from buildassets.compiler.engines.tailwind.command import find_tailwind
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import Permission
from buildassets.packages.lock import read_lock


@frozen
class FoundTool:
    """A tool with its `version`, empty if unknown; `origin` is `lock`, `wheel`, `node_modules` or `PATH`.

    `fault` is the reason for which it cannot be used. Without a version and a `fault`, it is not started to find
    the version, as the project brings it.
    """

    version: str
    origin: str
    fault: str = ""


def tools_in_use(folder: str, *, permission: Permission) -> Mapping[str, FoundTool]:
    """The tools that the project in the absolute `folder` would run, by name.

    Those that are not locked are started once, for their versions, but for those that the project brings. Raises
    ConfigError if the lock cannot be read.
    """
    lock = read_lock(folder)
    found = dict(_found(folder, permission))
    for name, tool in lock.tools.items():
        fault = found[name].fault if name in found else "this version of buildassets does not know it"
        found[name] = FoundTool(tool.version, "lock", fault)
    return dict(sorted(found.items()))


def tools_not_run(folder: str, *, permission: Permission) -> list[str]:
    """The names of the tools whose versions are not known, as the project brings them and they may not be started."""
    if permission.programs:
        return []
    return [
        name for name, tool in tools_in_use(folder, permission=permission).items() if tool.origin and not tool.version
    ]


def _found(folder: str, permission: Permission) -> Iterator[tuple[str, FoundTool]]:
    for name, find in _FINDERS.items():
        try:
            yield name, FoundTool(*find(folder, permission))
        except NotRunError as why:
            yield name, FoundTool("", why.origin)
        except UnavailableError as why:
            yield name, FoundTool("", "", why.message)


def _dart_sass(folder: str, permission: Permission) -> tuple[str, str]:
    with closing(DartSassEngine((), str, folder=folder, permission=permission)) as engine:
        return engine.origin()


def _esbuild(folder: str, permission: Permission) -> tuple[str, str]:
    found = find_esbuild(folder, permission=permission)
    return found.version, found.origin


def _tailwind(folder: str, permission: Permission) -> tuple[str, str]:
    found = find_tailwind(folder, permission=permission)
    return found.version, found.origin


# Each gives version and origin.
_FINDERS: Final = {"dart-sass": _dart_sass, "esbuild": _esbuild, "tailwindcss": _tailwind}
