"""Files for GitHub and pre-commit match their schemas; the action and the hook install the package and run it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.conftest import NOT_SHOWN, find_tool, write_tree
from tests.release_tools import checked, release_tools

pytestmark = pytest.mark.thorough

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
def test_files_match_their_schema(schema: str) -> None:
    checked("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *SCHEMAS[schema])


def test_workflows_and_the_action_have_no_known_weakness() -> None:
    checked("zizmor", "--offline", "--config", ".github/zizmor.yml", ".github/workflows", "action.yml")


Outputs = Mapping[str, str]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "site", {"web app/assets/a.css": "a { color: tan }\n"})


class Job:
    """A run of the action on `site`, as GitHub would have it on Linux."""

    def __init__(self, site: Path, **inputs: str) -> None:
        self._site = site
        self._inputs = {name: str(described.get("default", "")) for name, described in ACTION["inputs"].items()}
        self._inputs |= {name.replace("_", "-"): value for name, value in inputs.items()}
        self._files = {name: site.parent / name for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in self._files.values():
            path.write_text("")

    def run(self, step_name: str, **inputs: str) -> "subprocess.CompletedProcess[str]":
        """Run the step with `inputs`; files of outputs have only those of the last step."""
        (step,) = (step for step in ACTION["runs"]["steps"] if step["name"] == step_name)
        given = {**self._inputs, **inputs}
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            self._files[name].write_text("")
        kept = {name: value for name, value in os.environ.items() if name != "CI"}
        own = {name: filled(text, given) for name, text in step["env"].items()}
        around = {"RUNNER_TEMP": str(self._site.parent), "GITHUB_ACTION_PATH": str(ROOT)}
        path = os.pathsep.join((*self._read("GITHUB_PATH").split(), kept["PATH"]))
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self._site / filled(step["working-directory"], given),
            env={**kept, **{name: str(file) for name, file in self._files.items()}, **around, "PATH": path, **own},
            capture_output=True,
            text=True,
        )

    @property
    def outputs(self) -> Outputs:
        return dict(line.split("=", 1) for line in self._read("GITHUB_OUTPUT").splitlines())

    @property
    def summary(self) -> str:
        return self._read("GITHUB_STEP_SUMMARY")

    def _read(self, name: str) -> str:
        return self._files[name].read_text()


def filled(text: str, given: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], text)


def test_action_installs_builds_and_sums_up(site: Path) -> None:
    job = Job(site, working_directory="web app", python=sys.executable)
    done = job.run("Install buildassets")
    assert done.returncode == 0, done.stderr

    done = job.run("Run buildassets")
    assert done.returncode == 0, done.stderr
    assert job.outputs["manifest"] == str(site / "web app/build/manifest.json")
    assert job.outputs["release"] in Path(job.outputs["manifest"]).read_text()
    assert "a.css" in job.summary or "style sheets" in job.summary

    done = job.run("Run buildassets", output="other place", summary="false")
    assert done.returncode == 0, done.stderr
    assert (site / "web app/other place/manifest.json").exists()
    assert job.summary == ""

    done = job.run("Run buildassets", arguments="check $(touch planted); true")
    assert done.returncode == 2
    assert not (site / "web app/planted").exists()


_PLANTED = """import io
with io.open({mark!r}, "a") as file:
    file.write(__name__ + "\\n")
"""
# Names that the standard library, pip, virtual environments and this package have, and what starts with Python.
_NAMES = (
    *("venv", "ensurepip", "json", "os", "sys", "re", "runpy", "codecs", "encodings/__init__", "site", "buildassets"),
    *("pip/__init__", "pip/__main__", "sitecustomize", "usercustomize", "hostile", "setup", "hatchling/build"),
)


@pytest.mark.parametrize("arguments", ["check --no-run", "build"])
def test_action_runs_no_python_of_the_project(site: Path, arguments: str) -> None:
    mark = site / "ran"
    planted = {f"web app/{name}.py": _PLANTED.format(mark=str(mark)) for name in _NAMES}
    system = '[build-system]\nrequires = []\nbuild-backend = "hostile"\nbackend-path = ["."]\n'
    write_tree(site, {**planted, "web app/hostile.pth": "import hostile\n", "web app/pyproject.toml": system})
    job = Job(site, working_directory="web app", python=sys.executable, arguments=arguments)
    for step in ("Install buildassets", "Run buildassets"):
        done = job.run(step)
        assert done.returncode == 0, done.stderr
    assert not mark.exists(), mark.read_text()
    assert (arguments == "build") == ("release" in job.outputs)


def test_action_writes_outputs_for_a_configured_release_directory_only(site: Path) -> None:
    job = Job(site, working_directory="web app", python=sys.executable)
    job.run("Install buildassets")
    named = {"web app/named.toml": 'output = "elsewhere"\n', "web app/lines.toml": 'output = "a\\nrelease=b"\n'}
    write_tree(site, named)
    assert job.run("Run buildassets", arguments="build --config named.toml").returncode == 0
    assert job.outputs["manifest"] == str(site / "web app/elsewhere/manifest.json")
    assert job.run("Run buildassets", arguments="build --config lines.toml").returncode != 0
    assert job.outputs == {}


def test_action_names_a_python_that_is_too_old(site: Path) -> None:
    old = sorted(Path.home().glob(".pyenv/versions/3.10.*/bin/python"))
    if not old:
        pytest.skip(f"{NOT_SHOWN}: there is no Python 3.10")
    done = Job(site).run("Install buildassets", python=str(old[0]))
    assert done.returncode == 1
    assert "buildassets needs Python 3.11 or newer: run actions/setup-python first" in done.stderr


def committed(folder: Path) -> Path:
    """Make `folder` a repository with one more commit."""
    commands = ("init -q", "add -A", "-c user.name=a -c user.email=a@b.test commit -qm a --no-verify")
    for command in commands:
        subprocess.run([find_tool("git"), *command.split()], cwd=folder, check=True)
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
