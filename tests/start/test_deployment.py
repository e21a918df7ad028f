"""The step that installs locked tools, in Dockerfiles and workflows that build the release."""

from pathlib import Path

import pytest

from buildassets.project.files import ProjectFiles
from buildassets.start.deployment import deployment
from tests.conftest import write_tree

WORKFLOW = ".github/workflows/deploy.yml"


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("Dockerfile", "RUN buildassets build", "RUN buildassets tools install && buildassets build"),
        (
            "Dockerfile.web",
            "RUN pip install . && uv run buildassets build -q",
            "RUN pip install . && uv run buildassets tools install && uv run buildassets build -q",
        ),
        (
            "web.dockerfile",
            "RUN python manage.py assets build",
            "RUN buildassets tools install && python manage.py assets build",
        ),
        (WORKFLOW, "      - run: buildassets build", "      - run: buildassets tools install && buildassets build"),
        (
            WORKFLOW,
            "        run: |\n          make\n          buildassets build",
            "        run: |\n          make\n          buildassets tools install && buildassets build",
        ),
    ],
)
def test_tools_are_installed_before_each_build(file: str, before: str, after: str, tmp_path: Path) -> None:
    edits, has_step = deployment(ProjectFiles(str(write_tree(tmp_path, {file: f"{before}\n"}))))
    assert [(edit.file, edit.after) for edit in edits] == [(file, f"{after}\n")]
    assert has_step


@pytest.mark.parametrize(
    ("text", "has_step"),
    [
        ("RUN buildassets tools install && buildassets build\n", True),
        ("# RUN buildassets build\nCOPY build build\n", False),
        ('RUN ["buildassets", "build"]\n', False),
    ],
)
def test_other_files_are_left_alone(text: str, tmp_path: Path, *, has_step: bool) -> None:
    assert deployment(ProjectFiles(str(write_tree(tmp_path, {"Dockerfile": text})))) == ([], has_step)


def test_a_project_without_such_files_has_no_step(tmp_path: Path) -> None:
    assert deployment(ProjectFiles(str(write_tree(tmp_path, {"app.py": ""})))) == ([], False)
