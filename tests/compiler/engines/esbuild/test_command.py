"""The esbuild that is chosen, and the error where none runs."""

import os
import platform
import sys
from pathlib import Path

import pytest

from buildassets.compiler.engines.esbuild.command import find_esbuild, natives
from buildassets.compiler.engines.failures import UnavailableError
from buildassets.foundation.permission import BUILDING
from tests.packages.installed import put_tool

MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
NATIVE = f"@esbuild/{sys.platform}-{MACHINE}/bin/esbuild"


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it but what the programs of this file need."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(path: Path, *lines: str) -> Path:
    """A shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("#!/bin/sh", *lines)))
    path.chmod(0o755)
    return path


def complaint(folder: Path) -> UnavailableError:
    """Why no esbuild is found for `folder`."""
    with pytest.raises(UnavailableError) as caught:
        find_esbuild(str(folder), permission=BUILDING)
    return caught.value


def test_program_of_the_nearest_node_modules_is_taken(tmp_path: Path, path: Path) -> None:
    program(path / "esbuild", "echo 0.20.0")
    program(tmp_path / "node_modules/.bin/esbuild", "echo 0.21.0")
    nearest = program(tmp_path / "site/node_modules/.bin/esbuild", "echo 0.22.0")
    (tmp_path / "site/assets").mkdir()
    found = find_esbuild(str(tmp_path / "site/assets"), permission=BUILDING)
    assert (found.path, found.version) == (str(nearest), "0.22.0")


def test_program_on_path_is_taken_where_no_node_modules_has_one(tmp_path: Path, path: Path) -> None:
    (tmp_path / "node_modules/.bin").mkdir(parents=True)
    on_path = program(path / "esbuild", "echo 0.20.0")
    assert find_esbuild(str(tmp_path), permission=BUILDING).path == str(on_path)


@pytest.mark.parametrize("where", [NATIVE, f"esbuild/node_modules/{NATIVE}"])
def test_program_for_this_machine_goes_before_the_script_that_starts_it(where: str, tmp_path: Path) -> None:
    program(tmp_path / "node_modules/.bin/esbuild", "exit 1")
    native = program(tmp_path / "node_modules" / where, "echo 0.25.1")
    assert find_esbuild(str(tmp_path), permission=BUILDING).path == str(native)


def test_program_is_found_where_packages_are_links(tmp_path: Path) -> None:
    store = tmp_path / "node_modules/.pnpm/esbuild@0.25.1/node_modules"
    native = program(store / NATIVE, "echo 0.25.1")
    (store / "esbuild").mkdir()
    os.symlink(store / "esbuild", tmp_path / "node_modules/esbuild")
    assert find_esbuild(str(tmp_path), permission=BUILDING).path == str(native)


def test_nothing_found_says_how_to_get_it(tmp_path: Path) -> None:
    why = complaint(tmp_path)
    assert why.message == "esbuild is not installed"
    assert "npm install" in why.hint
    assert "PATH" in why.hint


def test_file_that_may_not_be_run_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "node_modules/.bin/esbuild", "echo 0.25.1").chmod(0o644)
    assert complaint(tmp_path).message == "esbuild is not installed"


def test_windows_names_its_processor_without_being_asked_by_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """`platform.machine` runs `cmd /c ver` there, where the system has no WMI."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delattr("os.uname", raising=False)
    monkeypatch.setattr("platform.uname", None)
    monkeypatch.setenv("PROCESSOR_ARCHITECTURE", "AMD64")
    assert all("@esbuild/win32-x64/esbuild.exe" in path.replace(os.sep, "/") for path in natives("node_modules"))


def test_program_for_another_machine_is_named_as_the_user_would(tmp_path: Path) -> None:
    binary = tmp_path / "node_modules/.bin/esbuild"
    program(binary).write_bytes(b"\x7fELF\x02\x01\x01" + bytes(60))
    why = complaint(tmp_path)
    assert why.message == "`node_modules/.bin/esbuild` cannot be started: exec format error"


def test_output_of_a_program_that_fails_is_reported(tmp_path: Path) -> None:
    program(tmp_path / "node_modules/.bin/esbuild", "echo >&2", "echo 'no package for this machine' >&2", "exit 1")
    why = complaint(tmp_path)
    assert why.message == "`node_modules/.bin/esbuild` is not an esbuild that runs"
    assert why.notes == ["its output: no package for this machine"]


def test_program_that_is_not_esbuild_is_reported(tmp_path: Path) -> None:
    program(tmp_path / "node_modules/.bin/esbuild", "echo hello")
    assert complaint(tmp_path).notes == ["exit status 0"]


def test_old_version_is_refused(tmp_path: Path) -> None:
    program(tmp_path / "node_modules/.bin/esbuild", "echo 0.16.17")
    why = complaint(tmp_path)
    assert why.message == "`node_modules/.bin/esbuild` is too old: esbuild 0.16.17"
    assert why.hint == "install esbuild 0.17 or later"


def test_the_locked_one_goes_before_all_others_and_is_not_started(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / "tools"))
    program(path / "esbuild", "echo 0.27.0")
    (locked,) = put_tool(tmp_path, tmp_path / "tools", "esbuild", "0.28.2", f"no program {tmp_path}")
    found = find_esbuild(str(tmp_path), permission=BUILDING)
    assert (found.path, found.version, found.origin) == (str(locked), "0.28.2", "lock")
    assert found.shown == "esbuild 0.28.2 (lock)"
    locked.write_text("another")
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / "empty"))
    assert complaint(tmp_path).message == "`esbuild` is in `buildassets.lock` and not installed here"


def test_a_locked_one_can_be_too_old(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / "tools"))
    put_tool(tmp_path, tmp_path / "tools", "esbuild", "0.16.0", f"too old {tmp_path}")
    assert "is too old: esbuild 0.16.0" in complaint(tmp_path).message
