"""The recipes of docs/deploy/ci.md for Turborepo and Nx, with these."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Tree, read_tree, write_tree
from tests.corpus.packages import node_modules
from tests.docs.test_ci_recipes import block
from tests.workspace.repositories import committed

SITES: Tree = {
    ".gitignore": "node_modules\n.turbo\n.nx\nbuild\n",
    "buildassets-workspace.toml": 'projects = ["sites/*"]\n',
    "requirements.txt": "buildassets\n",
    "package.json": json.dumps(
        {"name": "x", "private": True, "packageManager": "npm@11.0.0", "workspaces": ["sites/*"]}
    ),
    "shared/_theme.scss": "i { color: red }\n",
    **{
        f"sites/{name}/package.json": json.dumps(
            {"name": name, "version": "1.0.0", "scripts": {"assets": "echo x >> ../../runs.log; buildassets build"}}
        )
        for name in ("a", "b")
    },
    **{f"sites/{name}/buildassets.toml": 'load_paths = ["../../shared"]\n' for name in ("a", "b")},
    **{f"sites/{name}/assets/app.scss": f'@use "theme"; .{name} {{ color: tan }}\n' for name in ("a", "b")},
}
QUIET = {"TURBO_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1", "NX_DAEMON": "false", "NX_NO_CLOUD": "true"}
RUNNERS = [
    ("Turborepo", "turbo.json", ["turbo", "run", "assets"]),
    ("Nx", "nx.json", ["nx", "run-many", "-t", "assets"]),
]


@pytest.mark.parametrize(("heading", "file", "command"), RUNNERS, ids=["turbo", "nx"])
def test_releases_are_restored_and_only_what_changed_is_built(
    tmp_path: Path, heading: str, file: str, command: list[str]
) -> None:
    write_tree(tmp_path, {**SITES, file: block(heading), ".gitignore": f"{SITES['.gitignore']!s}runs.log\n"})
    (tmp_path / "node_modules").symlink_to(node_modules("task_runners"))
    committed(tmp_path, {})
    assert builds(tmp_path, command) == 2
    before = [read_tree(tmp_path / f"sites/{name}/build") for name in "ab"]
    for name in "ab":
        shutil.rmtree(tmp_path / f"sites/{name}/build")
    assert builds(tmp_path, command) == 0
    assert [read_tree(tmp_path / f"sites/{name}/build") for name in "ab"] == before
    write_tree(tmp_path, {"sites/a/assets/app.scss": '@use "theme"; .a { color: blue }\n'})
    assert builds(tmp_path, command) == 1
    write_tree(tmp_path, {"shared/_theme.scss": "i { color: blue }\n"})
    assert builds(tmp_path, command) == 2


def builds(folder: Path, command: list[str]) -> int:
    """Return the number of builds that a task runner starts."""
    log = folder / "runs.log"
    log.write_text("")
    program, *arguments = command
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [folder / "node_modules/.bin" / program, *arguments],
        cwd=folder,
        env={**os.environ, **QUIET, "CI": "1", "GITLAB_CI": "1", "PATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return len(re.findall("x\n", log.read_text()))
