"""A submodule is one path: changed where its commit or its files are others."""

import subprocess
from pathlib import Path

import pytest

from buildassets.workspace.changes import Repository
from tests.conftest import find_tool, write_tree


def git(folder: Path, *arguments: str) -> None:
    """Run git with an author."""
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run([find_tool("git"), *author, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def outer(tmp_path: Path) -> Path:
    """A repository with a submodule `inner`, both committed."""
    write_tree(tmp_path, {"outer/a.txt": "a\n", "outer/inner/b.txt": "b\n"})
    for folder in (tmp_path / "outer/inner", tmp_path / "outer"):
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "first")
    return tmp_path / "outer"


def test_unchanged_submodule_is_not_listed(outer: Path) -> None:
    assert Repository(str(outer)).changed_since("HEAD") == frozenset()


@pytest.mark.parametrize("name", ["b.txt", "new.txt"])
def test_edit_in_a_submodule_changes_it(outer: Path, name: str) -> None:
    write_tree(outer, {f"inner/{name}": "other\n"})
    assert Repository(str(outer)).changed_since("HEAD") == {str(outer / "inner")}


def test_commit_in_a_submodule_changes_it(outer: Path) -> None:
    write_tree(outer, {"inner/b.txt": "other\n"})
    git(outer / "inner", "commit", "-q", "-a", "-m", "second")
    assert Repository(str(outer)).changed_since("HEAD") == {str(outer / "inner")}


def test_program_that_a_submodule_names_does_not_run(outer: Path, tmp_path: Path) -> None:
    git(outer / "inner", "config", "core.fsmonitor", f"touch {tmp_path / 'ran'}; false")
    write_tree(outer, {"inner/b.txt": "other\n"})
    assert Repository(str(outer)).changed_since("HEAD") == {str(outer / "inner")}
    assert not (tmp_path / "ran").exists()
