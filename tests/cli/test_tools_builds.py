"""Builds by locked compilers: with nothing to do, after another lock, and where a compiler is missing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from buildassets.packages.tools.kinds import TOOLS, platform_of
from tests.cli.test_tools import project, published, registry
from tests.command import run
from tests.conftest import settle
from tests.packages.server import Registry

__all__ = ["project", "published", "registry"]
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.thorough,
    pytest.mark.skipif(platform_of(TOOLS["esbuild"]) != "linux-x64", reason="the compilers are those of Linux on x64"),
]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the folders of Linux")
@pytest.mark.parametrize("variable", ["XDG_DATA_HOME", "HOME"])
def test_a_build_with_nothing_to_do_misses_a_locked_tool_in_another_folder(project: Path, variable: str) -> None:
    home = {"BUILDASSETS_TOOLS_DIR": "", "XDG_DATA_HOME": "", "HOME": str(project.parent / "home")}
    assert run(project, "tools", "install", "esbuild", "dart-sass", **home).returncode == 0
    for _ in range(3):  # the last has nothing to do
        settle()
        assert run(project, "build", **home).returncode == 0
    for elsewhere in ({variable: str(project.parent / "empty")}, {"BUILDASSETS_TOOLS_DIR": "empty"}):
        done = run(project, "build", **{**home, **elsewhere})
        assert done.returncode == 1
        assert "error[js/unavailable]: `esbuild` is in `buildassets.lock` and not installed here" in done.stderr
    assert ", wrote nothing, " in run(project, "build", **home).stderr


def test_build_after_another_lock_is_made_again(project: Path, registry: Registry) -> None:
    assert run(project, "tools", "install", "esbuild", "dart-sass").returncode == 0
    assert run(project, "build").returncode == 0
    assert "wrote nothing" in run(project, "build").stderr
    run(project, "tools", "remove", "dart-sass")
    assert "wrote nothing" not in run(project, "build").stderr
    manifest = json.loads((project / "build/manifest.json").read_text())
    assert manifest["generator"]["engines"]["scss"] != "dart-sass 1.108.2 (lock)"


def test_a_build_with_nothing_to_do_loads_nothing_for_locked_tools(project: Path) -> None:
    assert run(project, "tools", "install", "esbuild", "dart-sass").returncode == 0
    command = [sys.executable, "-X", "importtime", "-m", "buildassets", "build"]
    for _ in range(3):
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    assert "wrote nothing" in done.stderr
    assert "buildassets.packages" not in done.stderr
    assert "tomllib" not in done.stderr


def test_a_locked_sass_is_the_engine_without_a_setting(project: Path, registry: Registry) -> None:
    (project / "buildassets.toml").write_text(f'registry = "{registry.url}"\n')
    assert run(project, "tools", "install", "dart-sass").returncode == 0
    done = run(project, "build")
    manifest = json.loads((project / "build/manifest.json").read_text())
    assert manifest["generator"]["engines"]["scss"] == "dart-sass 1.108.2 (lock)"
    assert "note: Sass was compiled by" not in done.stderr
