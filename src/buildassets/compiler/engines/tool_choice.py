"""Chooses the program of a tool: the locked one, or else the first of those that were found and may be started."""

import os
from collections.abc import Iterable, Sequence

from buildassets.compiler.engines.failures import NotRunError, UnavailableError
from buildassets.errors import ConfigError, PackagesError
from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import NotPermittedError, Permission
from buildassets.packages.tools.located import locked_command
from buildassets.programs.places import foreign_file_fault
from buildassets.programs.start import Permitted, tool

LOCK = "lock"


@frozen
class Chosen:
    """A program of absolute paths that may be started; `origin` is `lock`, `wheel`, `node_modules` or `PATH`.

    `version` is that of the lock, and empty for any other.
    """

    program: Permitted
    origin: str
    version: str

    def shown(self, folder: str) -> str:
        """The path of the program as the project in `folder` writes it."""
        return _shown(self.program.command[0], folder)


def chosen(
    name: str, folder: str, found: Iterable[tuple[Sequence[str], str]], *, permission: Permission
) -> Chosen | None:
    """The tool `name` for the project in the absolute `folder`, which is empty without a project.

    None if there is none. `found` are commands with their origins, in order. Raises UnavailableError if the locked tool
    cannot be used, and NotRunError if there are some and none may be started.
    """
    try:
        locked = locked_command(folder, name) if folder else None
    except (PackagesError, ConfigError) as failure:
        raise UnavailableError.of(failure) from None
    refused = None
    for command, origin in [(locked.command, LOCK)] if locked else found:
        try:
            program = tool(command, folder, permission=permission)
        except NotPermittedError:
            refused = refused or NotRunError(_shown(command[0], folder), origin)
            continue
        return Chosen(program, origin, locked.version if locked else "")
    if refused:
        raise refused
    return None


def refuse_foreign_modules(modules: str, folder: str) -> None:
    """Raise UnavailableError if the `node_modules`, found from `folder` upward, may not decide what runs."""
    if fault := foreign_file_fault(modules, folder, modules):
        raise UnavailableError(fault.message, fault.hint or "")


def _shown(path: str, folder: str) -> str:
    return path.removeprefix(folder.rstrip(os.sep) + os.sep)
