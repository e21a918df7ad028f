"""Git runs nothing that a repository names, whether a clone has it among its files or somebody made its `.git`."""

import os
import subprocess
from pathlib import Path

import pytest

from buildassets.programs.git import GitError, run_git
from tests.conftest import find_tool, write_tree

_COMMIT = ("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first")


def repository(folder: Path) -> Path:
    """A repository with one commit and an edit after it."""
    write_tree(folder, {"a.txt": "a\n", ".gitattributes": "*.txt filter=trap diff=trap\n"})
    for arguments in (("init", "-q"), ("add", "."), _COMMIT):
        subprocess.run([find_tool("git"), *arguments], cwd=folder, check=True)
    return write_tree(folder, {"a.txt": "b\n"})


def trap(folder: Path) -> str:
    """A command that leaves a file behind where it runs."""
    return f"touch {folder / 'ran'}; cat"


@pytest.mark.parametrize(
    "setting",
    ["core.fsmonitor", "filter.trap.clean", "filter.trap.process", "diff.external", "diff.trap.command", "core.pager"],
)
@pytest.mark.parametrize(
    "arguments",
    [("diff", "--name-only", "--no-ext-diff", "HEAD", "--"), ("status", "--porcelain"), ("grep", "b")],
    ids=str,
)
def test_program_of_the_repository_does_not_run(tmp_path: Path, setting: str, arguments: tuple[str, ...]) -> None:
    site = repository(tmp_path / "site")
    subprocess.run([find_tool("git"), "config", setting, trap(tmp_path)], cwd=site, check=True)
    subprocess.run([find_tool("git"), "config", "filter.trap.required", "true"], cwd=site, check=True)
    done = run_git(str(site), *arguments)
    assert (done.returncode, b"a.txt" in done.stdout) == (0, True), done.stderr
    assert not (tmp_path / "ran").exists()


def test_status_leaves_the_index_alone(tmp_path: Path) -> None:
    site = repository(tmp_path / "site")
    os.utime(site / ".gitattributes", (1_000_000_000, 1_000_000_000))
    before = (site / ".git/index").read_bytes()
    assert run_git(str(site), "status", "--porcelain").returncode == 0
    assert (site / ".git/index").read_bytes() == before


def test_traps_of_this_test_run_where_git_is_started_plainly(tmp_path: Path) -> None:
    site = repository(tmp_path / "site")
    subprocess.run([find_tool("git"), "config", "core.fsmonitor", trap(tmp_path)], cwd=site, check=True)
    subprocess.run([find_tool("git"), "status", "--porcelain"], cwd=site, check=True, capture_output=True)
    assert (tmp_path / "ran").exists()


def test_bare_repository_among_the_files_of_a_clone_is_refused(tmp_path: Path) -> None:
    config = f'[core]\nbare = false\nworktree = .\nfsmonitor = "{trap(tmp_path)}"\n'
    folder = write_tree(
        tmp_path / "site", {"HEAD": "ref: refs/heads/k", "objects/k": "", "refs/k": "", "config": config}
    )
    with pytest.raises(GitError, match="looks like a bare repository"):
        run_git(str(folder), "status")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("key", ["include.path", "includeIf.onbranch:*.path", "filter.a=b.clean"])
def test_configuration_that_could_hide_a_program_is_refused(tmp_path: Path, key: str) -> None:
    site = repository(tmp_path / "site")
    section, _, name = key.partition(".")
    subsection, _, last = name.rpartition(".")
    header = f'[{section} "{subsection}"]' if subsection else f"[{section}]"
    with (site / ".git/config").open("a") as file:
        file.write(f"{header}\n{last} = {trap(tmp_path)}\n")
    with pytest.raises(GitError, match="own configuration"):
        run_git(str(site), "status")


def test_variables_that_name_another_repository_are_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, other = repository(tmp_path / "site"), repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    done = run_git(str(site), "rev-parse", "--show-toplevel")
    assert done.stdout.decode().strip() == str(site)
