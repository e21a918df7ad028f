from pathlib import Path

import pytest

from buildassets.project.dependencies import dependencies
from buildassets.project.files import ProjectFiles
from tests.conftest import Tree, write_tree


@pytest.mark.parametrize(
    ("files", "python", "installer"),
    [
        ({"requirements.txt": "# x\nFlask>=3\n-r more.txt\nmy_pkg[extra] @ https://x.test/a.whl\n"},
         {"flask", "my-pkg"}, "pip"),
        ({"requirements/base.in": "a\n", "requirements-dev.txt": "b==1; python_version > '3'\n"}, {"a", "b"}, "pip"),
        ({"pyproject.toml": "[project]\ndependencies = ['Django~=5.2']\n[dependency-groups]\ndev = ['x', {}]\n"},
         {"django", "x"}, "pip"),
        ({"pyproject.toml": "[project]\ndependencies = ['a']\n", "uv.lock": ""}, {"a"}, "uv"),
        ({"pyproject.toml": "[tool.poetry.dependencies]\npython = '3'\nFlask = '3'\n"}, {"python", "flask"}, "poetry"),
        ({"Pipfile": "[packages]\nflask = '*'\n"}, {"flask"}, "pipenv"),
        ({"pyproject.toml": "[project", "requirements.txt": b"\xff", "package.json": "{"}, set(), "pip"),
    ],
)  # fmt: skip
def test_dependencies_of_python_are_read_from_many_files(
    files: Tree, python: set[str], installer: str, tmp_path: Path
) -> None:
    found = dependencies(ProjectFiles(str(write_tree(tmp_path, files))))
    assert (set(found.python), found.installer) == (python, installer)


def test_dependencies_of_npm_are_read_from_each_package_json(tmp_path: Path) -> None:
    files: Tree = {
        "package.json": '{"dependencies": {"a": "1"}}',
        "front/package.json": '{"devDependencies": {"b": "1"}}',
        "node_modules/c/package.json": '{"dependencies": {"d": "1"}}',
    }
    assert dependencies(ProjectFiles(str(write_tree(tmp_path, files)))).node == {"a", "b"}


def test_the_first_file_is_what_a_deployment_installs(tmp_path: Path) -> None:
    names = ("docs/requirements.txt", "requirements-dev.txt", "deploy/requirements.txt", "requirements.txt")
    files = ProjectFiles(str(write_tree(tmp_path, dict.fromkeys(names, "flask\n"))))
    assert dependencies(files).files == (names[3], names[2], names[1], names[0])
