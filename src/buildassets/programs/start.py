"""Starts programs: the only module that does, but for `git`.

`tool`, `named`, `with_project_python` and `own_module` compare a command with the permission. They return a
Permitted, and only such a value can be started.
"""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from shlex import join
from typing import TYPE_CHECKING, Any, Final, NoReturn

from buildassets.foundation.frozen import frozen
from buildassets.foundation.permission import Permission, require
from buildassets.programs.places import brought_by, path_outside

if TYPE_CHECKING:
    import subprocess

_MODULES: Final = "PYTHONPATH"
_QUOTED: Final = frozenset(" \t'\"&|<>^;,(){}[]@$`%!*?")  # means something to `cmd` or PowerShell, outside of quotes


@frozen
class Permitted:
    """A command that may be started: a program with its first arguments. Made by the functions of this module only.

    `path` is the PATH that it gets, None for that of this process. One `with_own_modules` is Python that imports no
    module of the folder in which it starts.
    """

    command: tuple[str, ...]
    path: str | None = None
    with_own_modules: bool = False


def tool(command: Sequence[str], folder: str, *, permission: Permission) -> Permitted:
    """The `command` of a compiler, found for the project in the absolute `folder`, which is empty without a project.

    Raises NotPermittedError if it may not be started: one that the project brings only with `programs`.
    """
    is_brought = brought_by(folder) if folder else None
    brought = is_brought is not None and (
        not os.path.isabs(command[0]) or any(map(is_brought, filter(os.path.isabs, command)))
    )
    require(permitted=permission.programs if brought else permission.tools, what=f"to start `{command[0]}`")
    return Permitted(tuple(command), path_outside(folder) if folder and not permission.programs else None)


def named(command: Sequence[str], *, permission: Permission) -> Permitted:
    """A `command` that the project or the command line names, wherever its program lies.

    Raises NotPermittedError without `programs`.
    """
    require(permitted=permission.programs, what=f"to start `{command[0]}`")
    return Permitted(tuple(command))


def with_project_python(arguments: Sequence[str], *, permission: Permission) -> Permitted:
    """The running interpreter with `arguments` that import the project. Raises NotPermittedError without `python`."""
    require(permitted=permission.python, what="to import Python of the project")
    return Permitted((sys.executable, *arguments))


def own_module(*arguments: str) -> Permitted:
    """The running interpreter with `arguments` that import no module of the working directory."""
    return Permitted((sys.executable, "-P", *arguments), with_own_modules=True)


def start(program: Permitted, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
    """Start the program; `options` are those of `subprocess.Popen`. Raises OSError."""
    import subprocess  # 5 ms, and most builds after an edit start nothing

    return subprocess.Popen([*program.command, *arguments], **_with_variables(program, options))  # noqa: S603 permitted


def run(program: Permitted, *arguments: str, **options: Any) -> "subprocess.CompletedProcess[Any]":
    """Run the program to its end; `options` are those of `subprocess.run`. Raises OSError and TimeoutExpired."""
    return _ended([*program.command, *arguments], **_with_variables(program, options))


def _with_variables(program: Permitted, options: Mapping[str, Any]) -> Mapping[str, Any]:
    environment = options.get("env") or os.environ
    changed = {} if program.path is None else {"PATH": program.path}
    if program.with_own_modules and (modules := environment.get(_MODULES)):
        # A relative entry, and an empty one, would mean another folder there than here.
        changed[_MODULES] = os.pathsep.join(map(os.path.abspath, modules.split(os.pathsep)))
    return {**options, "env": {**environment, **changed}} if changed else options


def output_of(program: Permitted, *arguments: str, timeout_seconds: float) -> "subprocess.CompletedProcess[bytes]":
    """Run the program to its end without input. Raises OSError and TimeoutExpired."""
    with open(os.devnull, "rb") as nothing:
        return run(program, *arguments, stdin=nothing, capture_output=True, timeout=timeout_seconds)


def run_line(program: Permitted, **options: Any) -> "subprocess.CompletedProcess[bytes]":
    """Run the only part of the command as a line of the shell, and return how it ended. Raises OSError."""
    (line,) = program.command
    return _ended(line, shell=True, capture_output=True, **options)  # noqa: S604 permitted


def _ended(command: str | Sequence[str], **options: Any) -> "subprocess.CompletedProcess[Any]":
    import subprocess

    return subprocess.run(command, check=False, **options)  # noqa: S603 permitted


def typed_command(words: Sequence[str]) -> str:
    """Return a command as a user types it: for a POSIX shell, and on Windows for `cmd` and PowerShell.

    Within quotes `cmd` still replaces `%NAME%`, and PowerShell `$name`: no way of quoting suits both.
    """
    if sys.platform == "win32":
        return " ".join(word if word and _QUOTED.isdisjoint(word) else _quoted_for_windows(word) for word in words)
    return join(words)


def _quoted_for_windows(word: str) -> str:
    """Put `word` into quotes, as Windows programs split their command line: backslashes before a quote are doubled."""
    return '"{}"'.format(re.sub(r'(\\+)(?="|\Z)', r"\1\1", word).replace('"', '\\"'))


def exit_code(process: "subprocess.Popen[bytes]", limit_seconds: float) -> int | None:
    """Wait for `process`, and return its exit code; None if it has not ended after `limit_seconds`."""
    from subprocess import TimeoutExpired

    try:
        return process.wait(limit_seconds)
    except TimeoutExpired:
        return None


def become(program: Permitted, environment: Mapping[str, str]) -> NoReturn:
    """Replace this process by the program; on Windows, where the shell would not wait for that, end as it ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":
        sys.exit(_ended(program.command, env=environment).returncode)
    os.execve(program.command[0], program.command, environment)  # noqa: S606 permitted
