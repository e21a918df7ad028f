"""Repositories of git for tests, whatever the user has configured."""

import os
import subprocess
from pathlib import Path

from tests.conftest import Tree, find_tool, write_tree

_ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
_AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")


def git(folder: Path, *arguments: str) -> str:
    """Run git in `folder`; return its output."""
    command = [find_tool("git"), *_AUTHOR, *arguments]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **_ALONE}, capture_output=True, text=True, check=True)
    return done.stdout


def committed(folder: Path, files: Tree) -> Path:
    """`folder` with `files`, all of it committed."""
    write_tree(folder, files)
    if not (folder / ".git").exists():
        git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    return folder
