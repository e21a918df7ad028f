"""Files for GitHub and for pre-commit: sound by their schemas, and what they run does what they are for."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from buildassets import __version__
from tests.conftest import write_tree
from tests.release_tools import checked, release_tools

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
SCHEMAS = {
    "github-workflows": (".github/workflows/ci.yml", ".github/workflows/docs.yml", ".github/workflows/release.yml"),
    "github-actions": ("action.yml",),
    "github-issue-forms": (".github/ISSUE_TEMPLATE/bug.yml", ".github/ISSUE_TEMPLATE/idea.yml"),
    "github-issue-config": (".github/ISSUE_TEMPLATE/config.yml",),
    "dependabot": (".github/dependabot.yml",),
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_are_as_their_schema_has_them(schema: str) -> None:
    checked("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *SCHEMAS[schema])


def test_workflows_and_the_action_have_no_known_weakness() -> None:
    checked("zizmor", "--offline", "--config", ".github/zizmor.yml", ".github/workflows", "action.yml")


def test_only_the_upload_has_rights_and_no_password_is_used() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    rights = {name: job.get("permissions") for name, job in workflow["jobs"].items() if "permissions" in job}
    assert rights == {"publish": {"contents": "read", "id-token": "write", "attestations": "write"}}
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text("utf-8")


def run_action(site: Path, inputs: Mapping[str, str]) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Run the steps of the action that run programs, as GitHub would on Linux; also gives what it hands on."""
    given = {name: str(described.get("default", "")) for name, described in ACTION["inputs"].items()} | dict(inputs)
    files = {name: str(site.parent / name) for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for path in files.values():
        Path(path).write_text("")
    shared = {**os.environ, **files, "RUNNER_TEMP": str(site.parent), "GITHUB_ACTION_PATH": str(ROOT)}
    shared = {name: value for name, value in shared.items() if name != "CI"}
    done = subprocess.CompletedProcess[str]([], 0, "", "")
    for step in ACTION["runs"]["steps"]:
        if done.returncode == 0 and "run" in step:
            path = os.pathsep.join((*Path(files["GITHUB_PATH"]).read_text().split(), shared["PATH"]))
            own = {name: filled(text, given) for name, text in step["env"].items()}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=site / filled(step["working-directory"], given),
                env={**shared, "PATH": path, **own},
                capture_output=True,
                text=True,
            )
    return done, {name: Path(path).read_text() for name, path in files.items()}


def filled(text: str, given: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], text)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "site", {"web app/assets/a.css": "a { color: tan }\n"})


def test_the_action_installs_builds_and_sums_up(site: Path) -> None:
    inputs = {"working-directory": "web app", "python": sys.executable}
    done, handed = run_action(site, inputs)
    assert done.returncode == 0, done.stderr
    outputs = dict(line.split("=", 1) for line in handed["GITHUB_OUTPUT"].splitlines())
    assert outputs["manifest"] == str(site / "web app/build/manifest.json")
    assert outputs["release"] in Path(outputs["manifest"]).read_text()
    assert "a.css" in handed["GITHUB_STEP_SUMMARY"] or "style sheets" in handed["GITHUB_STEP_SUMMARY"]
    done, handed = run_action(site, {**inputs, "output": "other place", "summary": "false"})
    assert (site / "web app/other place/manifest.json").exists()
    assert handed["GITHUB_STEP_SUMMARY"] == ""
    done, _ = run_action(site, {**inputs, "arguments": "check $(touch planted); true"})
    assert done.returncode == 2
    assert not (site / "web app/planted").exists()


def test_the_action_names_a_python_that_is_too_old(site: Path) -> None:
    old = sorted(Path.home().glob(".pyenv/versions/3.10.*/bin/python"))
    if not old:
        pytest.skip("there is no Python 3.10")
    done, _ = run_action(site, {"python": str(old[0])})
    assert done.returncode == 1
    assert "buildassets needs Python 3.11 or newer: run actions/setup-python first" in done.stderr


def committed(folder: Path) -> Path:
    """`folder` as a repository with one commit."""
    commands = ("init -q", "add -A", "-c user.name=a -c user.email=a@b.test commit -qm a --no-verify")
    for command in commands:
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    return folder


def test_pre_commit_runs_the_hook_from_a_clone(tmp_path: Path) -> None:
    checked("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    hooks = tmp_path / "hooks"
    ignored = shutil.ignore_patterns("target", "__pycache__", "native.lexers.*")
    for name in ("src", "native", "docs"):
        shutil.copytree(ROOT / name, hooks / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, hooks)
    site = committed(write_tree(tmp_path / "site", {"assets/a.css": "a { background: url(none.png) }\n"}))
    committed(hooks)
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "BUILDASSETS_NATIVE": "0"}
    command = [str(release_tools() / "pre-commit"), "try-repo", str(hooks), "buildassets-check", "--all-files"]

    def attempt() -> tuple[int, str]:
        done = subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    code, shown = attempt()
    assert (code, "error[reference/missing]: cannot find `none.png`" in shown) == (1, True), shown
    committed(write_tree(site, {"assets/a.css": "a { color: tan }\n"}))
    assert attempt()[0] == 0


def release_tag(tag: str) -> Any:
    return subprocess.run([sys.executable, str(ROOT / "scripts/release-tag"), tag], capture_output=True, text=True)


def test_a_tag_of_another_version_is_refused() -> None:
    done = release_tag("v99.0.0")
    assert done.returncode == 1
    assert "error: the tag is v99.0.0, and the version in src/buildassets/_version.py is " in done.stderr


def test_the_version_has_a_dated_heading_in_the_changelog() -> None:
    assert release_tag(f"v{__version__}").returncode == 0
