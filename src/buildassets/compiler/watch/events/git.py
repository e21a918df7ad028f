"""Whether git is in the middle of a checkout: it holds a lock on its index for as long as that takes."""

import os
import time
from typing import Final

_LONGEST_SECONDS: Final = 10.0  # longer it is held while somebody writes a commit message, or after a crash


def git_lock(folder: str) -> str | None:
    """The lock of the working tree in which the absolute `folder` lies (gitrepository-layout(5)); None: in none."""
    while True:
        path = os.path.join(folder, ".git")
        if os.path.isdir(path):
            return os.path.join(path, "index.lock")
        if os.path.isfile(path):
            return _lock_elsewhere(path)
        if folder == (folder := os.path.dirname(folder)):
            return None


def is_checkout_under_way(lock: str | None) -> bool:
    """Whether `lock` is held, and has not been for too long to wait for it."""
    if lock is None:
        return False
    try:
        return time.time() - os.stat(lock).st_mtime < _LONGEST_SECONDS
    except OSError:
        return False


def _lock_elsewhere(path: str) -> str | None:
    """The lock that the `.git` file of a linked working tree or a submodule leads to."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            key, _, folder = file.read().strip().partition(": ")
    except OSError:
        return None
    return os.path.join(os.path.dirname(path), folder, "index.lock") if key == "gitdir" else None
