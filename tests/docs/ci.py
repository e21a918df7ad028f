"""Runs the commands that pages show for CI systems, in a repository of git, as a runner would."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import Tree, write_tree

DOCS = Path(__file__).parents[2] / "docs"
_GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@b.example")
_INSTALL = "pip install"


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of `page` in a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


def runnable(steps: Iterable[Any]) -> list[Mapping[str, Any]]:
    """The steps of a job of GitHub's that run commands here: no installation, and nothing that asks GitHub."""
    return [step for step in steps if "run" in step and not step["run"].startswith((_INSTALL, "gh "))]


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with `${{ name }}` replaced; KeyError for a name that has no value."""
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: values[found[1]], text)


def shell(script: str, folder: Path, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run `script` in `folder` with bash as runners do; the test fails if it does."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**kept, **environment, "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def script(lines: Iterable[str]) -> str:
    """The lines of a job of GitLab's without those that install packages."""
    return "\n".join(line for line in lines if not line.startswith(_INSTALL))


def repository(folder: Path, before: Tree, after: Tree) -> Path:
    """A clone in `folder/clone` whose branch changes `before`, which is `main` at its origin, into `after`."""
    origin = write_tree(folder / "origin", before)
    git(origin, "init", "--quiet", "--initial-branch=main")
    commit(origin)
    git(folder, "clone", "--quiet", str(origin), "clone")
    git(folder / "clone", "checkout", "--quiet", "-b", "change")
    commit(write_tree(folder / "clone", after))
    return folder / "clone"


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=a")


def git(folder: Path, *arguments: str) -> str:
    """Return the output of git."""
    return subprocess.run([*_GIT, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def loaded(text: str) -> Any:
    """YAML as a value; the key `on`, which YAML 1.1 takes for true, stays text."""
    return yaml.safe_load(re.sub(r"^on:", '"on":', text, flags=re.MULTILINE))
