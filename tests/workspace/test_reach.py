from pathlib import Path

import pytest

from buildassets.foundation.permission import BUILDING
from buildassets.workspace.changes import Repository
from buildassets.workspace.file import find_workspace
from buildassets.workspace.reach import reached_projects
from tests.conftest import Tree, write_tree
from tests.workspace.repositories import committed

SITES: Tree = {
    "buildassets-workspace.toml": 'projects = ["sites/*"]\n',
    "sites/a/assets/a.css": "a { }\n",
    "sites/b/assets/b.css": "b { }\n",
    "sites/c/assets/c.css": "c { }\n",
    "README.md": "",
}


def reached(folder: Path, files: Tree, *changed: str) -> list[str]:
    """The names, without `sites/`, of the projects that a change of the files `changed` reaches."""
    committed(folder, {**SITES, **files})
    for name in changed:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + "\n")
    workspace, repository = find_workspace(str(folder)), Repository(str(folder))
    causes = reached_projects(
        workspace.projects,
        workspace.folder,
        repository.changed_since("HEAD"),
        config_of=lambda project: project.config(permission=BUILDING),
        last_read=lambda _project, _config: (),
        upward=repository.upward_paths,
    )
    return [name.removeprefix("sites/") for name in causes]


def test_without_a_change_none_is_reached(tmp_path: Path) -> None:
    assert reached(tmp_path, {}) == []


@pytest.mark.parametrize("name", ["assets/a.css", "assets/new.css", "buildassets.toml", "package-lock.json"])
def test_a_change_in_a_project_reaches_that_one(tmp_path: Path, name: str) -> None:
    assert reached(tmp_path, {}, f"sites/a/{name}") == ["a"]


def test_a_change_elsewhere_reaches_none(tmp_path: Path) -> None:
    assert reached(tmp_path, {"docs/x.md": ""}, "README.md", "docs/x.md", "tools/new.py") == []


@pytest.mark.parametrize(
    "name",
    [
        *("buildassets-workspace.toml", "buildassets.lock", "package-lock.json"),
        *("uv.lock", "pyproject.toml", "requirements-build.txt"),
    ],
)
def test_a_lock_or_a_file_of_the_workspace_reaches_all(tmp_path: Path, name: str) -> None:
    assert reached(tmp_path, {}, name) == ["a", "b", "c"]


def test_a_lock_above_the_workspace_reaches_all(tmp_path: Path) -> None:
    below = {f"web/{name}": text for name, text in SITES.items()}
    committed(tmp_path, {**below, "yarn.lock": ""})
    write_tree(tmp_path, {"yarn.lock": "x"})
    workspace, repository = find_workspace(str(tmp_path / "web")), Repository(str(tmp_path / "web"))
    causes = reached_projects(
        workspace.projects,
        workspace.folder,
        repository.changed_since("HEAD"),
        config_of=lambda project: project.config(permission=BUILDING),
        last_read=lambda _project, _config: (),
        upward=repository.upward_paths,
    )
    assert list(causes) == ["sites/a", "sites/b", "sites/c"]


@pytest.mark.parametrize(
    "settings",
    [
        'load_paths = ["../../lib"]',
        'sources = ["assets", "../../lib"]',
        'sources = ["assets", { path = "../../lib/deep", prefix = "lib" }]',
        '[templates]\ndirs = ["../../lib"]',
        '[commands.less]\nfrom = "less"\nto = "css"\nrun = ["true"]\ninputs = ["../../lib/**/*.less"]',
        '[commands.less]\nfrom = "less"\nto = "css"\nrun = ["../../lib/deep/x.css"]',
    ],
)
def test_a_change_of_what_settings_name_reaches_that_project(tmp_path: Path, settings: str) -> None:
    files = {"sites/b/buildassets.toml": settings + "\n", "lib/deep/x.css": "a { }\n"}
    assert reached(tmp_path, files, "lib/deep/x.css") == ["b"]


def test_a_source_root_in_another_project_is_reached_by_its_changes(tmp_path: Path) -> None:
    files = {"sites/b/buildassets.toml": 'sources = ["assets", "../a/assets"]\n'}
    assert reached(tmp_path, files, "sites/a/assets/a.css") == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        '@use "../../a/assets/theme";',
        "@import '../../a/assets/_theme.scss'",
        "a { background: url(../../a/assets/x.svg) }",
    ],
)
def test_a_change_of_a_file_that_another_project_reads_reaches_both(tmp_path: Path, text: str) -> None:
    files = {"sites/b/assets/b.scss": text + "\n", "sites/a/assets/_theme.scss": "$x: 1;\n"}
    assert reached(tmp_path, files, "sites/a/assets/_theme.scss") == ["a", "b"]


def test_files_that_are_read_indirectly_count(tmp_path: Path) -> None:
    files = {
        "sites/c/buildassets.toml": 'load_paths = ["../../lib"]\n',
        "lib/_l.scss": '@use "../shared/theme/q";\n',
        "shared/theme/_q.scss": '@use "deep/r"; @use "../colours/c";\n',
    }
    changed = ("shared/theme/deep/_r.scss", "shared/colours/_c.scss")
    for number, name in enumerate(changed):
        assert reached(tmp_path / str(number), files, name) == ["c"]


def test_reference_to_the_folder_of_all_projects_reaches_those_it_names(tmp_path: Path) -> None:
    files = {"sites/b/assets/b.scss": '@use "../../theme";\n', "sites/_theme.scss": "", "sites/_other.scss": ""}
    assert reached(tmp_path / "1", files, "sites/_theme.scss") == ["b"]
    assert reached(tmp_path / "2", files, "sites/_other.scss") == []


def test_a_package_that_npm_links_reaches_those_who_link_it(tmp_path: Path) -> None:
    (tmp_path / "sites/b/node_modules/@x").mkdir(parents=True)
    (tmp_path / "sites/b/node_modules/@x/ui").symlink_to("../../../../packages/ui")
    files = {
        "sites/b/buildassets.toml": 'sources = ["assets", { path = "node_modules", npm = true }]\n',
        "packages/ui/index.js": "export {};\n",
        ".gitignore": "node_modules\n",
    }
    assert reached(tmp_path, files, "packages/ui/index.js") == ["b"]


def test_releases_that_are_not_ignored_reach_none(tmp_path: Path) -> None:
    assert reached(tmp_path, {}, "sites/a/build/manifest.json", "sites/b/build.maps/x", "sites/c/build.cdx.json") == []


def test_project_that_reads_a_release_is_reached_with_its_project(tmp_path: Path) -> None:
    files = {
        "sites/b/buildassets.toml": 'sources = ["assets", { path = "../a/build/assets", prefix = "a" }]\n',
        "sites/a/build/assets/x.css": "",
    }
    assert reached(tmp_path, files, "sites/a/assets/a.css") == ["a", "b"]


def test_a_project_in_another_reaches_that_one_alone(tmp_path: Path) -> None:
    files = {
        "buildassets-workspace.toml": 'projects = [".", "sites/*"]\n',
        "assets/x.css": "a { }\n",
    }
    assert reached(tmp_path / "1", files, "sites/a/assets/a.css") == ["a"]
    assert reached(tmp_path / "2", files, "assets/x.css") == ["."]


def test_a_project_with_a_wrong_configuration_is_reached(tmp_path: Path) -> None:
    assert reached(tmp_path, {"sites/b/buildassets.toml": "minfy = true\n"}) == ["b"]
