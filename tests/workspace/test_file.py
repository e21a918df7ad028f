from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from buildassets.workspace.file import find_workspace
from tests.conftest import Tree, write_tree

SITES: Tree = {f"sites/{name}/assets/a.css": "" for name in ("a", "b", "old")}


def names(folder: Path, files: Tree) -> list[str]:
    """The names of the projects of a workspace with `files` and the usual sites."""
    return [project.name for project in find_workspace(str(write_tree(folder, {**SITES, **files}))).projects]


def fault(folder: Path, files: Tree) -> str:
    """The code and message of the one fault of such a workspace."""
    with pytest.raises(ConfigError) as raised:
        names(folder, files)
    (found,) = raised.value.diagnostics
    return f"{found.code}: {found.message}"


@pytest.mark.parametrize(
    ("projects", "found"),
    [
        ('"sites/*"', ["sites/a", "sites/b", "sites/old"]),
        ('"sites/?"', ["sites/a", "sites/b"]),
        ('"./sites/a/"', ["sites/a"]),
        ('"**"', ["sites/a", "sites/b", "sites/old"]),
        ('"sites/b", "sites/*"', ["sites/a", "sites/b", "sites/old"]),
        ('"*/[ab]"', ["sites/a", "sites/b"]),
    ],
)
def test_globs_name_folders(tmp_path: Path, projects: str, found: list[str]) -> None:
    assert names(tmp_path, {"buildassets-workspace.toml": f"projects = [{projects}]"}) == found


def test_excluded_folder_is_not_a_project(tmp_path: Path) -> None:
    text = 'projects = ["sites/*"]\nexclude = ["sites/old"]\n'
    assert names(tmp_path, {"buildassets-workspace.toml": text}) == ["sites/a", "sites/b"]


def test_no_wildcard_matches_hidden_folders_and_packages_of_npm(tmp_path: Path) -> None:
    files = {f"{folder}/assets/a.css": "" for folder in (".cache", "node_modules/x", "sites/node_modules")}
    text = 'projects = ["**", "node_modules/*"]'
    assert names(tmp_path, {**files, "buildassets-workspace.toml": text}) == [
        *("node_modules/x", "sites/a", "sites/b", "sites/old")
    ]


def test_folder_inside_of_a_project_is_not_a_project(tmp_path: Path) -> None:
    inside = {"sites/a/assets/static/x.css": "", "sites/a/build/manifest.json": "{}", "sites/a/build/assets/a.css": ""}
    configured = {"sites/a/admin/buildassets.toml": "", "assets/a.css": ""}
    files = {**inside, **configured, "buildassets-workspace.toml": 'projects = ["**"]'}
    assert names(tmp_path, files) == [".", "sites/a", "sites/a/admin", "sites/b", "sites/old"]


def test_release_directory_is_not_a_project(tmp_path: Path) -> None:
    files = {"sites/build/manifest.json": "{}", "sites/build/assets/a.css": ""}
    found = names(tmp_path, {**files, "buildassets-workspace.toml": 'projects = ["sites/*"]'})
    assert found == ["sites/a", "sites/b", "sites/old"]


def test_link_to_a_project_is_not_another_project(tmp_path: Path) -> None:
    write_tree(tmp_path, SITES)
    (tmp_path / "sites/z").symlink_to("a")
    found = names(tmp_path, {"buildassets-workspace.toml": 'projects = ["sites/*"]'})
    assert found == ["sites/a", "sites/b", "sites/old"]


def test_a_folder_with_a_configuration_is_a_project(tmp_path: Path) -> None:
    configured = {
        "x/a/buildassets.toml": 'sources = ["front"]',
        "x/b/pyproject.toml": "[tool.buildassets]\n",
        "x/c/pyproject.toml": '[project]\ndependencies = ["buildassets"]\n',
        "x/d/static/a.css": "",
    }
    found = names(tmp_path, {**configured, "buildassets-workspace.toml": 'projects = ["x/*"]'})
    assert found == ["x/a", "x/b", "x/d"]


def test_the_folder_of_the_workspace_can_be_a_project(tmp_path: Path) -> None:
    files = {"assets/a.css": "", "buildassets-workspace.toml": 'projects = [".", "sites/a"]'}
    assert names(tmp_path, files) == [".", "sites/a"]


def test_the_members_of_a_workspace_of_uv_are_projects(tmp_path: Path) -> None:
    text = '[tool.uv.workspace]\nmembers = ["sites/*"]\nexclude = ["sites/old"]\n'
    assert names(tmp_path, {"pyproject.toml": text}) == ["sites/a", "sites/b"]


def test_the_root_of_a_workspace_of_uv_is_a_project_if_it_is_configured(tmp_path: Path) -> None:
    text = '[tool.buildassets]\n[tool.uv.workspace]\nmembers = ["sites/a"]\n'
    assert names(tmp_path, {"pyproject.toml": text, "assets/a.css": ""}) == [".", "sites/a"]


def test_our_file_takes_precedence_over_that_of_uv(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["sites/*"]\n',
        "buildassets-workspace.toml": 'projects = ["sites/a"]',
    }
    assert names(tmp_path, files) == ["sites/a"]


def test_our_file_without_projects_takes_the_members_of_uv(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["sites/*"]\n', "buildassets-workspace.toml": ""}
    assert names(tmp_path, files) == ["sites/a", "sites/b", "sites/old"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('project = ["sites/*"]', "config/unknown-key: unknown key `project`"),
        ('projects = "sites/*"', "config/type: `projects` is a string, not an array"),
        ('projects = ["../x"]', "config/value: `projects[0]` leaves the workspace: `../x`"),
        ('projects = ["/srv"]', "config/value: `projects[0]` leaves the workspace: `/srv`"),
        ('projects = ["sites/c"]', "workspace/project: cannot find the project `sites/c`"),
        ('projects = ["site/*"]', "workspace/no-projects: no folder that `projects` names is a project"),
        ("", "workspace/no-projects: the workspace has no projects"),
        ("projects = [", "config/syntax: "),
    ],
)
def test_faults_of_the_file_are_reported(tmp_path: Path, text: str, message: str) -> None:
    assert fault(tmp_path, {"buildassets-workspace.toml": text}).startswith(message)


def test_a_named_folder_without_sources_is_a_fault(tmp_path: Path) -> None:
    files = {"docs/a.md": "", "buildassets-workspace.toml": 'projects = ["sites/a", "docs"]'}
    assert fault(tmp_path, files).startswith("workspace/project: `docs` is not a project: ")
