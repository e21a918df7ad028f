from pathlib import Path

import pytest

from buildassets.errors import ConfigError
from buildassets.foundation.permission import BUILDING
from buildassets.workspace.members import Project
from buildassets.workspace.outputs import Outputs
from tests.conftest import write_tree


def projects(folder: Path, outputs: dict[str, str]) -> list[Project]:
    """A project for each of `outputs`, its release directory, in a folder of its name."""
    write_tree(folder, {f"{name}/buildassets.toml": f'output = "{output}"\n' for name, output in outputs.items()})
    write_tree(folder, {f"{name}/assets/x.css": "" for name in outputs})
    return [Project(name, str(folder / name), "buildassets.toml") for name in outputs]


def claimed(outputs: Outputs, *claiming: Project) -> list[str]:
    """The messages about those that cannot have their release directory."""
    messages = []
    for project in claiming:
        try:
            outputs.claim(project, project.config(permission=BUILDING))
        except ConfigError as fault:
            messages += [one.message for one in fault.diagnostics]
    return messages


@pytest.mark.parametrize(
    ("of_a", "of_b", "why"),
    [
        ("../out", "../out", "`../out` is that of `a`, too"),
        ("build", "../a", "`../a` is the folder of `a`"),
        ("../out", "../out/assets", "`../out/assets` lies in that of `a`"),
        ("../out", "../out/assets/x/y", "`../out/assets/x/y` lies in that of `a`"),
        ("../out/assets/x", "../out", "`../out` has that of `a` in it"),
    ],
)
def test_shared_release_directory_is_refused(tmp_path: Path, of_a: str, of_b: str, why: str) -> None:
    both = projects(tmp_path, {"a": of_a, "b": of_b})
    assert claimed(Outputs(both), *both) == [f"the release directory {why}"]


@pytest.mark.parametrize(("of_a", "of_b"), [("build", "build"), ("../out", "../out/b"), ("../assets/a", "../assets/b")])
def test_release_directories_may_be_siblings(tmp_path: Path, of_a: str, of_b: str) -> None:
    both = projects(tmp_path, {"a": of_a, "b": of_b})
    assert claimed(Outputs(both), *both) == []


def test_link_to_a_release_directory_counts_as_that_directory(tmp_path: Path) -> None:
    both = projects(tmp_path, {"a": "../out", "b": "../link"})
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")
    assert claimed(Outputs(both), *both) == ["the release directory `../link` is that of `a`, too"]


def test_moved_or_removed_project_frees_its_release_directory(tmp_path: Path) -> None:
    a, b = projects(tmp_path, {"a": "../out", "b": "../out"})
    outputs = Outputs([a, b])
    assert len(claimed(outputs, a, a, b)) == 1
    (tmp_path / "a/buildassets.toml").write_text("")
    assert claimed(outputs, a, b) == []
    outputs.has([a])
    (tmp_path / "a/buildassets.toml").write_text('output = "../out"\n')
    assert claimed(outputs, a) == []
