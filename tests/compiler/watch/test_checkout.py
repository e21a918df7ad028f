import os
import subprocess
import time
from pathlib import Path

from buildassets.compiler.watch.loop import git_lock, is_checkout_under_way
from tests.conftest import find_tool, write_tree


def git(folder: Path, *arguments: str) -> None:
    subprocess.run([find_tool("git"), "-c", "user.name=n", "-c", "user.email=e", *arguments], cwd=folder, check=True)


def test_lock_of_the_working_tree_around_a_folder(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write_tree(tmp_path, {"site/assets/a.css": ""})
    assert git_lock(str(tmp_path / "site/assets")) == str(tmp_path / ".git/index.lock")


def test_lock_of_a_linked_working_tree(tmp_path: Path) -> None:
    git(write_tree(tmp_path / "main", {"a.css": ""}), "init", "-q")
    git(tmp_path / "main", "commit", "-q", "--allow-empty", "-m", "one")
    git(tmp_path / "main", "worktree", "add", "-q", str(tmp_path / "linked"))
    lock = git_lock(str(tmp_path / "linked"))
    assert lock is not None
    assert os.path.samefile(os.path.dirname(lock), tmp_path / "main/.git/worktrees/linked")


def test_lock_counts_while_it_is_fresh(tmp_path: Path) -> None:
    lock = str(tmp_path / "index.lock")
    assert not is_checkout_under_way(lock)
    (tmp_path / "index.lock").write_bytes(b"")
    assert is_checkout_under_way(lock)
    long_ago = time.time() - 60
    os.utime(lock, (long_ago, long_ago))
    assert not is_checkout_under_way(lock)


def test_no_working_tree_has_no_lock(tmp_path: Path) -> None:
    assert not is_checkout_under_way(git_lock(str(tmp_path)))
