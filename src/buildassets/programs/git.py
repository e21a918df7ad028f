"""Asks git about a working tree whose files, and whose `.git`, somebody else may have made.

Takes an absolute folder and arguments of a command that only reads. Whatever the repository's own configuration names,
no program but git runs, nothing is fetched and nothing is written. Raises GitError.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from buildassets.foundation.diagnostics import reason_text
from buildassets.programs.places import path_outside, program_outside

# Settings of the command line, which go before those of the repository: https://git-scm.com/docs/git-config
_SETTINGS: Final = (
    "core.fsmonitor=false",  # a program that `status`, `diff` and `ls-files` start
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
)
_VARIABLES: Final = {
    "GIT_ALLOW_PROTOCOL": "",  # which goes before `protocol.NAME.allow` of the repository
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# Variables that name another repository, as git sets them for hooks: `git rev-parse --local-env-vars`, but settings.
_OF_ANOTHER_REPOSITORY: Final = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_PARTS_OF_BARE: Final = ("HEAD", "objects", "refs")
_PROGRAMS_OF_FILTERS: Final = ("clean", "smudge", "process")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class GitError(Exception):
    """Git cannot be asked; the message gives the reason."""


class NoGitError(GitError):
    """There is no git that starts; the message gives the reason."""


def run_git(
    folder: str,
    *arguments: str,
    variables: Mapping[str, str] = _NOTHING,
    timeout_seconds: float | None = None,
) -> "subprocess.CompletedProcess[bytes]":
    """Run git with `arguments` in the working tree around `folder`, and return how it ended.

    Of the environment git gets no variable that names another repository. Raises GitError where the folder is itself a
    bare repository, as a plain clone can have one among its files, where the repository's own configuration includes
    other files, or where git does not finish in `timeout_seconds`; NoGitError where git cannot be started.
    """
    _refuse_bare(folder)
    settings = [*_SETTINGS, *_without_filters(folder, timeout_seconds)]
    return _run(folder, settings, arguments, variables, timeout_seconds=timeout_seconds)


def _refuse_bare(folder: str) -> None:
    """Raise GitError if git older than 2.38, which lacks `safe.bareRepository`, would read a configuration there."""
    while not os.path.exists(os.path.join(folder, ".git")):
        if all(os.path.exists(os.path.join(folder, part)) for part in _PARTS_OF_BARE):
            raise GitError(f"`{folder}` looks like a bare repository, which has no working tree")
        if folder == (folder := os.path.dirname(folder)):
            return


def _without_filters(folder: str, timeout_seconds: float | None) -> Iterator[str]:
    """Settings that keep the programs from running that the repository's own configuration names for filters."""
    for scope in ("--local", "--worktree"):
        listed = _run(
            folder,
            _SETTINGS,
            ("config", scope, "--list", "--name-only", "-z"),
            _NOTHING,
            timeout_seconds=timeout_seconds,
        )
        for name in sorted(set(os.fsdecode(listed.stdout).split("\0"))):
            section = name.rpartition(".")[0]
            if section == "include" or section.startswith("includeif."):
                raise GitError("the repository's own configuration includes other files")
            if section.startswith("filter."):
                if "=" in section:  # which git takes for the end of the name
                    raise GitError("the repository's own configuration has a filter with `=` in its name")
                yield from (f"{section}.{key}=" for key in _PROGRAMS_OF_FILTERS)
                yield f"{section}.required=false"


def _run(
    folder: str,
    settings: "list[str] | tuple[str, ...]",
    arguments: tuple[str, ...],
    variables: Mapping[str, str],
    *,
    timeout_seconds: float | None,
) -> "subprocess.CompletedProcess[bytes]":
    kept = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER_REPOSITORY}
    program = program_outside("git", folder)
    if program is None:
        raise NoGitError("there is none on PATH outside of the project")
    options = [part for setting in settings for part in ("-c", setting)]
    try:
        return subprocess.run(  # noqa: S603 - the user's git, with arguments of ours
            [program, "-C", folder, "--no-pager", *options, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**kept, "PATH": path_outside(folder), **_VARIABLES, **variables},
            timeout=timeout_seconds,
            check=False,
        )
    except OSError as fault:
        raise NoGitError(reason_text(fault)) from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git did not finish in {timeout_seconds:g} seconds") from None
