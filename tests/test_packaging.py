"""The wheel, built and installed as a user's image would."""

import os
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import find_tool, missing_tool
from tests.distributions import HOOK, LIBRARY, ROOT, compiles, hatchling, linked_checkout, wheel_of
from tests.environments import make_environment


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout."""
    return wheel_of(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel alone."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    done = make_environment(folder, "--no-deps", str(wheel))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources of a wheel, whose library can be made invalid."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("src", "native"):
        ignored = shutil.ignore_patterns("target", "__pycache__", HOOK["library_name"]())
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def invalid(copied: Path) -> Iterator[Path]:
    """The same with a library that cannot be compiled."""
    root = copied / "native/src/lib.rs"
    text = root.read_text("utf-8")
    root.write_text("this is no Rust", "utf-8")
    yield copied
    root.write_text(text, "utf-8")


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def described(wheel: Path, name: str) -> str:
    """Return the text of the file `name` that describes the distribution."""
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (path for path in archive.namelist() if path.endswith(f".dist-info/{name}"))
        return archive.read(path).decode()


def test_wheel_has_compiled_lexers_for_every_python_of_the_platform(wheel: Path) -> None:
    assert (LIBRARY in names_in(wheel)) is compiles()
    tag = HOOK["tag"]() if compiles() else "py3-none-any"
    assert f"Tag: {tag}\n" in described(wheel, "WHEEL")
    assert wheel.name.endswith(f"{tag}.whl")


def test_wheel_has_the_page_of_each_diagnostic(wheel: Path) -> None:
    packed = {name for name in names_in(wheel) if name.startswith("buildassets/pages/")}
    written = {path.relative_to(ROOT / "docs/errors").as_posix() for path in (ROOT / "docs/errors").rglob("*.md")}
    assert packed == {f"buildassets/pages/{name}" for name in written}


def test_installed_wheel_finds_the_page_and_the_description_of_a_code(installed: Path) -> None:
    program = """
from pathlib import Path
from buildassets.cli.show.findings import sarif
from buildassets.cli.show.terminal import page_of
from buildassets.foundation.diagnostics import error
path = Path(page_of("config/output"))
(rule,) = sarif([error("config/output", "")], ".", ".")["runs"][0]["tool"]["driver"]["rules"]
print(path.is_file(), path.parts[-3:], rule["fullDescription"]["text"])
"""
    python = str(installed / "bin/python")
    done = subprocess.run([python, "-I", "-c", program], capture_output=True, text=True)
    assert done.stdout.startswith("True ('buildassets', 'pages', 'config.md') A build owns "), done.stderr


def test_wheel_has_the_parts_of_the_page_of_a_report(wheel: Path) -> None:
    assert {f"buildassets/release/report/page.{suffix}" for suffix in ("css", "html", "js")} <= names_in(wheel)


def test_wheel_is_pure_where_the_lexers_are_turned_off(copied: Path, tmp_path: Path) -> None:
    wheel = wheel_of(copied, tmp_path, BUILDASSETS_NATIVE="0")
    assert wheel.name.endswith("py3-none-any.whl")
    assert LIBRARY not in names_in(wheel)


def test_wheel_is_pure_where_the_lexers_do_not_compile_and_a_warning_gives_the_reason(
    invalid: Path, tmp_path: Path
) -> None:
    if not compiles():
        missing_tool("there is no cargo")
    done = hatchling(invalid, "wheel", tmp_path)
    assert done.returncode == 0
    warning = "the lexers are not compiled, and those in Python are used instead: cargo exited"
    assert warning in done.stdout + done.stderr
    assert "this is no Rust" in done.stdout + done.stderr
    assert [path.name.endswith("py3-none-any.whl") for path in tmp_path.glob("*.whl")] == [True]


def test_no_wheel_is_built_where_required_lexers_do_not_compile(invalid: Path, tmp_path: Path) -> None:
    done = hatchling(invalid, "wheel", tmp_path, BUILDASSETS_NATIVE="require")
    assert done.returncode
    assert "the lexers are not compiled, and BUILDASSETS_NATIVE is `require`" in done.stdout + done.stderr
    assert not [*tmp_path.glob("*.whl")]


def test_source_distribution_holds_the_sources_of_the_lexers(tmp_path: Path) -> None:
    done = hatchling(linked_checkout(tmp_path / "checkout"), "sdist", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    sources = {one.relative_to(ROOT).as_posix() for one in (ROOT / "native/src").rglob("*.rs")}
    assert sources | {"native/Cargo.toml", "native/Cargo.lock", "native/build_hook.py"} <= names
    assert not [name for name in names if "/target/" in name or name.endswith(HOOK["library_name"]())]


def test_wheel_holds_the_package_and_its_data(wheel: Path) -> None:
    names = names_in(wheel)
    modules = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    assert modules <= names
    data = {"py.typed", "config.schema.json", "manifest.schema.json", "runtime/livereload.js"}
    assert {f"buildassets/{name}" for name in data} <= names
    packed = {name for name in names if ".dist-info/" not in name and ".data/" not in name}
    assert {name.partition("/")[0] for name in packed} == {"buildassets"}


def test_environment_with_the_wheel_has_the_manual_page(installed: Path) -> None:
    page = installed / "share/man/man1/buildassets.1"
    assert page.read_text("utf-8").startswith(".TH BUILDASSETS 1 ")
    man = find_tool("man")
    path = f"{installed / 'bin'}{os.pathsep}{os.defpath}"
    done = subprocess.run([man, "-w", "buildassets"], env={"PATH": path}, capture_output=True, text=True)
    assert done.stdout.strip() == str(page)


def test_pytest_finds_the_fixture_of_the_wheel(wheel: Path) -> None:
    entry = "[pytest11]\nbuildassets = buildassets.testing.pytest_plugin\n"
    assert entry in described(wheel, "entry_points.txt")


@pytest.mark.parametrize("framework", ["flask", "quart"])
def test_frameworks_find_the_commands_of_the_wheel(wheel: Path, framework: str) -> None:
    entry = f"[{framework}.commands]\nassets = buildassets.runtime.flask:commands\n"
    assert entry in described(wheel, "entry_points.txt")


def test_run_stage_needs_no_dependency(installed: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"schema": 1, "url": "/a/", "assets": {"b.css": {"file": "b.0.css"}}}')
    program = "import sys; from buildassets.runtime import Assets; print(Assets(sys.argv[1]).url('b.css'))"
    python = str(installed / "bin/python")
    done = subprocess.run([python, "-I", "-c", program, str(manifest)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "/a/b.0.css\n"), done.stderr
