"""Finds locked programs in the folder of tools, and verifies their files before the first run in a process.

Takes the project's folder, gives a command, or raises PackagesError. Uses no network and writes nothing.
"""

import os
from functools import lru_cache

from buildassets.disk.files import digest_of
from buildassets.disk.tools_folder import tools_folder
from buildassets.errors import PackagesError
from buildassets.foundation.diagnostics import Location, error, reason_text
from buildassets.foundation.digest import sha512_of
from buildassets.foundation.frozen import frozen
from buildassets.packages.lock import NAME, LockedPlatform, LockedTool, read_lock
from buildassets.packages.tools.kinds import TOOLS, ToolKind, platform_of


@frozen
class LockedCommand:
    """A `command` of absolute paths that runs `version` of a tool."""

    command: tuple[str, ...]
    version: str


def locked_command(folder: str, name: str) -> LockedCommand | None:
    """The command of the tool `name` for the project in `folder`; None if its lock has no such tool.

    Raises PackagesError if the locked tool is missing or its files differ from the lock, and ConfigError if the lock
    cannot be read.
    """
    tool = read_lock(folder).tools.get(name)
    if tool is None:
        return None
    files = program_files(tools_folder(), name, tool)
    for path, digest in files:
        _prove_once(name, path, digest)
    _refuse_plain(files[0][0])
    return LockedCommand(tuple(path for path, _ in files), tool.version)


def program_files(tools: str, name: str, tool: LockedTool) -> list[tuple[str, str]]:
    """The paths in the folder `tools` of the files that run on this machine, with their SHA-256; the program is first.

    Raises PackagesError if the lock has no files for this machine, or the tool is unknown.
    """
    kind = TOOLS.get(name)
    if kind is None:
        raise _unknown(name)
    platform = platform_of(kind)
    locked = tool.platforms.get(platform)
    if locked is None or not _is_of(kind, platform, locked):
        raise _not_for_this_machine(name, tool, platform)
    wanted = kind.files_for(platform)
    home = home_of(tools, name, tool)
    return [(os.path.join(home, *file.split("/")), locked.files[file]) for file in wanted]


def _is_of(kind: ToolKind, platform: str, locked: LockedPlatform) -> bool:
    """Whether `locked` is the tool's package for `platform`: a lock may choose the version, but no other package."""
    return locked.package == kind.package_for(platform) and set(locked.files) == set(kind.files_for(platform))


def home_of(tools: str, name: str, tool: LockedTool) -> str:
    """The folder of that tool for this machine, which is different for each archive."""
    platform = platform_of(TOOLS[name])
    digest = sha512_of(tool.platforms[platform].sha512)
    assert digest is not None
    return os.path.join(tools, f"{name}-{tool.version}-{platform}-{digest.hex()[:16]}")


@lru_cache(maxsize=64)  # exceptions are not kept
def _prove_once(name: str, path: str, digest: str) -> None:
    prove(name, path, digest)


def prove_all(name: str, files: list[tuple[str, str]]) -> None:
    """Raises PackagesError unless all `files` that `program_files` gave can run, and are what the lock states."""
    for path, digest in files:
        prove(name, path, digest)
    _refuse_plain(files[0][0])


def _refuse_plain(program: str) -> None:
    """Raises PackagesError for a program that nobody may run, as copies of CI's artifacts are."""
    try:
        mode = os.stat(program).st_mode
    except OSError:
        return  # removed since it was proven: whoever starts it reports that
    if not mode & 0o111:
        message = f"`{program}` cannot be run: its mode is {mode & 0o777:o}"
        hint = "run `buildassets tools install`, which puts the locked one there"
        raise PackagesError([error("tools/changed", message, Location(NAME), hint=hint)])


def prove(name: str, path: str, digest: str) -> None:
    """Raise PackagesError if the file at `path` of that tool is missing, or has another SHA-256."""
    try:
        actual = digest_of(path)
    except FileNotFoundError:
        message = f"`{name}` is in `{NAME}` and not installed here"
        notes = [f"looked for `{path}`"]
        hint = "run `buildassets tools install`"
        raise PackagesError([error("tools/absent", message, Location(NAME), notes=notes, hint=hint)]) from None
    except OSError as fault:
        message = f"cannot read `{path}`: {reason_text(fault)}"
        raise PackagesError([error("tools/changed", message, hint="run `buildassets tools install`")]) from None
    if actual != digest:
        message = f"`{path}` is not what `{NAME}` states"
        notes = [f"its SHA-256 is {actual}"]
        hint = "find out who changed it; `buildassets tools install` puts the locked one there"
        raise PackagesError([error("tools/changed", message, Location(NAME), notes=notes, hint=hint)])


def _unknown(name: str) -> PackagesError:
    message = f"`{NAME}` has a tool `{name}`, which this buildassets does not know"
    hint = f"take a newer buildassets, or run `buildassets tools remove {name}`"
    return PackagesError([error("tools/platform", message, Location(NAME), hint=hint)])


def _not_for_this_machine(name: str, tool: LockedTool, platform: str) -> PackagesError:
    message = f"`{NAME}` has no `{name}` {tool.version} for `{platform}`"
    hint = f"install {name} for this machine by other means, and run `buildassets tools remove {name}`"
    if tool.complete:
        hint = f"run `buildassets tools install {name}@{tool.complete}`, the newest version that all platforms have"
    notes = [f"it has {', '.join(f'`{one}`' for one in sorted(tool.platforms))}"] if tool.platforms else []
    return PackagesError([error("tools/platform", message, Location(NAME), notes=notes, hint=hint)])
