"""Which files a set has, and what was looked at for that."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from buildassets.compiler.transform.input_sets import input_set, matches_any
from tests.conftest import write_tree

FILES = (
    *("a.less", "less/b.less", "less/deep/c.less", "less/.hidden.less", "less/d.css", "build/e.less"),
    *("node_modules/x/f.less", ".cache/g.less", "less/h.less~"),
)


def found(folder: Path, *globs: str) -> list[str]:
    made = input_set(str(folder), globs, [str(folder / "build")])
    return [os.path.relpath(path, folder) for path in made.files]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "project", dict.fromkeys(FILES, ""))


@pytest.mark.parametrize(
    ("globs", "names"),
    [
        (["a.less"], ["a.less"]),
        (["*.less"], ["a.less"]),
        (["less/*.less"], ["less/b.less"]),
        (["less/**"], ["less/b.less", "less/d.css", "less/deep/c.less"]),
        (["less"], ["less/b.less", "less/d.css", "less/deep/c.less"]),
        (["less/"], ["less/b.less", "less/d.css", "less/deep/c.less"]),
        (["less/**/*.less"], ["less/b.less", "less/deep/c.less"]),
        (["less/*/c.less", "a.less"], ["a.less", "less/deep/c.less"]),
        (["**/*.less"], ["a.less", "less/b.less", "less/deep/c.less"]),
        (["node_modules/x/*.less"], ["node_modules/x/f.less"]),
        (["*/x/*.less"], []),
        (["less/.*.less"], ["less/.hidden.less"]),
        (["none.less", "none/**"], []),
    ],
)
def test_the_files_of_a_set(project: Path, globs: Sequence[str], names: list[str]) -> None:
    assert found(project, *globs) == names
    assert matches_any(str(project), globs[0], [str(project / "build")]) == bool(names)


def test_a_set_outside_of_the_folder(project: Path) -> None:
    write_tree(project.parent, {"shared/s.less": ""})
    assert found(project, "../shared/*.less", f"{project}/a.less") == ["a.less", "../shared/s.less"]


def test_looked_at_paths_are_recorded(project: Path) -> None:
    made = input_set(str(project), ["less/**", "none.less", "none/*"], [])
    looked_at = [os.path.relpath(path, project) for path in made.looked_at]
    assert looked_at == ["less", "less/deep", "none", "none.less"]
