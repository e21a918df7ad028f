"""The source distribution and wheels to be uploaded: checked by third-party programs, and installed on every Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOT_SHOWN, missing_tool
from tests.distributions import ROOT, compiles, linked_checkout
from tests.environments import make_environment, uv
from tests.release_tools import checked, release_tools

pytestmark = pytest.mark.thorough

PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that is built from it in an environment of its own."""
    folder = tmp_path_factory.mktemp("dist")
    source = linked_checkout(tmp_path_factory.mktemp("checkout"))
    command = [str(release_tools() / "python"), "-m", "build", "--installer=uv", "--outdir", str(folder), str(source)]
    path = f"{Path(uv()).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (path,) = dist.glob("*.whl")
    return path


def python_of(version: str) -> str:
    """Return a Python of this version: of PATH, or of pyenv. None: the test is skipped."""
    places = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))
    for place in (shutil.which(f"python{version}"), *map(str, places)):
        if place and subprocess.run([place, "-c", "import venv"], capture_output=True).returncode == 0:
            return place
    pytest.skip(f"{NOT_SHOWN}: there is no Python {version}")


def test_twine_and_check_wheel_contents_find_nothing(dist: Path, wheel: Path) -> None:
    names = [str(path) for path in dist.iterdir()]
    assert checked("twine", "check", "--strict", *names).count("PASSED") == 2
    assert ": OK" in checked("check-wheel-contents", str(wheel))


def test_auditwheel_makes_a_wheel_for_many_linuxes_and_every_python(wheel: Path, tmp_path: Path) -> None:
    if not compiles() or sys.platform != "linux":
        missing_tool("there is no cargo")
    path = f"{release_tools()}{os.pathsep}{os.environ['PATH']}"
    command = [str(release_tools() / "auditwheel"), "repair", "-w", str(tmp_path), str(wheel)]
    done = subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (repaired,) = tmp_path.glob("*.whl")
    assert "-py3-none-manylinux" in repaired.name
    assert repaired.name.count("-cp") == 0


def assert_builds_a_site(environment: Path, folder: Path) -> None:
    command = [str(environment / "bin/python"), str(ROOT / "scripts/wheel-test")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if compiles():
        assert (done.returncode, "lexers: native" in done.stdout) == (0, True), done.stdout + done.stderr
    else:
        assert "no native lexers" in done.stderr


@pytest.mark.parametrize("version", PYTHONS)
def test_installed_wheel_builds_a_site(version: str, wheel: Path, tmp_path: Path) -> None:
    done = make_environment(tmp_path / "env", str(wheel), python=python_of(version))
    assert done.returncode == 0, done.stderr
    assert_builds_a_site(tmp_path / "env", tmp_path)


def test_source_distribution_that_pip_installs_builds_a_site(dist: Path, tmp_path: Path) -> None:
    make_environment(tmp_path / "env", "pip")
    (path,) = dist.glob("*.tar.gz")
    command = [str(tmp_path / "env/bin/python"), "-m", "pip", "install", "--quiet", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert_builds_a_site(tmp_path / "env", tmp_path)


def test_cibuildwheel_has_a_wheel_for_each_platform_of_the_workflow() -> None:
    workflow = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    builds = [part.split('"')[0] for part in workflow.split('build: "')[1:]]
    command = [str(release_tools() / "cibuildwheel"), "--print-build-identifiers", "--archs", "all", "--platform"]
    known = {
        build
        for platform in ("linux", "macos", "windows")
        for build in subprocess.run([*command, platform], cwd=ROOT, capture_output=True, text=True).stdout.split()
    }
    assert len(builds) == 8
    assert [build for build in builds if build not in known] == []
