"""The tools that can be locked: their packages, and the files that run on each platform. Pure.

A platform has the name that npm's packages use, as in `linux-x64`.
"""

import os
import sys
from collections.abc import Mapping
from typing import Final

from buildassets.foundation.frozen import frozen

# Python's names of machines, and those in the names of npm's packages.
_MACHINES: Final = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_PLATFORMS: Final = ("darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-arm64", "win32-x64")
_WITH_MUSL: Final = (*_PLATFORMS, "linux-musl-arm64", "linux-musl-x64")


@frozen
class ToolKind:
    """A tool: each of `platforms` has its own package, which contains the files `programs`.

    Files are for POSIX systems and for Windows; the first is the program, the others are its arguments.
    """

    name: str
    package: str
    platforms: tuple[str, ...]
    programs: tuple[str, ...]
    windows_programs: tuple[str, ...]

    def package_for(self, platform: str) -> str:
        """The package for `platform`."""
        return self.package + platform

    def files_for(self, platform: str) -> tuple[str, ...]:
        """The files that run on `platform`, by their names in the package."""
        return self.windows_programs if platform.startswith("win32") else self.programs


TOOLS: Final[Mapping[str, ToolKind]] = {
    # esbuild is linked statically: musl needs no separate one.
    "esbuild": ToolKind(
        "esbuild", "@esbuild/", platforms=_PLATFORMS, programs=("bin/esbuild",), windows_programs=("esbuild.exe",)
    ),
    "dart-sass": ToolKind(
        "dart-sass",
        "sass-embedded-",
        platforms=_WITH_MUSL,
        programs=("dart-sass/src/dart", "dart-sass/src/sass.snapshot"),
        windows_programs=("dart-sass/src/dart.exe", "dart-sass/src/sass.snapshot"),
    ),
}


def platform_of(kind: ToolKind) -> str:
    """The platform of this machine for that tool; a name that no tool has if npm supports none."""
    system = sys.platform
    machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")
    processor = _MACHINES.get(machine.lower(), machine.lower())
    musl = f"linux-musl-{processor}"
    if system == "linux" and musl in kind.platforms and "musl" in getattr(sys.implementation, "_multiarch", ""):
        return musl
    return f"{system}-{processor}"
