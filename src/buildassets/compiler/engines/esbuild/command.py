"""Finds the esbuild to use: the locked one, or else the one in the project or on PATH.

Takes a folder, gives a command that runs and its version, or raises UnavailableError. No wheel brings esbuild: those
on PyPI fetch an esbuild of 2021 when they are first used, or know JSX only and no options.
"""

import os
import sys
from collections.abc import Iterator
from typing import Final

from buildassets.compiler.engines.failures import NotRunError, UnavailableError, ending, remedy
from buildassets.compiler.engines.tool_choice import chosen, refuse_foreign_modules
from buildassets.disk.owners import modules_folders
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.lazy_pattern import lazy_pattern
from buildassets.foundation.permission import Permission
from buildassets.packages.tools.kinds import TOOLS, platform_of
from buildassets.programs.places import program_on_path
from buildassets.programs.start import Permitted, output_of

_OLDEST: Final = (0, 17)  # the first with today's command line
_LIMIT_SECONDS: Final = 30
_VERSION: Final = lazy_pattern(r"\d+\.\d+\.\d+\S*")
# Python's names of machines, and those in the names of npm's packages.
_INSTALL: Final = (
    "run `buildassets tools install esbuild`, or `npm install --save-dev esbuild` in the project, "
    "or put an `esbuild` on PATH"
)


@frozen
class EsbuildCommand:
    """An esbuild that runs, and its `version`, as in `0.28.2`; `origin` is `lock`, `node_modules` or `PATH`."""

    program: Permitted
    version: str
    origin: str

    @property
    def path(self) -> str:
        """The absolute path of the program."""
        return self.program.command[0]

    @property
    def shown(self) -> str:
        """Name, version and origin as in the manifest: `esbuild 0.28.2 (node_modules)`."""
        return f"esbuild {self.version} ({self.origin})"


def find_esbuild(folder: str, *, permission: Permission) -> EsbuildCommand:
    """The esbuild for the absolute `folder`: the locked one, or else the one of npm, or else the one on PATH.

    npm's is searched for as node does, from the folder upward. An esbuild that is not locked is run once, for its
    version. Raises NotRunError if none of those found may be started, and UnavailableError if there is none, if none
    runs, or if the locked one is missing.
    """
    found = chosen("esbuild", folder, (([path], origin) for path, origin in _candidates(folder)), permission=permission)
    if found is None:
        raise UnavailableError("esbuild is not installed", _INSTALL)
    shown = found.shown(folder)
    version = _new_enough(shown, found.version or _version(found.program, shown))
    return EsbuildCommand(found.program, version, found.origin)


def is_absent(folder: str, *, permission: Permission) -> bool:
    """Whether `find_esbuild` finds none; False where only running what may not be started would show that."""
    try:
        find_esbuild(folder, permission=permission)
    except NotRunError:
        return False
    except UnavailableError:
        return True
    return False


def _new_enough(shown: str, version: str) -> str:
    if tuple(int(digits) for digits in version.split(".")[:2]) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise UnavailableError(f"`{shown}` is too old: esbuild {version}", f"install esbuild {oldest} or later")
    return version


def _candidates(folder: str) -> Iterator[tuple[str, str]]:
    """Programs, each with its origin."""
    for modules in modules_folders(folder):
        paths = [*filter(_is_program, natives(modules))]
        paths += filter(None, [program_on_path("esbuild", os.path.join(modules, ".bin"))])  # on Windows `esbuild.cmd`
        if paths:
            refuse_foreign_modules(modules, folder)
        yield from ((path, "node_modules") for path in paths)
    if found := program_on_path("esbuild"):
        yield os.path.abspath(found), "PATH"


def natives(modules: str) -> Iterator[str]:
    """The possible paths of npm's native program: `.bin/esbuild` can be a script that has node start it."""
    package = os.path.realpath(os.path.join(modules, "esbuild"))
    program = ("esbuild.exe",) if sys.platform == "win32" else ("bin", "esbuild")
    names = ("@esbuild", platform_of(TOOLS["esbuild"]), *program)
    yield os.path.join(package, "node_modules", *names)
    yield os.path.join(os.path.dirname(package), *names)


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _version(program: Permitted, shown: str) -> str:
    from subprocess import TimeoutExpired

    hint = "install an esbuild for this machine: " + _INSTALL
    try:
        done = output_of(program, "--version", timeout_seconds=_LIMIT_SECONDS)
    except OSError as fault:
        raise UnavailableError(f"`{shown}` cannot be started: {reason_text(fault)}", remedy(fault, hint)) from None
    except TimeoutExpired:
        raise UnavailableError(f"`{shown} --version` gave no answer in {_LIMIT_SECONDS} seconds", hint) from None
    output = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode == 0 and _VERSION.fullmatch(output):
        return output
    lines = done.stderr.decode("utf-8", "replace").split("\n")
    notes = [f"its output: {line.strip()}" for line in lines if line.strip()][:1] or [ending(done.returncode)]
    raise UnavailableError(f"`{shown}` is not an esbuild that runs", hint, notes)
