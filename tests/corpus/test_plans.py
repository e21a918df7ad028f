"""A plan is true for published projects: after `migrate SYSTEM --write`, builds and checks find only what it lists."""

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.command import run
from tests.conftest import find_tool, missing_tool
from tests.corpus.packages import FETCH_TIMEOUT_SECONDS, cache_folder, only_one_process
from tests.corpus.wheels import wheels

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not os.environ.get("BUILDASSETS_PROJECTS"), reason="`make corpus` runs it"),
]
_HERE: Final = Path(__file__).resolve().parent
# Projects that no other test has.
_REPOSITORIES: Final[Mapping[str, str]] = {
    "codeblog": "Zachacious/NerdVenture-CodeBlog@221eade3b13cc6abf61779ee4c48e70bbeb69cf4",
    "docker-flask-example": "nickjj/docker-flask-example@0f36a9d7965e652c4b675053c8ccdf2de2170d7f",
    "documentcloud": "documentcloud/documentcloud@272245be63edcb302577f839b4e0b905c39591f0",
    "refinerycms": "refinery/refinerycms@b31d093a0c1c28f33ec532dcf527b8fae1ea3ad3",
    "thredded": "thredded/thredded@b45e98a5fa994e3b03462499910633f9506f66fe",
}
# Systems by project: of `projects.toml` with a repository, of `plans.txt` and `plans_wheels.txt`, or of those above.
_SYSTEMS: Final[Mapping[str, tuple[str, ...]]] = {
    "CTFd": ("vite",),
    "campfire": ("propshaft", "importmap"),
    "ckan": ("webassets",),
    "codeblog": ("pipeline",),
    "docker-flask-example": ("static-digest",),
    "documentcloud": ("jammit",),
    "django-locallibrary": ("django", "whitenoise"),
    "healthchecks": ("compressor", "whitenoise"),
    "horizon": ("compressor",),
    "lobsters": ("sprockets",),
    "misago": ("django",),
    "pretalx": ("django", "vite"),
    "pretix": ("compressor",),
    "refinerycms": ("sprockets",),
    "thredded": ("sprockets",),
    "wger": ("django",),
}
# The folder below a repository's top, and options of `migrate`, of projects that need them.
_FOLDERS: Final[Mapping[str, str]] = {"codeblog": "CodeBlog"}
_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {"codeblog": ("--settings", "CodeBlog.settings.production")}


def _source(project: str) -> Path:
    """The folder of the project as it was published."""
    if project in (_HERE / "plans.txt").read_text().replace("==", " ").split():
        (folder,) = wheels("plans", "--no-binary=:all:").glob(f"{project}-*")
        return folder
    if project in (_HERE / "plans_wheels.txt").read_text().replace("==", " ").split():
        return wheels("plans_wheels")
    rows = tomllib.loads((_HERE / "projects.toml").read_text())
    return _repository(_REPOSITORIES.get(project) or rows[project]["github"]) / _FOLDERS.get(project, ".")


def _repository(named: str) -> Path:
    """The files of a repository on GitHub at a commit, `OWNER/NAME@COMMIT`, fetched once."""
    repository, _, commit = named.partition("@")
    folder = cache_folder() / f"{repository.replace('/', '+')}-{commit[:12]}"
    with only_one_process():
        if not folder.is_dir():
            staging = folder.with_name("incoming-repository")
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(parents=True)
            fetch = ["fetch", "--quiet", "--depth", "1", f"https://github.com/{repository}", commit]
            for command in (["init", "--quiet"], fetch, ["checkout", "--quiet", "FETCH_HEAD"]):
                _git(staging, *command)
            shutil.rmtree(staging / ".git")
            staging.rename(folder)
    return folder


def _git(folder: Path, *command: str) -> None:
    try:
        done = subprocess.run(
            [find_tool("git"), *command], cwd=folder, capture_output=True, text=True, timeout=FETCH_TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired:
        missing_tool(f"git did not fetch a repository within {FETCH_TIMEOUT_SECONDS} seconds")
    if done.returncode:
        missing_tool(f"git could not fetch a repository: {done.stderr}")


@pytest.mark.parametrize(
    ("project", "system"), [(project, system) for project, systems in _SYSTEMS.items() for system in systems]
)
def test_build_and_check_find_only_what_the_plan_lists(project: str, system: str, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(_source(project), folder, symlinks=True)
    plan = json.loads(run(folder, "migrate", system, *_OPTIONS.get(project, ()), "--write", "--json").stdout)
    listed: dict[tuple[str, int], str] = {}
    for line in plan["lines"]:
        place = line["file"], line["line"]
        listed[place] = f"{listed.get(place, '')}; {line['note']}"
    assert listed
    for verb in ("build", "check"):
        found = json.loads(run(folder, verb, "--json").stdout)["diagnostics"]
        places = [(*_place(one["location"]), one["message"]) for one in found]
        assert [one for one in places if one[2] not in listed.get(one[:2], "")] == []


def _place(location: Mapping[str, Any] | None) -> tuple[str, int]:
    return (location["file"], location["line"] or 1) if location else ("buildassets.toml", 1)
