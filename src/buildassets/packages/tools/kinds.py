"""The tools that can be locked: their packages, and what runs of them on which machine. Pure.

A platform is called as npm's packages are, as in `linux-x64`.
"""

import os
import sys
from collections.abc import Mapping
from typing import Final

from buildassets.frozen import frozen

# What Python calls a machine, and what npm's packages do.
_MACHINES: Final = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_PLATFORMS: Final = ("darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-arm64", "win32-x64")
_WITH_MUSL: Final = (*_PLATFORMS, "linux-musl-arm64", "linux-musl-x64")


@frozen
class ToolKind:
    """A tool: each of `platforms` has a package of its own, in which the files `programs` run.

    Files are for POSIX systems and for Windows; the first is the program, the others are its arguments.
    """

    name: str
    package: str
    platforms: tuple[str, ...]
    programs: tuple[str, ...]
    windows_programs: tuple[str, ...]

    def package_for(self, platform: str) -> str:
        """The package with what runs on `platform`."""
        return self.package + platform

    def files_for(self, platform: str) -> tuple[str, ...]:
        """The files that run there, as they are called in the package."""
        return self.windows_programs if platform.startswith("win32") else self.programs


TOOLS: Final[Mapping[str, ToolKind]] = {
    # esbuild is linked statically: musl needs no other one.
    "esbuild": ToolKind("esbuild", "@esbuild/", _PLATFORMS, ("bin/esbuild",), ("esbuild.exe",)),
    "dart-sass": ToolKind(
        "dart-sass",
        "sass-embedded-",
        _WITH_MUSL,
        ("dart-sass/src/dart", "dart-sass/src/sass.snapshot"),
        ("dart-sass/src/dart.exe", "dart-sass/src/sass.snapshot"),
    ),
}


def platform_of(kind: ToolKind) -> str:
    """This machine for that tool; a name that no tool has where npm has nothing for it."""
    system = sys.platform
    machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")
    processor = _MACHINES.get(machine.lower(), machine.lower())
    musl = f"linux-musl-{processor}"
    if system == "linux" and musl in kind.platforms and "musl" in getattr(sys.implementation, "_multiarch", ""):
        return musl
    return f"{system}-{processor}"
