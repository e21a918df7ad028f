"""Asks git what has changed since a commit, and which texts name paths above their folder.

Takes a folder, gives absolute paths, or raises ConfigError. Starts git.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from buildassets.disk.folders import temporary_folder
from buildassets.errors import ConfigError
from buildassets.foundation.diagnostics import Diagnostic, error
from buildassets.programs.git import GitError, NoGitError, run_git

if TYPE_CHECKING:
    import subprocess

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
# What a path ends at, in style sheets, scripts, markup and JSON; in quotes it may hold all but quotes.
_UPWARD: Final = r"""(\.\./)+([^]['"()<>;,{}|*?#\\ """ + "\t" + r"]|\\.)*"  # for git as for `re`
_QUOTED: Final = r"""["'](\./)?(\.\./)+[^"']*["']"""
_PLAIN_LINES: Final = ("--no-color", "--no-line-number", "--no-column")  # whatever the user has configured
# Texts that no build follows.
_NO_SOURCES: Final = (":(exclude)*.md", ":(exclude)*.map", ":(exclude)*.lock")
_SUBMODULE: Final = "160000 "  # the mode of its entry in the index
_SHALLOW: Final = "this clone is shallow: fetch the commit, by `fetch-depth: 0` in a workflow of GitHub's"


class Repository:
    """The working tree of git around an absolute `folder`. Raises ConfigError where there is none, or no git."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        done = self._git("rev-parse", "--show-toplevel")
        if done.returncode:
            message = "`--since` needs the history of git, and the workspace is in no repository"
            raise ConfigError([_fault("workspace/git", message, done, "clone the repository with its `.git`")])
        self.folder = os.path.realpath(_text(done).rstrip("\n"))
        self._folder = self.folder

    def changed_since(self, ref: str) -> frozenset[str]:
        """The absolute paths that differ between the commit `ref` and the files here, untracked ones included.

        What `.gitignore` names is left out; a submodule or a repository in this one is one path. Raises ConfigError if
        there is no such commit.
        """
        commit = self._commit(ref)
        tracked = (
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--ignore-submodules=dirty",  # git would start itself in each, with the configuration of that
            commit,
            "--",
        )
        untracked = ("ls-files", "-z", "--others", "--exclude-standard")
        with self._copy_of_index() as index:  # as `diff` writes the times of files into the one it reads
            changed = {path for arguments in (tracked, untracked) for path in self._paths(arguments, index)}
        return frozenset(changed.union(filter(_has_edits, self._submodules())))

    @contextmanager
    def _copy_of_index(self) -> Iterator[dict[str, str]]:
        """The variables by which git reads a copy of the index, which goes with the context."""
        index = os.path.join(self.folder, _text(self._git("rev-parse", "--git-path", "index")).rstrip("\n"))
        with temporary_folder() as folder:
            copied = os.path.join(folder, "index")
            if os.path.isfile(index):  # neither a device, nor absent as before the first `git add`
                shutil.copyfile(index, copied)
            yield {"GIT_INDEX_FILE": copied}

    def _submodules(self) -> Iterator[str]:
        """The absolute paths of the submodules that are here."""
        for line in _text(self._git("ls-files", "-z", "--stage")).split("\0"):
            mode, _, name = line.partition("\t")
            if mode.startswith(_SUBMODULE) and os.path.exists(os.path.join(self.folder, name, ".git")):
                yield os.path.join(self.folder, name)

    def upward_paths(self) -> Iterator[tuple[str, str]]:
        """Paths in texts that leave their folder: the folder of each text, and the absolute path."""
        patterns = ("-e", _QUOTED, "-e", _UPWARD)
        options = ("-zIoE", *_PLAIN_LINES, "--untracked", "--no-recurse-submodules", *patterns)
        no_attributes = {"GIT_ATTR_SOURCE": _text(self._git("hash-object", "-t", "tree", os.devnull)).strip()}
        done = self._git("grep", *options, "--", ".", *_NO_SOURCES, variables=no_attributes)
        if done.returncode > 1:  # 1 if there is none
            raise ConfigError([_fault("workspace/git", "`git grep` failed", done, "check the repository")])
        seen: set[tuple[str, str]] = set()
        for line in _text(done).split("\n"):
            file, _, text = line.partition("\0")
            folder = os.path.join(self.folder, os.path.dirname(file))
            if text and (folder, text) not in seen:
                seen.add((folder, text))
                yield from ((folder, os.path.normpath(os.path.join(folder, path))) for path in _paths_in(text))

    def _paths(self, arguments: Sequence[str], variables: Mapping[str, str]) -> Iterator[str]:
        done = self._git(*arguments, variables=variables)
        if done.returncode:
            raise ConfigError([_fault("workspace/git", f"`git {arguments[0]}` failed", done, "check the repository")])
        yield from (os.path.join(self.folder, name.rstrip("/")) for name in _text(done).split("\0") if name)

    def _commit(self, ref: str) -> str:
        done = self._git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}") if _is_name(ref) else None
        if done is not None and done.returncode == 0:
            return _text(done).strip()
        message = f"git has no commit `{ref}`"
        raise ConfigError([error("workspace/since", message, hint=self._hint(ref))])

    def _hint(self, ref: str) -> str:
        if _is_name(ref):
            remote = self._git("rev-parse", "--verify", "--quiet", f"refs/remotes/origin/{ref}^{{commit}}")
            if remote.returncode == 0:
                return f"did you mean `origin/{ref}`?"
        if _text(self._git("rev-parse", "--is-shallow-repository")).strip() == "true":
            return _SHALLOW
        return "name a commit, a branch or a tag that `git log` knows"

    def _git(self, *arguments: str, variables: Mapping[str, str] = _NOTHING) -> "subprocess.CompletedProcess[bytes]":
        try:
            return run_git(self._folder, *arguments, variables=variables)
        except NoGitError as fault:
            hint = "install git, or build without `--since`"
            raise ConfigError(
                [error("workspace/git", f"`--since` needs git, which cannot be started: {fault}", hint=hint)]
            ) from None
        except GitError as fault:
            hint = "build without `--since`, or correct the repository"
            raise ConfigError([error("workspace/git", f"git is not asked: {fault}", hint=hint)]) from None


def _has_edits(submodule: str) -> bool:
    """Whether the files of a submodule differ from its commit; also where git cannot be asked."""
    try:
        done = run_git(submodule, "status", "--porcelain", "--ignore-submodules=all")
    except GitError:
        return True
    return done.returncode != 0 or bool(done.stdout)


def _is_name(ref: str) -> bool:
    """Whether git takes `ref` for the name of a commit, and not for an option or for all other commits, as `^main`."""
    return bool(ref) and not ref.startswith(("-", "^")) and "\0" not in ref


def _paths_in(text: str) -> Iterator[str]:
    """The paths that `text` may name, as written, and without the escapes of URLs and style sheets."""
    paths = [found.group() for found in re.finditer(_UPWARD, text)]
    if text[0] in "\"'":
        paths.append(text[1:-1])
    for path in paths:
        yield from dict.fromkeys((path, unquote(path, errors="surrogateescape"), path.replace("\\", "")))


def _text(done: "subprocess.CompletedProcess[bytes]") -> str:
    return os.fsdecode(done.stdout)


def _fault(code: str, message: str, done: "subprocess.CompletedProcess[bytes]", hint: str) -> Diagnostic:
    lines = done.stderr.decode("utf-8", "replace").strip().split("\n")
    is_known = not lines[0] or "not a git repository" in lines[0]
    return error(code, message, notes=[] if is_known else [f"git: {lines[0]}"], hint=hint)
