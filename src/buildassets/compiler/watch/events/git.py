"""Whether git is in the middle of a checkout: it holds a lock on its index meanwhile."""

import os
import time
from typing import Final

from buildassets.plain_files import plain

_LONGEST_SECONDS: Final = 10.0  # a lock held longer is left by a crash, or somebody writes a commit message


def git_lock(folder: str) -> str | None:
    """The path of the lock of the working tree around the absolute `folder`, None outside of working trees.

    See gitrepository-layout(5).
    """
    while True:
        path = os.path.join(folder, ".git")
        if os.path.isdir(path):
            return os.path.join(path, "index.lock")
        if os.path.isfile(path):
            return _lock_elsewhere(path)
        if folder == (folder := os.path.dirname(folder)):
            return None


def is_checkout_under_way(lock: str | None) -> bool:
    """Whether git holds `lock`, and has not held it for longer than a checkout takes."""
    if lock is None:
        return False
    try:
        return time.time() - os.stat(lock).st_mtime < _LONGEST_SECONDS
    except OSError:
        return False


def _lock_elsewhere(path: str) -> str | None:
    """The lock of a linked working tree or a submodule, whose `.git` file names the folder."""
    try:
        with open(plain(path), encoding="utf-8", errors="surrogateescape") as file:
            key, _, folder = file.read().strip().partition(": ")
    except OSError:
        return None
    return os.path.join(os.path.dirname(path), folder, "index.lock") if key == "gitdir" else None
