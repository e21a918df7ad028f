"""Finds a program by the name that the configuration has for it: in the project, or as a tool.

Tools are searched for in this order: the lock, wheels, `node_modules/.bin` as node does, PATH. Takes a folder and a
name, gives a command, or raises UnavailableError. Starts no process.
"""

import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Final

from buildassets.compiler.engines.failures import UnavailableError
from buildassets.compiler.engines.program_files import descriptions, names_in
from buildassets.compiler.engines.tool_choice import refuse_foreign_modules
from buildassets.disk.owners import modules_folders
from buildassets.disk.plain_files import plain
from buildassets.disk.tools_folder import package_records
from buildassets.errors import ConfigError, PackagesError
from buildassets.foundation.frozen import frozen
from buildassets.packages.tools.kinds import TOOLS
from buildassets.packages.tools.located import locked_command

_MODULES: Final = "node_modules"
_PYTHONS: Final = ("python", "python3")  # those of the environment that runs us, whatever PATH has
_RUNS_PACKAGES: Final = ("node", "npx", "npm", "pnpm", "yarn", "bun", "deno")


@frozen
class Program:
    """A `command` of absolute paths; `origin` is `project`, `lock`, `wheel`, `node_modules` or `PATH`.

    `version` is empty unless a lock or a package has it. `files` are those that change with another version.
    """

    command: tuple[str, ...]
    origin: str
    version: str = ""
    files: tuple[str, ...] = ()


def find_program(folder: str, name: str) -> Program:
    """The program `name` for the project in the absolute `folder`.

    A relative path, and a name, are looked up from `folder` first. Raises UnavailableError if there is none.
    """
    path = os.path.join(folder, name)
    if _is_runnable(path):
        return Program((path,), "project", files=(path, *_of_packages(folder, name)))
    try:
        if "/" not in name and os.sep not in name and (tool := _tool(folder, name)):
            return tool
    except (PackagesError, ConfigError) as failure:
        raise UnavailableError.of(failure) from None
    raise _absent(folder, name, path)


def places_of(folder: str, name: str) -> tuple[str, ...]:
    """The absolute paths where a program `name` would be found if it were installed in the project."""
    if "/" in name:
        return (os.path.join(folder, name),)
    return (os.path.join(folder, name), os.path.join(folder, _MODULES, ".bin", name))


def _tool(folder: str, name: str) -> Program | None:
    if name in TOOLS and (locked := locked_command(folder, name)):
        return Program(locked.command, "lock", locked.version, locked.command)
    if name in _PYTHONS and (python := _of_environment(name)):
        return Program((python,), "wheel", files=(python, *descriptions()))
    if (script := _of_environment(name)) and (version := _wheel_version(script)):
        return Program((script,), "wheel", version, (script, *descriptions()))
    if found := _of_npm(folder, name):
        return found
    if found_on_path := shutil.which(name):
        path = os.path.abspath(found_on_path)
        return Program((path,), "PATH", files=(path, *_of_packages(folder, name)))
    return None


def _is_runnable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _of_environment(name: str) -> str | None:
    """The script of that name in the environment of this interpreter."""
    folder = os.path.dirname(sys.executable) if name in _PYTHONS else sysconfig.get_path("scripts")
    return shutil.which(name, path=folder) if folder else None


@lru_cache(maxsize=64)
def _wheel_version(script: str) -> str:
    """The name and version of the wheel that brought `script`; empty if none did: npm, too, puts programs there."""
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        wanted = os.path.relpath(script, folder).replace(os.sep, "/") + ","
        for name in names_in(folder):
            if name.endswith(".dist-info"):
                with suppress(OSError), open(os.path.join(folder, name, "RECORD"), encoding="utf-8") as record:
                    if any(line.startswith(wanted) for line in record):
                        return name.removesuffix(".dist-info").replace("-", " ")
    return ""


def _of_npm(folder: str, name: str) -> Program | None:
    for modules in modules_folders(folder):
        if found := shutil.which(name, path=os.path.join(modules, ".bin")):
            refuse_foreign_modules(modules, folder)
            real = os.path.realpath(found)
            version, description = _package_of(real)
            files = (real, *description, *_of_packages(folder, "node"))
            return Program((found,), _MODULES, version, files)
    return None


def _package_of(path: str) -> tuple[str, tuple[str, ...]]:
    """The name and version of npm's package that the file at `path` lies in, and the file that has them."""
    folder = os.path.dirname(path)
    while _MODULES in folder.split(os.sep) and os.path.basename(folder) != _MODULES:
        description = os.path.join(folder, "package.json")
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError), open(plain(description), "rb") as file:
            read = json.load(file)
            return f"{read['name']} {read['version']}", (description,)
        folder = os.path.dirname(folder)
    return "", ()


def _of_packages(folder: str, name: str) -> Iterator[str]:
    """The records of the packages of npm that are installed for the project, if the program uses such packages."""
    if name in _RUNS_PACKAGES:
        yield from filter(os.path.isfile, package_records(folder))


def _absent(folder: str, name: str, path: str) -> UnavailableError:
    if os.path.isfile(path):
        hint = f'run `chmod +x {name}`, or name its interpreter first, as in `["sh", "{name}", …]`'
        return UnavailableError(f"`{name}` cannot be run: it is not executable", hint)
    if os.path.isdir(path) and "/" in name:
        return UnavailableError(f"`{name}` cannot be run: it is a folder", "name the program itself")
    if "/" in name:
        hint = "correct the path; it is relative to the folder of the configuration"
        return UnavailableError(f"there is no program `{name}`", hint)
    if " " in name.strip():
        parts = ", ".join(f'"{part}"' for part in name.split())
        hint = f"write each argument by itself, as there is no shell: `[{parts}]`"
        return UnavailableError(f"there is no program `{name}`", hint)
    hint = "install it in the project, as `npm install --save-dev` does, or put it on PATH"
    if name in TOOLS:
        hint = f"run `buildassets tools install {name}`, or {hint}"
    looked = "looked in the folder of the configuration, the lock, the wheels that are installed, `node_modules/.bin`"
    return UnavailableError(f"there is no program `{name}`", hint, [f"{looked} and PATH"])
