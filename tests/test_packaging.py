"""The wheel, built and installed as a user's image would."""

import os
import runpy
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing_tool

ROOT = Path(__file__).parents[1]
HOOK = runpy.run_path(str(ROOT / "native/build_hook.py"))
LIBRARY = f"buildassets/compiler/languages/native/{HOOK['library_name']()}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout."""
    return wheel_of(ROOT, tmp_path_factory.mktemp("wheel"))


def wheel_of(source: Path, folder: Path, **variables: str) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, check=True, timeout=300, env={**os.environ, **variables})
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel is made of, in a folder where it can be spoilt."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("src", "native"):
        ignored = shutil.ignore_patterns("target", "__pycache__", HOOK["library_name"]())
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def spoilt(copied: Path) -> Iterator[Path]:
    """The same with a library that cannot be compiled."""
    root = copied / "native/src/lib.rs"
    text = root.read_text("utf-8")
    root.write_text("this is no Rust", "utf-8")
    yield copied
    root.write_text(text, "utf-8")


def compiles() -> bool:
    """Whether there is what compiles the library."""
    found = shutil.which("cargo") or shutil.which("cargo", path=str(Path.home() / ".cargo/bin"))
    return bool(found and shutil.which("cc"))


def test_a_wheel_has_the_lexers_for_every_python_of_the_platform_where_they_compile(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (name,) = (name for name in names if name.endswith(".dist-info/WHEEL"))
        described = archive.read(name).decode()
    assert (LIBRARY in names) is compiles()
    tag = HOOK["tag"]() if compiles() else "py3-none-any"
    assert f"Tag: {tag}\n" in described
    assert wheel.name.endswith(f"{tag}.whl")


def test_a_wheel_has_the_page_of_each_diagnostic(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("buildassets/pages/")}
    written = {path.relative_to(ROOT / "docs/errors").as_posix() for path in (ROOT / "docs/errors").rglob("*.md")}
    assert packed == {f"buildassets/pages/{name}" for name in written}


def test_a_wheel_has_the_parts_of_the_page_of_a_report(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    assert {f"buildassets/release/report/page.{suffix}" for suffix in ("css", "html", "js")} <= packed


def test_a_wheel_is_pure_where_the_lexers_are_turned_off(copied: Path, tmp_path: Path) -> None:
    wheel = wheel_of(copied, tmp_path, BUILDASSETS_NATIVE="0")
    assert wheel.name.endswith("py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert LIBRARY not in archive.namelist()


def test_a_wheel_is_pure_where_the_lexers_do_not_compile_and_a_warning_gives_the_reason(
    spoilt: Path, tmp_path: Path
) -> None:
    if not compiles():
        missing_tool("there is no cargo")
    command = [sys.executable, "-m", "pip", "wheel", "-v", "--no-deps", "--wheel-dir", str(tmp_path), str(spoilt)]
    environment = {name: value for name, value in os.environ.items() if name != "BUILDASSETS_NATIVE"}
    done = subprocess.run(command, check=True, timeout=300, capture_output=True, text=True, env=environment)
    assert (
        "the lexers are not compiled, and those in Python are used instead: cargo exited" in done.stdout + done.stderr
    )
    assert "this is no Rust" in done.stdout + done.stderr
    assert [path.name.endswith("py3-none-any.whl") for path in tmp_path.glob("*.whl")] == [True]


def test_there_is_no_wheel_where_lexers_are_required_and_do_not_compile(spoilt: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(spoilt)]
    environment = {**os.environ, "BUILDASSETS_NATIVE": "require"}
    done = subprocess.run(command, timeout=300, capture_output=True, text=True, env=environment)
    assert done.returncode
    assert "the lexers are not compiled, and BUILDASSETS_NATIVE is `require`" in done.stdout + done.stderr


def test_the_source_distribution_holds_the_sources_of_the_lexers(tmp_path: Path) -> None:
    sdist = pytest.importorskip("hatchling.builders.sdist").SdistBuilder(str(ROOT))
    (path,) = sdist.build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    sources = {one.relative_to(ROOT).as_posix() for one in (ROOT / "native/src").rglob("*.rs")}
    assert sources | {"native/Cargo.toml", "native/Cargo.lock", "native/build_hook.py"} <= names
    assert not [name for name in names if "/target/" in name or name.endswith(HOOK["library_name"]())]


def test_the_wheel_holds_the_package_and_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    modules = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    assert modules <= names
    data = {"py.typed", "config.schema.json", "manifest.schema.json", "runtime/livereload.js"}
    assert {f"buildassets/{name}" for name in data} <= names
    installed = {name for name in names if ".dist-info/" not in name and ".data/" not in name}
    assert {name.partition("/")[0] for name in installed} == {"buildassets"}


def test_an_environment_with_the_wheel_has_the_manual_page(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    command = [sys.executable, "-m", "pip", "--python", str(tmp_path / "venv/bin/python")]
    subprocess.run([*command, "install", "--quiet", "--no-deps", str(wheel)], check=True, timeout=300)
    page = tmp_path / "venv/share/man/man1/buildassets.1"
    assert page.read_text("utf-8").startswith(".TH BUILDASSETS 1 ")
    if not shutil.which("man"):
        missing_tool("there is no man")
    path = f"{tmp_path / 'venv/bin'}{os.pathsep}{os.defpath}"
    done = subprocess.run(["man", "-w", "buildassets"], env={"PATH": path}, capture_output=True, text=True)
    assert done.stdout.strip() == str(page)


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
