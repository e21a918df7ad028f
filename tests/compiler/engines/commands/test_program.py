"""Where programs are looked for, and in which order."""

import json
import os
from pathlib import Path

import pytest

from buildassets.compiler.engines.commands import program
from buildassets.compiler.engines.commands.program import Program, find_program
from buildassets.compiler.engines.failures import UnavailableError
from tests.conftest import write_tree
from tests.packages.installed import put_tool


def executable(path: Path) -> Path:
    write_tree(path.parent, {path.name: "#!/bin/sh\n"})
    path.chmod(0o755)
    return path


def installed(folder: Path, name: str, version: str) -> Path:
    """A package of npm's with a program of its own name, as npm installs it."""
    described = json.dumps({"name": name, "version": version})
    write_tree(folder, {f"node_modules/{name}/package.json": described})
    executable(folder / f"node_modules/{name}/bin/{name}.js")
    link = folder / f"node_modules/.bin/{name}"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(f"../{name}/bin/{name}.js")
    return link


def origin(folder: Path, name: str) -> str:
    return find_program(str(folder), name).origin


@pytest.mark.parametrize("name", ["tools/less", "./tools/less", "../project/tools/less"])
def test_a_relative_path_is_one_from_the_folder(tmp_path: Path, name: str) -> None:
    path = executable(tmp_path / "project/tools/less")
    found = find_program(str(tmp_path / "project"), name)
    assert os.path.samefile(found.command[0], path)
    assert found.origin == "project"


def test_absolute_path_is_unchanged(tmp_path: Path) -> None:
    path = executable(tmp_path / "elsewhere/less")
    assert find_program(str(tmp_path), str(path)).command == (str(path),)


def test_the_order_of_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, on_path = tmp_path / "project", executable(tmp_path / "bin/less")
    monkeypatch.setenv("PATH", str(on_path.parent), prepend=os.pathsep)
    project.mkdir()
    assert origin(project, "less") == "PATH"
    link = installed(tmp_path, "less", "4.2.0")  # a folder above, as in a workspace
    assert find_program(str(project), "less").command == (str(link),)
    executable(project / "less")
    assert origin(project, "less") == "project"


def test_folder_of_the_same_name_is_not_a_program(tmp_path: Path) -> None:
    (tmp_path / "less").mkdir()
    installed(tmp_path, "less", "4.2.0")
    assert origin(tmp_path, "less") == "node_modules"


def test_a_package_of_npm_has_a_version(tmp_path: Path) -> None:
    installed(tmp_path, "less", "4.2.0")
    found = find_program(str(tmp_path), "less")
    assert found.version == "less 4.2.0"
    assert {os.path.basename(path) for path in found.files} == {"less.js", "package.json"}


def test_a_program_of_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = "../bin/tool,sha256=x,1\ntool.py,sha256=y,2\n"
    write_tree(tmp_path, {"site/acme_tool-1.2.dist-info/RECORD": record})
    script = executable(tmp_path / "bin/tool")
    executable(tmp_path / "bin/other")  # as npm, too, puts programs there
    paths = {"scripts": tmp_path / "bin", "purelib": tmp_path / "site", "platlib": tmp_path / "site"}
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(paths[name]))
    program._wheel_version.cache_clear()
    found = find_program(str(tmp_path / "project"), "tool")
    assert (found.command, found.origin, found.version) == ((str(script),), "wheel", "acme_tool 1.2")
    with pytest.raises(UnavailableError):
        find_program(str(tmp_path / "project"), "other")


def test_python_is_that_of_this_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "bin/python")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_program(str(tmp_path), "python").origin == "wheel"


def test_a_locked_tool_goes_before_all_others_and_is_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, "esbuild", "0.27.0")
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / "tools"))
    (locked,) = put_tool(tmp_path, tmp_path / "tools", "esbuild", "0.28.2", f"no program {tmp_path}")
    found = find_program(str(tmp_path), "esbuild")
    assert (found.command, found.origin, found.version) == ((str(locked),), "lock", "0.28.2")
    monkeypatch.setenv("BUILDASSETS_TOOLS_DIR", str(tmp_path / "empty"))
    with pytest.raises(UnavailableError, match="not installed here"):
        find_program(str(tmp_path), "esbuild")


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("lessc", "there is no program `lessc`", "npm install"),
        ("./lessc", "there is no program `./lessc`", "correct the path"),
        ("lessc {path}", "there is no program `lessc {path}`", '`["lessc", "{path}"]`'),
        ("plain.sh", "`plain.sh` cannot be run: it is not executable", "chmod +x plain.sh"),
        ("./folder", "`./folder` cannot be run: it is a folder", "name the program"),
        ("esbuild", "there is no program `esbuild`", "buildassets tools install esbuild"),
    ],
)
def test_why_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str, hint: str) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    write_tree(tmp_path, {"plain.sh": "", "folder/a": ""})
    with pytest.raises(UnavailableError) as raised:
        find_program(str(tmp_path), name)
    assert raised.value.message == message
    assert hint in raised.value.hint


@pytest.mark.parametrize("record", [".package-lock.json", ".pnpm/lock.yaml", ".yarn-integrity", ".yarn-state.yml"])
def test_an_interpreter_of_packages_changes_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: str
) -> None:
    node = executable(tmp_path / "bin/node")
    monkeypatch.setenv("PATH", str(node.parent))
    write_tree(tmp_path, {f"node_modules/{record}": "{}"})
    packages = str(tmp_path / "node_modules" / record)
    assert find_program(str(tmp_path), "node") == Program((str(node),), "PATH", files=(str(node), packages))
