"""A program is the project's by the place where it really lies, and that of the running interpreter never is."""

import os
import sys
from pathlib import Path

import pytest

from buildassets.programs.places import lies_in_project, path_outside, program_outside
from tests.conftest import write_tree


@pytest.fixture
def site(tmp_path: Path) -> Path:
    program = "#!/bin/sh\n"
    tree = {"site/tools/one": program, "site/node_modules/.bin/two": program, "node_modules/.bin/three": program}
    write_tree(tmp_path, {**tree, "bin/four": program})
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        path.chmod(0o755)
    return tmp_path / "site"


@pytest.mark.parametrize(
    ("path", "is_own"),
    [
        ("tools/one", True),
        ("node_modules/.bin/two", True),
        ("../node_modules/.bin/three", True),
        ("../bin/four", False),
    ],
)
def test_place_decides(site: Path, path: str, is_own: bool) -> None:
    assert lies_in_project(str(site / path), str(site)) == is_own


def test_link_that_leads_into_the_project_is_of_the_project(site: Path) -> None:
    link = site.parent / "bin/linked"
    link.symlink_to(site / "tools/one")
    assert lies_in_project(str(link), str(site))


def test_link_to_the_project_s_folder_changes_nothing(site: Path) -> None:
    other = site.parent / "other"
    other.symlink_to(site)
    assert lies_in_project(str(site / "tools/one"), str(other))
    assert lies_in_project(str(other / "tools/one"), str(site))


def test_programs_of_the_interpreter_in_the_project_do_not_count(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(site / "tools"))
    assert not lies_in_project(str(site / "tools/one"), str(site))


@pytest.mark.parametrize("prefix", ["", "site"])
def test_project_in_the_environment_of_the_interpreter_counts(
    site: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    monkeypatch.setattr(sys, "prefix", str(site.parent / prefix))
    assert lies_in_project(str(site / "tools/one"), str(site))


@pytest.mark.parametrize("mark", [".git/HEAD", ".hg/store", ".jj/repo", ".svn/wc.db", "buildassets-workspace.toml"])
def test_repository_around_the_folder_is_the_project_s(site: Path, mark: str) -> None:
    assert not lies_in_project(str(site / "tools/one"), str(site / "frontend"))
    write_tree(site, {mark: "", "frontend/.git": "gitdir: elsewhere\n"})
    assert lies_in_project(str(site / "tools/one"), str(site / "frontend"))
    assert not lies_in_project(str(site.parent / "bin/four"), str(site / "frontend"))


def test_repository_that_is_the_home_folder_counts_and_one_around_that_does_not(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In containers the home folder often is the checkout."""
    write_tree(site.parent, {".git/HEAD": ""})
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(site.parent))
    assert lies_in_project(str(site.parent / "bin/four"), str(site))
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(site))
    assert not lies_in_project(str(site.parent / "bin/four"), str(site))


def test_path_outside_has_no_folder_of_the_project_and_no_relative_one(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [".", "", str(site / "tools"), str(site / "node_modules/.bin"), str(site.parent / "bin")]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    assert path_outside(str(site)) == str(site.parent / "bin")


def test_first_program_outside_is_found(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(site, {"tools/four": "#!/bin/sh\n"})
    (site / "tools/four").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(site / "tools"), str(site.parent / "bin")]))
    assert program_outside("four", str(site)) == str(site.parent / "bin/four")
    assert program_outside("one", str(site)) is None


def test_the_standard_library_below_the_folder_does_not_count() -> None:
    library = os.path.dirname(os.__file__)
    for folder in (os.path.dirname(os.path.dirname(library)), os.sep):
        assert not lies_in_project(os.path.join(library, "dataclasses.py"), folder)
