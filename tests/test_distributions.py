"""What is uploaded: the source distribution and wheels, checked by others' programs, and installed on every Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import missing_tool
from tests.release_tools import checked, release_tools
from tests.test_packaging import compiles

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source distribution, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [str(release_tools() / "python"), "-m", "build", "--outdir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (path,) = dist.glob("*.whl")
    return path


def python_of(version: str) -> str:
    """A Python of this version that can make environments: of PATH, or of pyenv. None: the test is skipped."""
    places = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"))
    for place in (shutil.which(f"python{version}"), *map(str, places)):
        if place and subprocess.run([place, "-c", "import sys, venv"], capture_output=True).returncode == 0:
            return place
    pytest.skip(f"there is no Python {version}")


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


@pytest.mark.parametrize("version", PYTHONS)
@pytest.mark.parametrize("form", ["whl", "tar.gz"])
def test_it_installs_and_builds_a_site(version: str, form: str, dist: Path, tmp_path: Path) -> None:
    subprocess.run([python_of(version), "-m", "venv", str(tmp_path / "env")], check=True)
    own = str(tmp_path / "env/bin/python")
    (path,) = dist.glob(f"*.{form}")
    done = subprocess.run([own, "-m", "pip", "install", "--quiet", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([own, str(ROOT / "scripts/wheel-test")], cwd=tmp_path, capture_output=True, text=True)
    if compiles():
        assert (done.returncode, "lexers: native" in done.stdout) == (0, True), done.stdout + done.stderr
    else:
        assert "no native lexers" in done.stderr


def test_cibuildwheel_has_a_wheel_for_each_platform_of_the_workflow() -> None:
    workflow = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    known = ""
    for platform in ("linux", "macos", "windows"):
        for arch in ("x86_64", "aarch64", "arm64", "AMD64", "ARM64"):
            command = [str(release_tools() / "cibuildwheel"), "--print-build-identifiers", "--platform", platform]
            done = subprocess.run([*command, "--archs", arch], cwd=ROOT, capture_output=True, text=True)
            known += done.stdout
    builds = [part.split('"')[0] for part in workflow.split('build: "')[1:]]
    assert len(builds) == 8
    assert [build for build in builds if build not in known.split()] == []
