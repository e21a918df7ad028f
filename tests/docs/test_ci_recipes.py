"""docs/deploy/ci.md: its commands are run as a CI system would, in fresh clones with what the job before left."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Tree, read_tree, write_tree
from tests.workspace.repositories import committed, git

pytestmark = pytest.mark.thorough

PAGE = (Path(__file__).parents[2] / "docs/deploy/ci.md").read_text(encoding="utf-8")
TOOLS = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
SITES: Tree = {
    "buildassets-workspace.toml": 'projects = ["sites/*"]\n',
    ".gitignore": ".cache/\nbuild/\n",
    "sites/blog/buildassets.toml": 'load_paths = ["../../shared"]\n',
    "sites/blog/assets/app.scss": '@use "theme";\na { background: url(a.svg) }\n',
    "sites/blog/assets/a.svg": "<svg/>",
    "sites/shop/assets/app.css": "b { color : blue }\n",
    "shared/_theme.scss": "i { color: red }\n",
}


def block(heading: str) -> str:
    """The first fenced block below a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    match = re.search(r"```\w+\n(.*?)```", section, re.DOTALL)
    assert match is not None
    return match[1]


def shell(folder: Path, command: str, **more: str) -> None:
    """Run `command` as a CI system does; it has to succeed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, **TOOLS, **more},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def rebuilt(folder: Path, command: str, **more: str) -> dict[str, list[str]]:
    """Return the assets that the build of `command` rebuilds, by project."""
    shell(folder, f"{command} --json > out.json", **more)
    document: dict[str, Any] = json.loads((folder / "out.json").read_text())
    (folder / "out.json").unlink()
    return {name: sorted(one["anew"]) for name, one in document["projects"].items()}


def fresh_clone(origin: Path, folder: Path, kept: list[str]) -> Path:
    """A clone at `folder`, with what the paths `kept` matched in the one that was there before."""
    before = folder.parent / "before"
    shutil.rmtree(before, ignore_errors=True)
    if folder.exists():
        folder.rename(before)
    git(folder.parent, "clone", "-q", str(origin), str(folder))
    for path in (path for pattern in kept for path in before.glob(pattern)):
        target = folder / path.relative_to(before)
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", path, target], check=True)  # as an archive keeps times
    return folder


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """The repository that jobs clone."""
    return committed(tmp_path / "origin", SITES)


def github_steps() -> dict[str, Any]:
    """The steps of the job, by name, or by what they use."""
    steps = yaml.safe_load(block("GitHub Actions"))["jobs"]["assets"]["steps"]
    return {step.get("name") or step.get("uses", step.get("run")): step for step in steps}


def test_fresh_clone_at_github_rebuilds_nothing(origin: Path, tmp_path: Path) -> None:
    steps = github_steps()
    kept = steps["actions/cache@v4"]["with"]["path"].split()
    for shard, built in ((1, {"sites/blog": ["app.css"]}), (2, {"sites/shop": ["app.css"]})):
        command = steps["Build all"]["run"].replace("${{ matrix.shard }}/4", f"{shard}/2")
        assert rebuilt(fresh_clone(origin, tmp_path / f"job{shard}", kept), command) == built
        assert rebuilt(fresh_clone(origin, tmp_path / f"job{shard}", kept), command) == {name: [] for name in built}


def test_branch_at_github_builds_only_affected_projects(origin: Path, tmp_path: Path) -> None:
    job = fresh_clone(origin, tmp_path / "job", [])
    git(job, "checkout", "-q", "-b", "topic")
    committed(job, {"shared/_theme.scss": "i { color: tan }\n"})
    command = github_steps()["Build what the branch can change"]["run"].replace("${{ matrix.shard }}/4", "1/1")
    assert list(rebuilt(job, command)) == ["sites/blog"]


def test_fresh_clone_at_gitlab_rebuilds_nothing(origin: Path, tmp_path: Path) -> None:
    job = yaml.safe_load(block("GitLab"))["assets"]
    *_, command = job["script"]
    kept = job["cache"]["paths"]
    seen: dict[str, list[str]] = {}
    for index in (1, 2):
        node = {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": "2"}
        seen |= rebuilt(fresh_clone(origin, tmp_path / "job", []), command, **node)
        again = rebuilt(fresh_clone(origin, tmp_path / "job", kept), command, **node)
        assert list(again.values()) == [[]]
        (artifact,) = (tmp_path / "job").glob(job["artifacts"]["paths"][0])
        assert (artifact / "manifest.json").exists()
    assert seen == {"sites/blog": ["app.css"], "sites/shop": ["app.css"]}


def test_a_cache_mount_of_docker_is_used_by_the_next_build(tmp_path: Path) -> None:
    dockerfile = block("Docker").replace("\\\n", " ")
    (command,) = re.findall(r"^RUN --mount=type=cache,target=/var/cache/buildassets +(.*)$", dockerfile, re.MULTILINE)
    copied = re.findall(r"^COPY (\S+) \./", dockerfile, re.MULTILINE)
    assert copied == ["requirements.txt", "buildassets.toml", "assets"]
    command = command.replace("/var/cache/buildassets", str(tmp_path / "mount"))
    made = []
    for _ in range(2):
        shutil.rmtree(tmp_path / "app", ignore_errors=True)
        write_tree(tmp_path / "app", {"buildassets.toml": "", "assets/a.scss": "a { b { color: red } }\n"})
        shell(tmp_path / "app", f"{command} --json > ../out.json")
        made.append(sorted(json.loads((tmp_path / "out.json").read_text())["anew"]))
    assert made == [["a.css"], []]


def test_the_command_of_bazel_makes_the_archive_of_a_usual_build(tmp_path: Path) -> None:
    written = re.search(r'cmd = """(.*?)"""', block("Bazel"), re.DOTALL)
    assert written is not None
    sources = write_tree(tmp_path / "real", SITES)
    sandbox = tmp_path / "sandbox"
    names = [name for name in read_tree(sources) if name.startswith(("sites/blog/", "shared/"))]
    for name in names:
        (sandbox / name).parent.mkdir(parents=True, exist_ok=True)
        (sandbox / name).symlink_to(sources / name)
    (sandbox / "bin").mkdir()
    (sandbox / "bin/buildassets").symlink_to(Path(sys.executable).parent / "buildassets")
    command = written[1].replace("$(execpath :buildassets)", "bin/buildassets").replace("$@", "bin/assets.tar")
    command = command.replace("$(SRCS)", " ".join(names)).replace("$$", "$")
    bare = ["env", "-i", "PATH=/usr/bin:/bin", "bash", "-euo", "pipefail", "-c", command]
    done = subprocess.run(bare, cwd=sandbox, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    shell(sources / "sites/blog", "buildassets build -q && buildassets pack -q -o ../../usual.tar")
    assert (sandbox / "bin/assets.tar").read_bytes() == (sources / "usual.tar").read_bytes()


@pytest.mark.parametrize("heading", ["Turborepo", "Nx"])
def test_the_recipes_of_task_runners_are_json(heading: str) -> None:
    assert json.loads(block(heading))
