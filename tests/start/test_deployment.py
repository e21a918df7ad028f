"""The step that installs locked tools: each build of a deployment has it, or is named with the line to write."""

import subprocess
from pathlib import Path

import pytest
import yaml

from buildassets.project.files import ProjectFiles
from buildassets.start.deployment import INSTALL, collecting, deployment
from buildassets.start.edits import ByHand, FileEdit
from tests.conftest import write_tree

WORKFLOW = ".github/workflows/deploy.yml"
JOIN = f"{INSTALL} && "


def steps(tmp_path: Path, file: str, text: str) -> tuple[list[FileEdit | ByHand], bool]:
    return deployment(ProjectFiles(str(write_tree(tmp_path, {file: text}))))


# The file, its text with JOIN where it is inserted.
EDITED = [
    ("Dockerfile", f"RUN {JOIN}buildassets build"),
    ("Dockerfile", f"RUN {JOIN}python manage.py assets build"),
    ("Dockerfile.web", f"RUN pip install . && {JOIN}buildassets build -q"),
    ("deploy/web.dockerfile", f"RUN pip install . \\\n && {JOIN}buildassets build \\\n && ls"),
    ("Containerfile", f"RUN pip install . && \\\n    {JOIN}buildassets \\\n    build"),
    (WORKFLOW, f"jobs:\n- run: {JOIN}buildassets build"),
    (WORKFLOW, f"jobs:\n- run: |\n    make\n    {JOIN}buildassets build\n  env:\n    A: 'b'"),
    (WORKFLOW, f"jobs:\n- name: buildassets build\n  run: {JOIN}buildassets build\n  shell: bash"),
]


@pytest.mark.parametrize(("file", "after"), EDITED)
def test_tools_are_installed_before_each_build(file: str, after: str, tmp_path: Path) -> None:
    edits, has_step = steps(tmp_path, file, after.replace(JOIN, "") + "\n")
    assert [(edit.file, edit.after) for edit in edits if isinstance(edit, FileEdit)] == [(file, f"{after}\n")]
    assert len(edits) == 1
    assert has_step
    commands = after.removeprefix("RUN ")
    if file == WORKFLOW:
        commands = yaml.safe_load(after)["jobs"][0]["run"]
    subprocess.run(["sh", "-n"], input=commands, encoding="utf-8", check=True)


@pytest.mark.parametrize("runner", ["uv run ", "uvx ", "python -m ", "/opt/venv/bin/"])
def test_the_program_that_runs_the_build_installs_the_tools(runner: str, tmp_path: Path) -> None:
    [edit], _ = steps(tmp_path, "Dockerfile", f"RUN {runner}buildassets build\n")
    assert isinstance(edit, FileEdit)
    assert edit.after == f"RUN {runner}{INSTALL} && {runner}buildassets build\n"


# The file, its text, the line that is named, and what is to be written in its place, or to be run before it.
NAMED = [
    ("Dockerfile", "RUN set -e; buildassets build", 1, f"RUN set -e; {JOIN}buildassets build"),
    ("Dockerfile", 'RUN ["uv", "run", "buildassets", "build"]', 1, f"RUN uv run {INSTALL}"),
    ("Dockerfile", "RUN if a; then buildassets build; fi", 1, f"RUN if a; then {JOIN}buildassets build; fi"),
    ("Dockerfile", "FROM x\nRUN <<E\nbuildassets build\nE", 3, f"{JOIN}buildassets build"),
    (
        "Dockerfile",
        "RUN --mount=type=cache,target=/x uvx buildassets build",
        1,
        f"RUN --mount=type=cache,target=/x uvx {INSTALL} && uvx buildassets build",
    ),
    ("Dockerfile", "RUN A=1 buildassets build", 1, f"RUN {INSTALL}"),
    ("Dockerfile", "CMD buildassets build && gunicorn app", 1, f"RUN {INSTALL}"),
    ("Dockerfile", 'SHELL ["powershell"]\nRUN buildassets build', 2, f"RUN {INSTALL}"),
    (WORKFLOW, '- run: "buildassets build"', 1, f'- run: "{JOIN}buildassets build"'),
    (WORKFLOW, "- {run: buildassets build}", 1, f"- {{run: {JOIN}buildassets build}}"),
    (WORKFLOW, "- run: >-\n    buildassets\n    build", 2, f"- run: {INSTALL}"),
    (WORKFLOW, "- run: |\n    if [ -f a ]; then\n      buildassets build\n    fi", 3, f"{JOIN}buildassets build"),
    (WORKFLOW, "- run: buildassets build\n  shell: cmd", 1, f"- run: {JOIN}buildassets build"),
    (WORKFLOW, "- run: buildassets build\n  shell: powershell", 1, f"- run: {INSTALL}"),
    (
        ".gitlab-ci.yml",
        "web:\n  script:\n  - python -m buildassets build",
        3,
        f"- python -m {INSTALL} && python -m buildassets build",
    ),
    (".circleci/config.yml", "- run: buildassets build", 1, f"- run: {JOIN}buildassets build"),
    ("compose.yaml", "services:\n  web:\n    command: buildassets build", 3, INSTALL),
    ("docker-compose.yml", "command:\n- buildassets\n- build", 2, INSTALL),
    ("Procfile", "web: gunicorn a\nrelease: flask assets build", 2, f"release: {JOIN}flask assets build"),
    ("heroku.yml", "release:\n  command:\n  - buildassets build", 3, f"- {JOIN}buildassets build"),
    (
        "render.yaml",
        "- buildCommand: pip install . && buildassets build",
        1,
        f"- buildCommand: pip install . && {JOIN}buildassets build",
    ),
    ("Makefile", "assets:\n\t@buildassets build", 2, f"@{JOIN}buildassets build"),
    ("bin/deploy.sh", "set -e\nbuildassets build", 2, f"{JOIN}buildassets build"),
]


@pytest.mark.parametrize(("file", "text", "number", "line"), NAMED)
def test_other_builds_are_named_with_the_line_to_write(
    file: str, text: str, number: int, line: str, tmp_path: Path
) -> None:
    found, has_step = steps(tmp_path, file, f"{text}\n")
    assert [(one.file, one.lines) for one in found if isinstance(one, ByHand)] == [(file, (line,))]
    assert len(found) == 1
    assert f"line {number}" in getattr(found[0], "place", "")
    assert not has_step


@pytest.mark.parametrize(
    ("text", "has_step"),
    [
        ("RUN buildassets tools install && buildassets build\n", True),
        ('RUN ["buildassets", "tools", "install"]\nRUN set -e; buildassets build\n', True),
        ("# RUN buildassets build\nCOPY build build\n", False),
        ("RUN pip install buildassets\nRUN build\n", False),
        ("RUN make assets\n", False),
    ],
)
def test_other_files_are_left_alone(text: str, tmp_path: Path, *, has_step: bool) -> None:
    assert steps(tmp_path, "Dockerfile", text) == ([], has_step)


def test_one_build_by_hand_leaves_a_deployment_without_the_step(tmp_path: Path) -> None:
    found, has_step = steps(tmp_path, "Dockerfile", "RUN buildassets build\nCMD buildassets build\n")
    assert [type(one) for one in found] == [FileEdit, ByHand]
    assert not has_step


def test_a_project_without_such_files_has_no_step(tmp_path: Path) -> None:
    assert steps(tmp_path, "app.py", "") == ([], False)


def test_collectstatic_without_a_build_is_named(tmp_path: Path) -> None:
    files = {
        "Dockerfile": "FROM x\nRUN python manage.py collectstatic --noinput\n",
        ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: ./manage.py collectstatic\n",
        "release.sh": "python manage.py assets build\npython manage.py collectstatic\n",
    }
    project = ProjectFiles(str(write_tree(tmp_path, files)))
    assert [*collecting(project)] == ["Dockerfile:2", ".github/workflows/ci.yml:4"]
