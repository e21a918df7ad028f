"""Lists the tools that a project would run: the locked ones, and those found without a lock."""

from collections.abc import Iterator, Mapping

from buildassets.compiler.engines.esbuild.command import find_esbuild
from buildassets.compiler.engines.sass.dart import DartSassEngine
from buildassets.compiler.engines.tailwind.command import find_tailwind
from buildassets.compiler.engines.unavailable import UnavailableError
from buildassets.frozen import frozen
from buildassets.packages.lock import read_lock


@frozen
class FoundTool:
    """A tool with its `version`, empty if unknown; `origin` is `lock`, `wheel`, `node_modules` or `PATH`.

    `fault` is the reason for which it cannot be used.
    """

    version: str
    origin: str
    fault: str = ""


def tools_in_use(folder: str) -> Mapping[str, FoundTool]:
    """The tools that the project in the absolute `folder` would run, by name; those not locked are started once.

    Raises ConfigError if the lock cannot be read.
    """
    lock = read_lock(folder)
    found = dict(_found(folder))
    for name, tool in lock.tools.items():
        fault = found[name].fault if name in found else "this version of buildassets does not know it"
        found[name] = FoundTool(tool.version, "lock", fault)
    return dict(sorted(found.items()))


def _found(folder: str) -> Iterator[tuple[str, FoundTool]]:
    engine = DartSassEngine((), str, folder=folder)
    try:
        yield "dart-sass", FoundTool(*engine.origin())
    except UnavailableError as why:
        yield "dart-sass", FoundTool("", "", why.message)
    finally:
        engine.close()
    try:
        esbuild = find_esbuild(folder)
        yield "esbuild", FoundTool(esbuild.version, esbuild.origin)
    except UnavailableError as why:
        yield "esbuild", FoundTool("", "", why.message)
    try:
        tailwind = find_tailwind(folder)
        yield "tailwindcss", FoundTool(tailwind.version, tailwind.origin)
    except UnavailableError as why:
        yield "tailwindcss", FoundTool("", "", why.message)
