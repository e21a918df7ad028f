"""The wheel, built and installed as a user's image would."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, timeout=300)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_package_and_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    modules = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    assert modules <= names
    data = {"py.typed", "manifest.schema.json", "runtime/livereload.js"}
    assert {f"buildassets/{name}" for name in data} <= names
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"buildassets"}


def test_pytest_finds_the_fixture_of_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
        assert "[pytest11]\nbuildassets = buildassets.testing.pytest_plugin\n" in archive.read(name).decode()


@pytest.mark.parametrize("framework", ["flask", "quart"])
def test_frameworks_find_the_commands_of_the_wheel(wheel: Path, framework: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
        said = archive.read(name).decode()
    assert f"[{framework}.commands]\nassets = buildassets.runtime.flask:commands\n" in said


def test_the_run_stage_needs_no_dependency(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = str(tmp_path / "venv/bin/python")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(command, check=True, timeout=300)
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"schema": 1, "url": "/a/", "assets": {"b.css": {"file": "b.0.css"}}}')
    program = "import sys; from buildassets.runtime import Assets; print(Assets(sys.argv[1]).url('b.css'))"
    done = subprocess.run([python, "-I", "-c", program, str(manifest)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "/a/b.0.css\n"), done.stderr
