"""Folders within folders: more levels than Python has calls, and longer paths than the system takes.

Up to Python 3.11 `os.walk`, and later still `os.makedirs`, call themselves once for each level.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.watching import watching
from tests.command import run
from tests.conftest import write_tree

LEVELS = 1_100
DEEP = "d/" * LEVELS
pytestmark = pytest.mark.thorough
CONFIG = "compress = []\n[templates]\ndirs = ['templates']\n"


def nest(folder: Path, levels: int, *files: str) -> None:
    """Make so many folders named `d` in one another in `folder`, and `files` in the innermost, whatever the path is."""
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=descriptor)
        inner = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    for name in files:
        made = os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=descriptor)
        os.write(made, b"a { color: red }")
        os.close(made)
    os.close(descriptor)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A folder that pytest, which calls itself too, need not remove."""
    folder = tmp_path / "p"
    write_tree(folder, {"buildassets.toml": CONFIG, "assets/a.css": "a { color: red }\n", "templates/a.html": "a\n"})
    yield folder
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture
def deep(project: Path) -> Path:
    """Sources and templates in 1,100 folders, and a release of them."""
    nest(project / "assets", LEVELS, "b.css")
    nest(project / "templates", LEVELS, "b.html")
    done = run(project, "build", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    assert set(json.loads(done.stdout)["assets"]) == {"a.css", f"{DEEP}b.css"}
    return project


@pytest.mark.parametrize(
    "verbs",
    [
        [["check"], ["verify"], ["explain", f"{DEEP}b.css"], ["diff", "build", "build"]],
        [["verify", "--rebuild"], ["publish", "-q", "www"], ["publish", "www"]],
        [["pack"], ["verify", "build.tar"], ["unpack", "build.tar", "-o", "new"], ["verify", "new"]],
        [["unpack", "build.tar", "--replace"], ["build", "--carry-from", "build.tar", "-o", "next"]],
        [["clean", "-q"], ["clean", "--all"]],
    ],
    ids=lambda verbs: " ".join(verbs[0][:1]),
)
def test_each_verb_takes_more_levels_than_python_has_calls(deep: Path, verbs: list[list[str]]) -> None:
    if verbs[0][0] == "unpack":
        run(deep, "pack")
        write_tree(deep, {"buildassets.toml": CONFIG + "[retain]\n", "assets/a.css": "a { color: tan }\n"})
    for arguments in verbs:
        done = run(deep, *arguments)
        assert done.returncode == 0, (arguments[0], done.stderr[-2000:])
    left = os.listdir(deep / "build")
    assert [name for name in left if name.startswith(".new-")] == []
    if ["clean", "--all"] in verbs:
        assert left == []


def test_deep_folder_of_a_killed_build_is_removed(deep: Path) -> None:
    left = deep / "build/.new-0123456789abcdef"
    left.mkdir()
    nest(left, LEVELS, "a")
    assert run(deep, "build", "--no-cache").returncode == 0
    assert not left.exists()


def test_watch_sees_an_edit_at_the_bottom(deep: Path) -> None:
    with watching(deep, "--mode", "production", "--jobs", "1") as watch:
        watch.next()
        (deep / "assets" / DEEP / "b.css").write_text("a { color: tan }")
        assert set(watch.next()["assets"]) == {f"{DEEP}b.css"}


@pytest.mark.parametrize("place", ["assets", "templates", "build", "build/assets", ".buildassets/content"])
def test_too_long_path_is_an_error_without_traceback(project: Path, place: str) -> None:
    assert run(project, "build").returncode == 0
    (project / place).mkdir(parents=True, exist_ok=True)
    nest(project / place, 2_100, "b.css")
    for arguments in (["build"], ["check"], ["verify"], ["pack"], ["publish", "www"], ["clean"], ["clean", "--all"]):
        done = run(project, *arguments)
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 1, 2), done.stderr[-2000:]
        assert (done.returncode == 0) or "file name too long" in done.stderr or "does not hold" in done.stderr
